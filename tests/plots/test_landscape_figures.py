"""The pictures of a landscape show what they were given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nccourse import plots
from nccourse.errors import InputTypeError, InputValueError

X, Y = np.linspace(-1, 1, 9), np.linspace(-2, 2, 7)
SQUARE = [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]


def contours(**changes: Any) -> Any:
    words = {"xlabel": "x", "ylabel": "y", "value": "height"}
    return plots.contours(**{"x": X, "y": Y, "values": Y[:, None] - X, **words} | changes)


def frame(**changes: Any) -> Any:
    run = {"steps": [0, 5, 9], "objective": [3.0, 2.0, 1.0], "at": 1, "labels": [0, 1, 2]}
    return plots.descent_frame(**{"W": SQUARE, "features": SQUARE, **run} | changes)


def test_contours_put_rows_along_y_and_directions_through_the_origin() -> None:
    figure = contours(lines={"down": (0.6, -0.8)})
    ax = figure.axes[0]
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 1), (-2, 2))
    (line,) = ax.lines
    assert line.get_label() == "down"
    assert np.polyfit(*line.get_data(), 1) == pytest.approx([-4 / 3, 0], abs=1e-12)
    assert figure.axes[1].get_ylabel() == "height"
    plots.png(figure)


def test_a_frame_draws_the_objective_up_to_its_step() -> None:
    figure = frame(levels={"saddle": 2.5})
    drawn = figure.axes[1].lines[1].get_data()
    assert [list(part) for part in drawn] == [[0, 5], [3.0, 2.0]]
    assert figure.axes[1].lines[-1].get_label() == "saddle"
    arrows = [line.get_data() for line in figure.axes[0].lines if line.get_linestyle() == "-"][:3]
    assert [[x[1], y[1]] for x, y in arrows] == SQUARE
    plots.png(figure)


def test_frames_of_one_descent_have_one_size_and_one_scale() -> None:
    first, last = frame(at=0, reach=2.0), frame(at=2, W=np.zeros((3, 2)), reach=2.0)
    for one, other in zip(first.axes, last.axes, strict=True):
        assert one.get_xlim() == other.get_xlim()
        assert one.get_ylim() == other.get_ylim()


BAD: list[tuple[Any, dict[str, Any], str, type[Exception]]] = [
    (contours, {"values": np.ones((9, 7))}, "values", InputValueError),
    (contours, {"values": np.ones((7, 9))}, "values", InputValueError),
    (contours, {"x": "many"}, "x", InputTypeError),
    (contours, {"lines": [(1, 0)]}, "lines", InputTypeError),
    (contours, {"lines": {"far": (1, 2, 3)}}, r"lines\['far'\]", InputValueError),
    (frame, {"at": 3}, "at", InputValueError),
    (frame, {"labels": [0, 1, 3]}, "labels", InputValueError),
    (frame, {"objective": [1.0]}, "objective", InputValueError),
    (frame, {"levels": [1.0]}, "levels", InputTypeError),
    (frame, {"reach": 0}, "reach", InputValueError),
]


@pytest.mark.parametrize(("draw", "changes", "what", "kind"), BAD)
def test_bad_input_is_explained(draw: Any, changes: dict[str, Any], what: str, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=what):
        draw(**changes)
