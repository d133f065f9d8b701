"""Write the pages: one a lesson, and the index."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from nccourse.cli.site.entry import Entry
from nccourse.cli.site.execution import Execution
from nccourse.cli.site.fragment import render
from nccourse.cli.site.offline import copy_mathjax, external_loads


def build(entries: Sequence[Entry], output: Path, *, profile: str = "ci") -> dict[str, list[str]]:
    """Write ``index.html`` and the page of every lesson that has been executed.

    Args:
        entries: the lessons, in the course's order.
        output: folder of the site; made if it is not there.
        profile: named on the pages.

    Returns:
        For each lesson whose page would fetch something from a network, the addresses.
    """
    output.mkdir(parents=True, exist_ok=True)
    copy_mathjax(output)
    (output / "site.css").write_text(_resource("site.css"), encoding="utf-8")
    executions = {entry.name: Execution.read(entry.notebook) for entry in entries}
    shown = [(entry, execution) for entry in entries if (execution := executions[entry.name])]
    about = {"profile": profile, "made": _made()}
    online = {}
    for position, (entry, _) in enumerate(shown):
        page = _page(shown, position, about)
        (output / entry.page).write_text(page, encoding="utf-8")
        if addresses := external_loads(page):
            online[entry.name] = addresses
    index = _environment().get_template("index.html").render(entries=entries, executions=executions, **about)
    (output / "index.html").write_text(index, encoding="utf-8")
    return online


def _page(shown: Sequence[tuple[Entry, Execution]], position: int, about: Mapping[str, str]) -> str:
    entry, execution = shown[position]
    return (
        _environment()
        .get_template("lesson.html")
        .render(
            entry=entry,
            execution=execution,
            fragment=render(execution.notebook, {other.name for other, _ in shown}),
            previous=shown[position - 1][0] if position else None,
            following=shown[position + 1][0] if position + 1 < len(shown) else None,
            **about,
        )
    )


def _made() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("nccourse", "torch", "sympy"))
    return f"{date.today().isoformat()} with {packages}, Python {platform.python_version()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_resource), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["duration"] = duration
    return environment


def _resource(name: str) -> str:
    return files("nccourse.cli.site").joinpath(name).read_text(encoding="utf-8")


def duration(seconds: float) -> str:
    """Say how long something took.

    >>> duration(7.24), duration(83)
    ('7.2 s', '1 min 23 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
