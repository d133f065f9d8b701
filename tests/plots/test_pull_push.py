"""Forces stand where they act and point where they push; the space picture lays the ETF under the means."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver

from nccourse import geometry, plots
from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.plots.style import COLOURS
from nccourse.theory import fixed_etf

PLANE = 3.0 * geometry.simplex_etf(3, 2).numpy()
FEATURE = np.array([1.0, 0.5])


def two_losses() -> Figure:
    pull, push = (force[0] for force in fixed_etf.pull_push(FEATURE[None], [2], PLANE))
    return plots.pull_push(
        PLANE, FEATURE, 2, {"CE": {"pull": pull, "push": push}, "DR": {"pull": PLANE[2]}}, feature_norm=2.0
    )


def arrows(figure: Figure, axes: int) -> dict[str, tuple[Any, Any]]:
    """Colour -> start and vector of the arrows in one panel."""
    found = [artist for artist in figure.axes[axes].collections if isinstance(artist, Quiver)]
    return {to_hex(a.get_facecolor()[0]): (a.get_offsets()[0], np.r_[a.U, a.V]) for a in found}


def test_forces_start_at_the_feature_in_units_of_the_norms() -> None:
    figure = two_losses()
    pull, push = (force[0] / 3 for force in fixed_etf.pull_push(FEATURE[None], [2], PLANE))
    drawn = arrows(figure, 0)
    for colour, force in (("purple", pull), ("vermillion", push), ("black", pull + push)):
        start, vector = drawn[COLOURS[colour].lower()]
        assert np.allclose(start, FEATURE / 2)
        assert np.allclose(vector, force)


def test_weights_start_at_the_origin_and_have_length_one() -> None:
    drawn = arrows(two_losses(), 1)
    weights = [drawn[COLOURS[colour].lower()] for colour in ("blue", "orange", "green")]
    assert np.allclose([start for start, _ in weights], 0)
    assert np.allclose([vector for _, vector in weights], PLANE / 3)


def test_one_force_has_no_sum_and_the_optimum_is_on_the_own_weight() -> None:
    figure = two_losses()
    labels = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert labels == ["pull", "feature h", "optimum h*"]
    assert "sum" in [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    marks = [line.get_xydata() for line in figure.axes[1].lines if line.get_marker() == "o"]
    assert any(len(mark) and np.allclose(mark[0], PLANE[2] / 3) for mark in marks)


@pytest.mark.parametrize("make", [two_losses, lambda: plots.class_space(torch.eye(4)[:, :3])])
def test_figures_draw_small_and_without_a_warning(make: Any) -> None:
    assert 2_000 < len(plots.png(make())) < 80_000


def test_space_marks_the_vertices_of_the_nearest_etf_up_to_four_classes() -> None:
    etf = geometry.simplex_etf(4, 9, generator=torch.Generator().manual_seed(1))
    for means, marked in ((2 * etf + 1, True), (torch.eye(5), False)):
        lines = plots.class_space(means, means).axes[0].lines
        vertices = [line.get_xydata() for line in lines if line.get_label() == "vertex of the ETF"]
        assert bool(vertices) == marked
        tips = [line.get_xydata()[1] for line in lines if len(line.get_xydata()) == 2]
        for corner in itertools.chain(*vertices):
            assert min(np.linalg.norm(np.array(tips) - corner, axis=1)) < 1e-9


BAD: list[tuple[dict[str, Any], str, type[NCCourseError], str]] = [
    ({"classifier": np.eye(3)}, "classifier", InputValueError, "shape (3, 3)"),
    ({"classifier": [[0, 0], [1, 0], [0, 1]]}, "classifier", InputValueError, "one"),
    ({"feature": [1.0]}, "feature", InputValueError, "(1,)"),
    ({"target": 3}, "target", InputValueError, "3"),
    ({"feature_norm": 0}, "feature_norm", InputValueError, "0"),
    ({"forces": {}}, "forces", InputValueError, "0"),
    ({"forces": [1]}, "forces", InputTypeError, "list"),
    ({"forces": {"CE": {name: [0, 0] for name in "abcdef"}}}, "forces['CE']", InputValueError, "6"),
    ({"forces": {"CE": {"pull": [0]}}}, "forces['CE']['pull']", InputValueError, "(1,)"),
]


@pytest.mark.parametrize(("changes", "what", "kind", "got"), BAD)
def test_bad_input_is_explained(
    changes: dict[str, Any], what: str, kind: type[NCCourseError], got: str
) -> None:
    good = {"classifier": PLANE, "feature": FEATURE, "target": 0, "forces": {"DR": {"pull": [0, 1]}}}
    with pytest.raises(kind) as caught:
        plots.pull_push(**good | changes)
    assert caught.value.what == what
    assert got in caught.value.got


def test_space_refuses_an_angle_that_is_no_number() -> None:
    with pytest.raises(InputTypeError, match="azimuth"):
        plots.class_space(torch.eye(3), azimuth="left")  # type: ignore[arg-type]
