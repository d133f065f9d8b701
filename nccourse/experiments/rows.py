"""From records to the rows of a paper's table: its number beside ours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from nccourse.errors import InputValueError
from nccourse.experiments.papers import paper_table

COLUMNS = ("quantity", "paper", "ours", "sd", "seeds")
"""The columns of every comparison, after those that say of what."""


@dataclass(frozen=True)
class Rows:
    """Map records to rows (coordinates, quantity, paper, ours).

    Args:
        keys: the coordinates that tell rows apart; columns of the paper's table too.
        quantities: what is compared: column of the paper's table -> metric of the records. Without a table
            the names are ours to choose.
        table: the paper's table, as in :func:`~nccourse.experiments.papers.paper_table`; None for a figure.
        where: the rows of the paper's table that are meant, column -> value.
        factors: quantity -> what our metric is multiplied by, e.g. 100 for fractions printed in percent.
    """

    keys: Sequence[str]
    quantities: Mapping[str, str]
    table: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, records: pd.DataFrame) -> pd.DataFrame:
        """Return one row for each combination of keys in the records and each quantity.

        Columns: the keys, "quantity", "paper" (nan where it prints none), "ours" (mean over seeds), "sd"
        (over seeds, nan for one), "seeds".
        """
        printed = self._printed()
        rows = []
        groups = records.groupby(list(self.keys), sort=False) if self.keys else [((), records)]
        for values, group in groups:
            for quantity, metric in self.quantities.items():
                ours = group[metric].astype(float) * self.factors.get(quantity, 1.0)
                numbers = {"ours": ours.mean(), "sd": ours.std(), "seeds": group.seed.nunique()}
                paper = printed.get((*values, quantity), math.nan)
                key = dict(zip(self.keys, values, strict=True))
                rows.append({**key, "quantity": quantity, "paper": paper, **numbers})
        return pd.DataFrame(rows)

    def _printed(self) -> dict[tuple[Any, ...], float]:
        if self.table is None:
            return {}
        table = paper_table(self.table)
        told = {*self.keys, *self.where}
        if told != set(table.attrs["keys"]):
            expected = f"{self.table}'s keys: {', '.join(table.attrs['keys'])}"
            raise InputValueError("keys and where", expected=expected, got=", ".join(sorted(told)))
        for column, value in self.where.items():
            table = table[table[column] == value]
        return {
            (*(row[key] for key in self.keys), quantity): row[quantity]
            for _, row in table.iterrows()
            for quantity in self.quantities
            if quantity in table.columns
        }
