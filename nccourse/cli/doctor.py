"""``nccourse doctor``: what the course runs on, and what to do about each problem."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from nccourse.cli import commands
from nccourse.cli.diagnosis import CHECKS, Finding, State

_SIGNS = {State.GOOD: "ok", State.NOTE: "note", State.BROKEN: "BROKEN"}


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "doctor",
        run,
        summary="report versions, device, data and browser, and what to do about each problem",
        details="The exit status is 1 if something essential is broken.",
        examples="""nccourse doctor
            nccourse doctor --brief""",
    )
    command.add_argument("--brief", action="store_true", help="leave out what is well")


def run(options: argparse.Namespace) -> int:
    """Print the findings; return 1 if one is essential and broken."""
    broken = 0
    for finding in _findings():
        if options.brief and finding.state is State.GOOD:
            continue
        print(f"{_SIGNS[finding.state]:<7} {finding.what}: {finding.found}", flush=True)
        if finding.advice:
            print(f"        -> {finding.advice}", flush=True)
        broken += finding.state is State.BROKEN
    print(f"{broken} essential problem{'s' * (broken != 1)}" if broken else "Everything essential works.")
    return 1 if broken else 0


def _findings() -> Iterator[Finding]:
    for check in CHECKS:
        yield from check()
