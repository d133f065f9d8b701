"""Every widget, wrongly called: the error names the argument, what was expected, what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.widgets import collapse_player, etf_viewer, gamma_explorer, imbalance_lab

CASES: list[tuple[Callable[[], Any], str, type[NCCourseError], str]] = [
    (lambda: etf_viewer(1), "num_classes", InputValueError, "1"),
    (lambda: etf_viewer(13), "num_classes", InputValueError, "13"),
    (lambda: gamma_explorer(1), "num_classes", InputValueError, "1"),
    (lambda: gamma_explorer(2.5), "num_classes", InputTypeError, "2.5"),  # type: ignore[arg-type]
    (lambda: gamma_explorer(scale=0.05), "scale", InputValueError, "0.05"),
    (lambda: gamma_explorer(scale=float("nan")), "scale", InputValueError, "nan"),
    (lambda: gamma_explorer(scale="8"), "scale", InputTypeError, "'8'"),  # type: ignore[arg-type]
    (lambda: gamma_explorer(loss="mse"), "loss", InputValueError, "'mse'"),
    (lambda: imbalance_lab(3), "num_classes", InputValueError, "3"),
    (lambda: imbalance_lab(ratio=0.5), "ratio", InputValueError, "0.5"),
    (lambda: imbalance_lab(ratio=None), "ratio", InputTypeError, "None"),  # type: ignore[arg-type]
    (lambda: etf_viewer(3.0), "num_classes", InputTypeError, "3.0"),  # type: ignore[arg-type]
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


RUNS: list[tuple[dict[str, Any], str, type[NCCourseError], str]] = [
    ({"steps": [0, 1, 1]}, "steps", InputValueError, "repetition"),
    ({"steps": []}, "steps", InputValueError, "(0,)"),
    ({"class_means": np.ones((9, 3))}, "class_means", InputValueError, "(9, 3)"),
    ({"class_means": np.ones((9, 3, 5))}, "class_means", InputValueError, "all equal"),
    ({"W": np.ones((9, 2, 5))}, "W", InputValueError, "(9, 2, 5)"),
    ({"features": np.full((9, 18, 5), np.nan)}, "features", InputValueError, "NaN"),
    ({"features": "many"}, "features", InputTypeError, "str"),
    ({"labels": [3] * 18}, "labels", InputValueError, "3"),
    ({"labels": [0] * 5}, "labels", InputValueError, "(5,)"),
    ({"curves": {}}, "curves", InputValueError, "0"),
    ({"curves": [1, 2]}, "curves", InputTypeError, "list"),
    ({"curves": dict.fromkeys("abcde", [0.0] * 9)}, "curves", InputValueError, "5"),
    ({"curves": {"nc1": [1.0]}}, "curves['nc1']", InputValueError, "(1,)"),
]


@pytest.mark.parametrize(("changes", "what", "kind", "got"), RUNS)
def test_a_run_that_does_not_fit_is_explained(
    recorded_run: dict[str, Any], changes: dict[str, Any], what: str, kind: type[NCCourseError], got: str
) -> None:
    with pytest.raises(kind) as caught:
        collapse_player(**recorded_run | changes)
    assert caught.value.what == what
    assert got in caught.value.got
