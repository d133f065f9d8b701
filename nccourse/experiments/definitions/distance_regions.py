"""Paper B's Fig. 1: where CE and BCE want the features of a class, by distances and by inner products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nccourse import plots
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.registry import register
from nccourse.experiments.verdict import Verdict
from nccourse.geometry import simplex_etf

NUM_CLASSES = 3
RADIUS = 0.7
BIAS = 0.3
_FAR = 1e3
_RULES = {
    "CE, by distance": "nearer to its own classifier vector than to another",
    "BCE, by distance": "within the radius of its own one alone",
    "CE, by inner product": "larger with its own classifier vector, (14)",
    "BCE, by inner product": "above b with its own one alone, (15), (16)",
}


def classifier() -> NDArray[np.float64]:
    """Return three classifier vectors (3, 2), a simplex ETF in the plane."""
    rows: NDArray[np.float64] = simplex_etf(NUM_CLASSES, 2).numpy()
    return rows


def regions(points: NDArray[np.float64]) -> dict[str, NDArray[np.int64]]:
    """Return for each rule the class whose region a point (P, 2) lies in, -1 for none.

    >>> {name: int(found[0]) for name, found in regions(1000 * classifier()[:1]).items()}
    {'CE, by distance': 0, 'BCE, by distance': -1, 'CE, by inner product': 0, 'BCE, by inner product': 0}
    """
    W = classifier()
    distances = np.linalg.norm(points[:, None] - W, axis=2)
    scores = points @ W.T
    found = (distances.argmin(1), _alone(distances < RADIUS), scores.argmax(1), _alone(scores > BIAS))
    return dict(zip(_RULES, found, strict=True))


def _alone(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(inside.sum(1) == 1, inside.argmax(1), -1)


def covered(records: pd.DataFrame) -> pd.DataFrame:
    """Return for each rule the share of directions in which a region reaches a thousand lengths of w."""
    angles = np.linspace(0, 2 * math.pi, 3600, endpoint=False)
    found = regions(_FAR * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    rows: list[dict[str, Any]] = [
        {
            "region": name,
            "quantity": "unbounded directions",
            "paper": math.nan,
            "ours": float((k >= 0).mean()),
        }
        for name, k in found.items()
    ]
    return pd.DataFrame(rows).assign(sd=math.nan, seeds=0)


def closed(records: pd.DataFrame) -> Verdict:
    """See which regions are bounded."""
    share = covered(records).set_index("region").ours
    ce, bce = share["CE, by distance"], share["BCE, by distance"]
    told = (
        f"far away CE's regions cover {ce:.0%} of the directions and BCE's {bce:.0%}; with the inner products"
    )
    told += f" of (15), (16) in place of distances BCE's cover {share['BCE, by inner product']:.0%}, so the "
    told += "discs are of features of one length"
    return Verdict(bool(ce == 1 and bce == 0), told)


def draw(records: pd.DataFrame) -> Figure:
    """Draw the regions of both losses in the plane."""
    axis = np.linspace(-2.4, 2.4, 241)
    across, up = np.meshgrid(axis, axis)
    found = regions(np.stack([across.ravel(), up.ravel()], axis=1))
    maps = {name: k.reshape(across.shape) for name, k in found.items()}
    return plots.regions(axis, axis, maps, classifier(), notes=_RULES)


register(
    Experiment(
        id="B.fig1",
        kind="illustration",
        title="The regions CE and BCE ask features to lie in",
        claim="By distances CE's regions are unbounded and touch, BCE's are closed discs apart.",
        rows=covered,
        verdict=closed,
        figure=draw,
        alt="Three classifier vectors as stars in the plane. By distance CE's regions are three touching "
        "sectors and BCE's three separate discs; by inner product CE's are the same sectors and BCE's open "
        "wedges, unbounded too.",
    )
)
