"""Paper C's Figs. 9 and 10: where the focal loss's φ(t) + c|t| has its minima, for several prices c."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.registry import register
from nccourse.experiments.verdict import Verdict
from nccourse.theory.contrastive import phi, phi_slope

FOCUSING = 3.0
POINTS = 4000


@dataclass(frozen=True)
class Case:
    """Name a case of the proof.

    Args:
        num_classes: K.
        reach: contrasts are drawn from -reach to 0.
        prices: name -> c, in the paper's colours blue, red, green.
    """

    num_classes: int
    reach: float
    prices: Mapping[str, float]

    def curves(self) -> dict[str, Any]:
        """Return contrasts t <= 0 with φ and its slope."""
        t = np.linspace(-self.reach, 0, POINTS)
        known: dict[str, Any] = {"K": self.num_classes, "t": t, "focusing": FOCUSING}
        return {"t": t, "phi": phi("focal", **known), "slope": phi_slope("focal", **known)}

    def minima(self) -> dict[str, list[float]]:
        """Return the local minima t <= 0 of φ(t) + c|t| for each price, lowest first."""
        drawn = self.curves()
        found = {}
        for name, price in self.prices.items():
            values = drawn["phi"] - price * drawn["t"]
            falls, rises = np.diff(values) < 0, np.append(np.diff(values) > 0, True)
            places = np.flatnonzero(np.append(True, falls) & rises)
            found[name] = [float(drawn["t"][i]) for i in sorted(places, key=lambda i: values[i])]
        return found

    def draw(self, records: pd.DataFrame) -> Figure:
        """Draw the slope against the prices, and the functions."""
        title = f"The focal loss with {self.num_classes} classes, focusing {FOCUSING:g}"
        return plots.contrastive_cases(**self.curves(), prices=self.prices, title=title)


RISING = Case(10, 27.0, {"c above the slope at zero": 0.15, "c below it": 0.08})
PEAKED = Case(
    100,
    396.0,
    {"c between": 0.0117, "c below the slope at zero": 0.0105, "c above the peak": 0.0125},
)


def one_minimum(records: pd.DataFrame) -> Verdict:
    """See whether the slope rises throughout and each price has one minimum, at zero for the higher one."""
    rising = bool((np.diff(RISING.curves()["slope"]) > 0).all())
    high, low = RISING.minima().values()
    told = f"the slope {'rises' if rising else 'does not rise'} throughout; minima at {_listed(high)} "
    told += f"for the higher price, {_listed(low)} for the lower"
    return Verdict(rising and high == [0.0] and len(low) == 1 and low[0] < 0, told)


def two_minima(records: pd.DataFrame) -> Verdict:
    """See whether the slope peaks before zero and the price between has a second minimum, at zero."""
    drawn = PEAKED.curves()
    peak = float(drawn["t"][np.argmax(drawn["slope"])])
    between, low, high = PEAKED.minima().values()
    told = f"the slope peaks at t = {peak:.0f}; minima at {_listed(between)} for the price between, "
    told += f"{_listed(low)} below, {_listed(high)} above"
    return Verdict(peak < 0 and len(between) == 2 and 0.0 in between and high == [0.0] and low[0] < 0, told)


def _listed(places: list[float]) -> str:
    return " and ".join(f"{place:.1f}" for place in places)


def _experiment(
    number: int, sign: str, case: Case, claim: str, verdict: Callable[[pd.DataFrame], Verdict], alt: str
) -> Experiment:
    return Experiment(
        id=f"C.fig{number}",
        kind="illustration",
        title=f"The proof's function with its zero where ϑ(ξ(0)) {sign} 0",
        claim=claim,
        verdict=verdict,
        figure=case.draw,
        alt=alt,
    )


register(
    _experiment(
        9,
        ">=",
        RISING,
        "With ten classes the slope of the focal φ rises up to t = 0, so that φ(t) + c|t| has one minimum, "
        "at zero or below as c is above or below the slope there.",
        one_minimum,
        "The slope of φ rises up to t = 0. The curve of the higher price is lowest at zero, that of the "
        "lower one at a negative t.",
    ),
    _experiment(
        10,
        "<",
        PEAKED,
        "With a hundred classes the slope of the focal φ peaks before t = 0, and a price between its value "
        "at zero and the peak gives φ(t) + c|t| two minima, one of them at zero.",
        two_minima,
        "The slope of φ has a peak, and the middle price meets it twice. Its curve has two dips, one "
        "of them at zero.",
    ),
)
