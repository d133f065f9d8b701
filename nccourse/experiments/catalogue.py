"""The tables and figures of the five papers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Entry:
    """Name one table or figure.

    Args:
        id: e.g. "A.table5".
        kind: "run", "refit", "illustration" or "settings".
        title: what the paper shows there.
    """

    id: str
    kind: str
    title: str


@cache
def entries() -> dict[str, Entry]:
    """Return all 57 by id, in the order of the papers, tables first.

    >>> list(entries())[:2], len(entries())
    (['A.table1', 'A.table2'], 57)
    """
    text = (files("nccourse.experiments") / "catalogue.json").read_text(encoding="utf-8")
    return {name: Entry(name, *about) for name, about in json.loads(text).items()}
