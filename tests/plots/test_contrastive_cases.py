"""The picture of prices: its stars stand where φ(t) + c|t| is least, in the colours the paper names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nccourse import plots
from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.theory import regularized
from nccourse.theory.contrastive import phi, phi_slope

K = 100
T = np.linspace(-5 * (K - 1), 0, 4001)
PRICES = {"between": 0.0117, "low": 0.0105, "high": 0.0125}
DATA = {"t": T, "phi": phi("focal", K, T), "slope": phi_slope("focal", K, T), "prices": PRICES}


def test_stars_mark_the_minimizers_of_theory() -> None:
    _, right = plots.contrastive_cases(**DATA).axes
    stars = [line for line in right.lines if line.get_marker() == "*"]
    for star, price in zip(stars, PRICES.values(), strict=True):
        best = regularized.minimizer("focal", K, 1, price, price)
        (t,), (excess,) = star.get_data()
        assert t == pytest.approx(-(K - 1) * (best.positive_score - best.negative_score), abs=0.1)
        assert excess == pytest.approx(best.objective - phi("focal", K, 0.0), abs=1e-6)


def test_a_price_has_one_colour_and_the_paper_s_order() -> None:
    left, right = plots.contrastive_cases(**DATA).axes
    levels = {float(line.get_ydata()[0]): line.get_color() for line in left.lines[1:]}
    curves = {line.get_label(): line.get_color() for line in right.lines if len(line.get_xdata()) > 1}
    assert [levels[price] for price in PRICES.values()] == [curves[name] for name in PRICES]
    assert list(curves.values()) == [plots.COLOURS[name] for name in ("blue", "vermillion", "green")]
    assert all(line.is_dashed() for line in left.lines[1:])


def test_it_draws_small_and_names_its_axes() -> None:
    figure = plots.contrastive_cases(**DATA, title="Focal loss")
    assert 2_000 < len(plots.png(figure)) < 60_000
    assert all("contrast" in ax.get_xlabel() and "nats" in ax.get_ylabel() for ax in figure.axes)


BAD: list[tuple[dict[str, Any], str, type[NCCourseError], str]] = [
    ({"t": T[::-1]}, "t", InputValueError, "0 to"),
    ({"t": T + 1}, "t", InputValueError, "to 1"),
    ({"t": "x"}, "t", InputTypeError, "str"),
    ({"phi": T[1:]}, "phi", InputValueError, "(4000,)"),
    ({"slope": np.full_like(T, np.nan)}, "slope", InputValueError, "NaN"),
    ({"prices": [1.0]}, "prices", InputTypeError, "list"),
    ({"prices": {}}, "prices", InputValueError, "0"),
    ({"prices": dict.fromkeys("abcdefg", 1.0)}, "prices", InputValueError, "7"),
    ({"prices": {"a": 0.0}}, "prices['a']", InputValueError, "0"),
]


@pytest.mark.parametrize(("changes", "what", "kind", "got"), BAD)
def test_bad_input_is_explained(
    changes: dict[str, Any], what: str, kind: type[NCCourseError], got: str
) -> None:
    with pytest.raises(kind) as caught:
        plots.contrastive_cases(**DATA | changes)
    assert caught.value.what == what
    assert got in caught.value.got
