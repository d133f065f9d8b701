"""Paper E's Figs. 1 and 2, drawn by our own code: a simplex ETF, and what pulls and pushes a feature."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nccourse import geometry, plots
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.registry import register
from nccourse.experiments.verdict import Verdict
from nccourse.theory import fixed_etf

_TARGET, _RIVAL = 2, 0
_LENGTH = 3.0


def tetrahedron(records: pd.DataFrame) -> Figure:
    """Draw four class means and weights on the simplex ETF in three dimensions."""
    frame = geometry.simplex_etf(4, 3).numpy()
    return plots.class_space(frame, frame)


def equal_angles(records: pd.DataFrame) -> Verdict:
    """Measure the cosines of the drawn frame."""
    cosines = geometry.cosines(geometry.simplex_etf(4, 3)).numpy()
    others = cosines[~np.eye(4, dtype=bool)]
    told = f"cosines from {others.min():.6f} to {others.max():.6f}"
    return Verdict(bool(np.abs(others + 1 / 3).max() < 1e-9), told)


def forces() -> tuple[np.ndarray, np.ndarray, dict[str, dict[str, np.ndarray]]]:
    """Return three weights, a feature near a wrong one, and CE's and DR's forces on it."""
    plane = geometry.simplex_etf(3, 2).numpy()
    feature = 0.9 * plane[_RIVAL] + 0.25 * plane[_TARGET]
    feature = feature / np.linalg.norm(feature)
    weights = _LENGTH * plane
    pull, push = fixed_etf.pull_push(feature[None], [_TARGET], weights)
    regression = (1 - float(feature @ plane[_TARGET])) * weights[_TARGET]
    return weights, feature, {"CE": {"pull": pull[0], "push": push[0]}, "DR": {"pull": regression}}


def gradients(records: pd.DataFrame) -> Figure:
    """Draw CE's pull and push beside DR's pull."""
    weights, feature, named = forces()
    return plots.pull_push(weights, feature, _TARGET, named)


def only_dr_follows(records: pd.DataFrame) -> Verdict:
    """Measure the angles of the forces with the feature's own weight."""
    weights, _, named = forces()
    own = weights[_TARGET] / np.linalg.norm(weights[_TARGET])

    def degrees(arrow: np.ndarray) -> float:
        return float(np.degrees(np.arccos(np.clip(arrow @ own / np.linalg.norm(arrow), -1, 1))))

    regression, push = degrees(named["DR"]["pull"]), degrees(named["CE"]["push"])
    total = degrees(named["CE"]["pull"] + named["CE"]["push"])
    told = f"DR's force is {regression:.0f} degrees off the own weight, CE's push {push:.0f}"
    told += f", CE's sum {total:.0f}"
    return Verdict(bool(regression < 1e-3 and push > 1 and total > 1), told)


register(
    Experiment(
        id="E.fig1",
        kind="illustration",
        title="A simplex ETF in three dimensions",
        claim="Four unit vectors in three dimensions can have all their cosines at -1/3.",
        verdict=equal_angles,
        figure=tetrahedron,
        alt="Four class means in space, each on its weight, at the corners of a regular tetrahedron.",
    ),
    Experiment(
        id="E.fig2",
        kind="illustration",
        title="Gradient directions of CE and dot regression",
        claim="Near a wrong weight DR's force is parallel to the own weight, CE's push and sum are not.",
        verdict=only_dr_follows,
        figure=gradients,
        alt="A feature near a wrong weight in the plane: CE's pull, push and their sum; beside it DR's pull, "
        "along the own weight.",
    ),
)
