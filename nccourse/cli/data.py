"""``nccourse data``: which image sets are here, and get the others."""

from __future__ import annotations

import argparse
from pathlib import Path

from nccourse.cli import commands


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "data",
        run,
        summary="list, locate or download the image sets",
        details="NCCOURSE_DATA names the folder, in place of the user's cache directory.",
        examples="""nccourse data list
            nccourse data where
            nccourse data download cifar10""",
    )
    command.add_argument("what", nargs="?", choices=("list", "where", "download"), default="list")
    command.add_argument("names", nargs="*", metavar="NAME", help="the sets to download")
    command.add_argument("--root", type=Path, metavar="FOLDER", help="in place of NCCOURSE_DATA")


def run(options: argparse.Namespace) -> int:
    """List, locate or download."""
    actions = {"list": _list, "where": _where, "download": _download}
    actions[options.what](options)
    return 0


def _list(options: argparse.Namespace) -> None:
    from nccourse.data import describe

    for entry in describe(options.root):
        state = f"found    {entry.where}" if entry.found else f"missing  {entry.command}"
        print(f"{entry.name:<14} {state}")


def _where(options: argparse.Namespace) -> None:
    from nccourse.data.archives import data_root

    print(data_root(options.root))


def _download(options: argparse.Namespace) -> None:
    from nccourse.checks import choice
    from nccourse.data import NAMES, load

    for name in options.names or [""]:
        choice("NAME", name, NAMES)
    for name in options.names:
        for train in (True, False):
            images = load(name, train=train, root=options.root, download=True)
            print(f"{name}, {'training' if train else 'test'} part: {images}", flush=True)
