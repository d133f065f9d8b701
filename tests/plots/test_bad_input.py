"""Every public function, wrongly called: the error names the argument, what was expected, what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nccourse import plots
from nccourse.errors import InputTypeError, InputValueError, NCCourseError

VALUE, TYPE = InputValueError, InputTypeError
EYE = np.eye(3)
NAN = np.full((3, 3), np.nan)


def curves(**changes: Any) -> Any:
    return plots.curves(**{"x": [1, 2], "measured": {"a": [1, 2]}, "xlabel": "x", "ylabel": "y"} | changes)


def frames(*widths: float) -> Any:
    return [plots.new_figure(width=width, height=2)[0] for width in widths]


CASES: list[tuple[Callable[[], Any], str, type[NCCourseError], str]] = [
    (lambda: plots.class_colour(-1), "index", VALUE, "-1"),
    (lambda: plots.class_colour(1.5), "index", TYPE, "1.5"),  # type: ignore[arg-type]
    (lambda: plots.class_marker(-1), "index", VALUE, "-1"),
    (lambda: plots.class_marker("a"), "index", TYPE, "'a'"),  # type: ignore[arg-type]
    (lambda: plots.new_figure(0), "rows", VALUE, "0"),
    (lambda: plots.new_figure(1, 0), "columns", VALUE, "0"),
    (lambda: plots.new_figure(width=0), "width", VALUE, "0"),
    (lambda: plots.new_figure(height=float("nan")), "height", VALUE, "nan"),
    (lambda: plots.show("picture", alt="text"), "figure", TYPE, "str"),  # type: ignore[arg-type]
    (lambda: plots.show(plots.new_figure()[0], alt=" "), "alt", VALUE, "empty"),
    (lambda: plots.show(plots.new_figure()[0], alt=3), "alt", TYPE, "int"),  # type: ignore[arg-type]
    (lambda: plots.show(plots.new_figure()[0], alt="text", dpi=-1), "dpi", VALUE, "-1"),
    (lambda: plots.png(None), "figure", TYPE, "NoneType"),  # type: ignore[arg-type]
    (lambda: plots.png(plots.new_figure()[0], dpi=0), "dpi", VALUE, "0"),
    (lambda: plots.animation([], alt="text"), "frames", VALUE, "none"),
    (lambda: plots.animation([1], alt="text"), "frames", TYPE, "int"),  # type: ignore[list-item]
    (lambda: plots.animation(frames(2, 3), alt="text"), "frames", VALUE, "several sizes"),
    (lambda: plots.animation(frames(2), alt=""), "alt", VALUE, "empty"),
    (lambda: plots.animation(frames(2), alt="text", captions=["a", "b"]), "captions", VALUE, "2"),
    (lambda: plots.animation(frames(2), alt="text", milliseconds=1), "milliseconds", VALUE, "1"),
    (lambda: plots.animation(frames(2), alt="text", dpi=0), "dpi", VALUE, "0"),
    (lambda: plots.rotatable(np.ones(3), alt="text"), "class_means", VALUE, "shape (3,)"),
    (lambda: plots.rotatable(np.ones((3, 2)), alt="text"), "class_means", VALUE, "all equal"),
    (lambda: plots.rotatable(np.ones((1, 2)), alt="text"), "class_means", VALUE, "1"),
    (lambda: plots.rotatable(NAN, alt="text"), "class_means", VALUE, "9 NaN"),
    (lambda: plots.rotatable([["a"]], alt="text"), "class_means", TYPE, "list"),
    (lambda: plots.rotatable(EYE, np.eye(4), alt="text"), "W", VALUE, "shape (4, 4)"),
    (
        lambda: plots.rotatable(EYE, features=np.eye(4), labels=[0] * 4, alt="text"),
        "features",
        VALUE,
        "(4, 4)",
    ),
    (lambda: plots.rotatable(EYE, features=EYE, labels=[0, 1, 3], alt="text"), "labels", VALUE, "3"),
    (lambda: plots.rotatable(EYE, features=EYE, labels=[0, 1], alt="text"), "labels", VALUE, "(2,)"),
    (lambda: plots.rotatable(EYE, features=EYE, labels=[0, 1, 0.5], alt="text"), "labels", VALUE, "0 to 1"),
    (lambda: plots.rotatable(EYE, alt=""), "alt", VALUE, "empty"),
    (lambda: plots.rotatable(EYE, alt="text", azimuth=float("inf")), "azimuth", VALUE, "inf"),
    (lambda: plots.rotatable(EYE, alt="text", elevation="up"), "elevation", TYPE, "'up'"),  # type: ignore[arg-type]
    (lambda: plots.principal_axes([1.0]), "class_means", VALUE, "shape (1,)"),
    (lambda: plots.class_vectors(NAN), "class_means", VALUE, "NaN"),
    (lambda: plots.class_vectors(EYE, axes=EYE[:, :2]), "axes", VALUE, "(3, 2)"),
    (lambda: plots.cosines([1.0, 2.0]), "vectors", VALUE, "(2,)"),
    (lambda: plots.cosines([[1.0, 2.0]]), "vectors", VALUE, "1"),
    (lambda: plots.cosines(EYE, np.eye(2)), "others", VALUE, "(2, 2)"),
    (lambda: plots.cosines(NAN), "vectors", VALUE, "NaN"),
    (lambda: plots.score_histogram([], [1.0]), "positive", VALUE, "(0,)"),
    (lambda: plots.score_histogram([1.0], [float("inf")]), "negative", VALUE, "1 NaN"),
    (lambda: plots.score_histogram([1.0], ["x"]), "negative", TYPE, "ndarray"),
    (lambda: plots.score_histogram([1.0], [1.0], theory=(1, 2, 3)), "theory", VALUE, "(3,)"),  # type: ignore[arg-type]
    (lambda: plots.score_histogram([1.0], [1.0], bias=float("nan")), "bias", VALUE, "nan"),
    (lambda: plots.score_histogram([1.0], [1.0], theory_bias="b"), "theory_bias", TYPE, "'b'"),  # type: ignore[arg-type]
    (lambda: plots.energy_trace([]), "energies", VALUE, "(0,)"),
    (lambda: plots.energy_trace([1.0], minimum=float("nan")), "minimum", VALUE, "nan"),
    (lambda: plots.collapse_curves([1, 2], {"nc1": [1.0]}), "metrics['nc1']", VALUE, "(1,)"),
    (lambda: plots.collapse_curves([1, 2], {}), "metrics", VALUE, "none"),
    (lambda: plots.collapse_curves([1, 2], [1, 2]), "metrics", TYPE, "list"),  # type: ignore[arg-type]
    (lambda: plots.collapse_curves([1, np.nan], {"nc1": [1, 2]}), "steps", VALUE, "1 NaN"),
    (lambda: curves(measured=None), "measured", VALUE, "none"),
    (lambda: curves(measured=[1, 2]), "measured", TYPE, "list"),
    (lambda: curves(theory={"a": [1, 2, 3]}), "theory['a']", VALUE, "(3,)"),
    (lambda: curves(points={"a": [1, 2]}), "points['a']", VALUE, "(2,)"),
    (lambda: curves(x=[[1, 2]]), "x", VALUE, "(1, 2)"),
    (lambda: curves(xscale="cubic"), "xscale", VALUE, "'cubic'"),
    (lambda: curves(yscale=None), "yscale", VALUE, "None"),
]


@pytest.mark.parametrize(("call", "what", "kind", "got"), CASES)
def test_bad_input_is_explained(
    call: Callable[[], Any], what: str, kind: type[NCCourseError], got: str
) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.what == what
    assert caught.value.expected
    assert got in caught.value.got
