"""A comparison as one reads it: a row for each setting, paper and ours side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.io.formats.style import Styler

if TYPE_CHECKING:
    from nccourse.experiments.result import ExperimentResult

_DIGITS = 4
_NUMBERS = ("paper", "ours", "sd", "seeds", "profile", "verdict")


def side_by_side(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return what ``compare()`` returns, one row a setting, two columns ("paper", "ours") a quantity.

    Args:
        comparison: from :meth:`~nccourse.experiments.ExperimentResult.compare`.

    Returns:
        Texts of four digits, ours with its standard deviation where there are several seeds (0 where it is
        below the rounding of these digits); a dash for no number. A quantity of which the paper prints
        nothing has the column "ours" alone.

    >>> row = {"loss": "ce", "quantity": "nc1", "paper": 0.5, "ours": 0.4, "sd": 0.01}
    >>> side_by_side(pd.DataFrame([row])).iloc[0].to_dict()
    {('nc1', 'paper'): '0.5', ('nc1', 'ours'): '0.4 ± 0.01'}
    """
    keys = [name for name in comparison.columns if name not in (*_NUMBERS, "quantity")]
    columns: dict[tuple[str, str], Any] = {}
    for quantity, part in comparison.groupby("quantity", sort=False):
        part = part.set_index(keys) if keys else part.reset_index(drop=True)
        if part.paper.notna().any():
            columns[str(quantity), "paper"] = part.paper.map(number)
        ours = [_with_deviation(value, sd) for value, sd in zip(part.ours, part.sd, strict=True)]
        columns[str(quantity), "ours"] = pd.Series(ours, index=part.index)
    return pd.DataFrame(columns).fillna("–")


def verdicts(results: Mapping[str, ExperimentResult]) -> Styler:
    """Return a table of claims, what the records say about them, and what was run, with whole sentences.

    Args:
        results: id -> result, as from :func:`~nccourse.experiments.recorded`.

    Returns:
        One row a result, texts aligned left.
    """
    rows = {
        name: [result.experiment.claim, str(result.verdict), result.provenance()["about"]]
        for name, result in results.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["claim", "verdict", "what was run"])
    return table.style.map(lambda _: "text-align: left; vertical-align: top")


def number(value: float | str) -> str:
    """Return four digits of a number, or a dash for none; a word as it is."""
    if isinstance(value, str):
        return value
    return "–" if math.isnan(value) else f"{value:.{_DIGITS}g}"


def _with_deviation(value: float | str, deviation: float) -> str:
    if math.isnan(deviation) or number(value) == "–":
        return number(value)
    return f"{number(value)} ± {0.0 if deviation < _rounding(value) else deviation:.2g}"


def _rounding(value: float | str) -> float:
    """Return half a unit of the last of the digits that are shown; what is below it is no deviation."""
    if isinstance(value, str) or value == 0 or not math.isfinite(value):
        return 0.0
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - _DIGITS + 1)
