"""Tables as the papers print them, as data."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import pandas as pd

from nccourse import checks


def paper_tables() -> tuple[str, ...]:
    """Return the names of the tables and figures whose numbers there are, in order.

    >>> "A.table11" in paper_tables()
    True
    """
    return tuple(sorted(_files()))


def paper_table(name: str) -> pd.DataFrame:
    """Return a table of a paper, number for number.

    Args:
        name: paper and table, e.g. "A.table11"; one of :func:`paper_tables`.

    Returns:
        The printed rows; ``.attrs`` holds "source", what the table is, "columns", column -> meaning, and
        "keys", the columns that tell rows apart.

    Raises:
        InputValueError: no table of that name.

    >>> table = paper_table("A.table11")
    >>> table[(table.loss == "ce") & table.starred].head(2)
      loss  scale  epochs  starred
    0   ce   0.01    2743     True
    2   ce   0.04     792     True
    """
    content = json.loads(_files()[checks.choice("name", name, paper_tables())])
    table = pd.DataFrame(content["rows"], columns=list(content["columns"]))
    table.attrs = {name: content[name] for name in ("source", "columns", "keys")}
    return table


@cache
def _files() -> dict[str, str]:
    folder = files("nccourse.experiments") / "papers"
    return {
        path.name.removesuffix(".json").replace("_", "."): path.read_text(encoding="utf-8")
        for path in folder.iterdir()
        if path.name.endswith(".json")
    }
