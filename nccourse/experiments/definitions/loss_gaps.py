"""Whether BCE does better than CE, seed by seed.

No experiment is defined here; other files of this folder share it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nccourse.experiments.verdict import Verdict

_SURE = 2.0


def loss_gaps(records: pd.DataFrame, metric: str, keys: Sequence[str], pairs: Sequence[str]) -> pd.DataFrame:
    """Return BCE's less CE's metric for each combination of keys, over runs that differ in the loss alone.

    Args:
        records: one row a cell, with a column "loss".
        metric: what is compared.
        keys: coordinates that tell settings apart.
        pairs: what the two runs of a pair share beyond them, e.g. ["seed"].

    Returns:
        A row a setting: "mean" of the gaps, "error" (the standard error of the mean, 0 for one pair).

    >>> runs = {"loss": ["ce", "bce"], "ratio": [10, 10], "seed": [0, 0], "accuracy": [0.5, 0.75]}
    >>> loss_gaps(pd.DataFrame(runs), "accuracy", ["ratio"], ["seed"]).loc[10].tolist()
    [0.25, 0.0]
    """
    values = records.pivot_table(metric, [*keys, *pairs], "loss", sort=False)
    groups = (values.bce - values.ce).groupby(level=list(keys), sort=False)
    return pd.DataFrame({"mean": groups.mean(), "error": groups.sem().fillna(0.0)})


def bce_is_higher(gaps: pd.DataFrame, what: str, factor: float = 100.0) -> Verdict:
    """Judge the claim that every gap is positive.

    It holds where every gap is positive and one is so by more than two standard errors; it does not hold
    where one is negative by more than that; else the run cannot tell.

    Args:
        gaps: from :func:`loss_gaps`.
        what: is compared, in words.
        factor: from the metric to the unit in which the gaps are told.

    >>> print(bce_is_higher(pd.DataFrame({"mean": [0.02], "error": [0.001]}), "accuracy"))
    holds: BCE's accuracy is higher in 1 of 1 settings, by +2.00 to +2.00 points
    """
    higher = gaps["mean"] > _SURE * gaps.error
    lower = gaps["mean"] < -_SURE * gaps.error
    positive = gaps["mean"] > 0
    told = f"BCE's {what} is higher in {positive.sum()} of {len(gaps)} settings, by "
    told += f"{factor * gaps['mean'].min():+.2f} to {factor * gaps['mean'].max():+.2f} points"
    if lower.any():
        return Verdict(False, told)
    if positive.all() and higher.any():
        return Verdict(True, told)
    return Verdict(None, f"{told}, within two standard errors of 0")
