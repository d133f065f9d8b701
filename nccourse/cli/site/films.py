"""Moving pictures for the site: computed once while it is written, moving without a kernel ever after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nccourse import geometry, plots, theory, ufm
from nccourse.plots.embed import Embedded

_CLASSES, _SAMPLES, _DIM = 3, 12, 8
_DESCENT: dict[str, Any] = {"method": "gradient_descent", "step_size": 0.5, "momentum": 0.9}
_DPI = 90


@dataclass(frozen=True)
class Film:
    """A moving picture with what it needs to be understood.

    Args:
        name: its anchor on the page.
        title: in a few words.
        text: what to look for, one or two sentences; may hold ``$...$``.
        lessons: numbers of the lessons that explain it.
        view: the picture.
    """

    name: str
    title: str
    text: str
    lessons: tuple[str, ...]
    view: Embedded


def films() -> list[Film]:
    """Compute the site's moving pictures; takes a few seconds."""
    return [_collapse(), _scales(), _shrinking(), _tetrahedron()]


def _collapse() -> Film:
    shown = [*range(13), *range(16, 49, 4), 60, 80, 100, 120, 160]
    problem = ufm.NormalizedUFM(_CLASSES, _SAMPLES, _DIM, 4.0, loss="ce")
    run = ufm.solve(problem, seed=4, record=shown, max_steps=shown[-1], **_DESCENT)
    view = plots.animation(
        _frames(list(run.history["W"]), list(run.history["H"]), run.labels),
        captions=[f"step {step}" for step in shown],
        alt="Dots of three colours, scattered at first, run together into three points at equal angles; the "
        "weight vector of each class ends on its point.",
        dpi=_DPI,
    )
    text = (
        "Each dot is the feature of one sample, each colour a class. Nothing but the gradient of the loss "
        "moves them, and still each class ends in one point and the three points at equal angles."
    )
    return Film("collapse", "Collapse", text, ("00", "01"), view)


def _scales() -> Film:
    scales = [float(scale) for scale in np.geomspace(0.05, 50, 25)]
    problems = [ufm.NormalizedUFM(_CLASSES, _SAMPLES, _DIM, scale, loss="ce") for scale in scales]
    runs = [ufm.solve(problem, seed=4, max_steps=100, **_DESCENT) for problem in problems]
    view = plots.animation(
        _frames([run.W for run in runs], [run.H for run in runs], runs[0].labels, seen_from=len(runs) // 2),
        captions=[f"γ = {scale:.3g}, after 100 steps" for scale in scales],
        alt="Where three classes are after one hundred steps, at scales from 0.05 to 50: still scattered at "
        "the smallest, collapsed at moderate ones, short of it again at the largest.",
        milliseconds=300,
        dpi=_DPI,
    )
    text = (
        "One start, one loss, one hundred steps; only the scale $\\gamma$ differs from frame to frame. All "
        "of these models have the same minimizer. How near they have come to it depends on $\\gamma$."
    )
    return Film("scales", "The same steps at other scales", text, ("03", "08"), view)


def _shrinking() -> Film:
    sizes = [100, 80, 60, 45, 35, 27, 20, 16, 13, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    axes = plots.principal_axes(geometry.simplex_etf(_CLASSES))
    view = plots.animation(
        (_uneven(size, axes) for size in sizes),
        captions=[f"100, 100 and {size} samples" for size in sizes],
        alt="Three arrows at equal angles. As the third class gets smaller, its weight vector shortens and "
        "the angle between the other two opens; from six samples on hardly anything moves.",
        milliseconds=400,
        dpi=_DPI,
    )
    text = (
        "The minimum in closed form for non-negative features, while the third class loses samples from "
        "frame to frame. With six of them left its feature is zero: what is drawn of it, from the centre of "
        "the three means, is no more than the way back to zero."
    )
    return Film("shrinking", "A class that shrinks", text, ("10", "11"), view)


def _tetrahedron() -> Film:
    view = plots.rotatable(
        geometry.simplex_etf(4, 3),
        alt="Four arrows from the centre to the corners of a regular tetrahedron, to be turned.",
    )
    text = (
        "Four classes in three dimensions collapse onto a regular tetrahedron. Drag it, or use the arrow "
        "keys: every two arrows are at the same angle, of cosine $-1/3$."
    )
    return Film("tetrahedron", "Four classes in space", text, ("02",), view)


def _frames(
    weights: list[torch.Tensor], features: list[torch.Tensor], labels: torch.Tensor, seen_from: int = -1
) -> Iterator[Figure]:
    means = [H.reshape(_CLASSES, _SAMPLES, _DIM).mean(1) for H in features]
    axes = plots.principal_axes(means[seen_from])
    for mean, W, H in zip(means, weights, features, strict=True):
        yield plots.class_vectors(mean, W, features=H, labels=labels, axes=axes)


def _uneven(size: int, axes: NDArray[np.float64]) -> Figure:
    """Draw the minimizer for class sizes (100, 100, ``size``), the features on the coordinate axes."""
    minimum = theory.imbalanced.minimizer([100, 100, size], 0.01, 0.01)
    lengths = minimum.feature_norms
    # Features are orthogonal, so the logits of class k's sample are |h_k| times the weights' k-th entries.
    W = np.divide(minimum.logits, lengths[:, None], where=lengths[:, None] > 0, out=np.zeros((3, 3))).T
    return plots.class_vectors(np.diag(lengths), W, axes=axes)
