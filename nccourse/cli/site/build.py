"""Write the pages: one a lesson, one a document, the moving pictures, and the index."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from nccourse.cli.site.document import Document
from nccourse.cli.site.entry import Entry
from nccourse.cli.site.execution import Execution
from nccourse.cli.site.fragment import render
from nccourse.cli.site.offline import copy_mathjax, external_loads

if TYPE_CHECKING:
    from nccourse.cli.site.films import Film

Shown = tuple[Entry, Execution]


def build(
    entries: Sequence[Entry],
    output: Path,
    *,
    profile: str = "ci",
    documents: Sequence[Document] = (),
    films: Sequence[Film] | None = None,
) -> dict[str, list[str]]:
    """Write ``index.html`` and the page of every lesson that has been executed.

    Args:
        entries: the lessons, in the course's order.
        output: folder of the site; made if it is not there.
        profile: named on the pages.
        documents: what to look things up in, linked from every page.
        films: the moving pictures, the first of them for the index; None keeps those that are there.

    Returns:
        For each lesson or document whose page would fetch something from a network, the addresses.
    """
    output.mkdir(parents=True, exist_ok=True)
    copy_mathjax(output)
    _write(output / "site.css", _resource("site.css"))
    executions = {entry.name: Execution.read(entry.notebook) for entry in entries}
    shown = [(entry, execution) for entry in entries if (execution := executions[entry.name])]
    has_pictures = bool(films) or (films is None and (output / "pictures.html").is_file())
    about = {"profile": profile, "made": _made(), "documents": documents, "has_pictures": has_pictures}
    pages = {document.name: _document(shown, document, about) for document in documents}
    pages |= {entry.name: _lesson(shown, position, about) for position, (entry, _) in enumerate(shown)}
    for name, page in pages.items():
        _write(output / f"{name}.html", page)
    if films:
        numbers = {entry.number: entry.page for entry, _ in shown}
        _write(output / "pictures.html", _render("pictures.html", films=films, numbers=numbers, **about))
        _write(output / "film.html", films[0].view.page)
    index = _render("index.html", entries=entries, parts=_parts(entries), executions=executions, **about)
    _write(output / "index.html", index)
    return {name: addresses for name, page in pages.items() if (addresses := external_loads(page))}


def _lesson(shown: Sequence[Shown], position: int, about: Mapping[str, Any]) -> str:
    entry, execution = shown[position]
    return _render(
        "lesson.html",
        entry=entry,
        execution=execution,
        fragment=render(execution.notebook, _names(shown, about)),
        previous=shown[position - 1][0] if position else None,
        following=shown[position + 1][0] if position + 1 < len(shown) else None,
        **about,
    )


def _document(shown: Sequence[Shown], document: Document, about: Mapping[str, Any]) -> str:
    fragment = render(document.notebook(), _names(shown, about))
    return _render("document.html", document=document, fragment=fragment, **about)


def _names(shown: Sequence[Shown], about: Mapping[str, Any]) -> set[str]:
    return {entry.name for entry, _ in shown} | {document.name for document in about["documents"]}


def _parts(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Group the lessons by part: the parts as they first occur, the lessons in the course's order."""
    names = dict.fromkeys(entry.part for entry in entries)
    return [(part, [entry for entry in entries if entry.part == part]) for part in names]


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


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
