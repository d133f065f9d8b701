from __future__ import annotations

import re

import pytest

from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory import imbalanced
from nccourse.widgets import Panel, minority_lab
from nccourse.widgets.minority_lab import SMALL_COUNT, counts_of


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d+", text)]


@pytest.fixture(scope="module")
def panel() -> Panel:
    return minority_lab()


@pytest.mark.parametrize("ratio", [1.0, 8.0, 64.0, 512.0])
@pytest.mark.parametrize("decay", [2.0**-11, 2.0**-8])
def test_the_readout_is_the_theory(panel: Panel, ratio: float, decay: float) -> None:
    panel.set(majors=3, minors=4, ratio=ratio, decay=decay)
    counts = counts_of(3, 4, ratio)
    theory = imbalanced.minimizer(counts, decay, decay)
    shown = panel.readout
    assert numbers(shown["Margins"]) == pytest.approx([theory.margins[0], theory.margins[-1]], abs=1e-4)
    threshold = float(shown["Threshold"].split()[0].replace(",", ""))
    assert threshold == pytest.approx(imbalanced.collapse_count(sum(counts), 7, decay, decay), rel=1e-3)
    collapsed = {0: "none", 4: "the 4 small classes", 7: "all 7 classes"}[int(theory.collapsed.sum())]
    assert shown["Collapsed"].startswith(collapsed)


@pytest.mark.parametrize(("just", "expected"), [(0.97, "none"), (1.03, "the 5 small classes")])
def test_the_minority_collapses_at_the_ratio_named(panel: Panel, just: float, expected: str) -> None:
    panel.set(majors=5, minors=5, decay=2.0**-9, ratio=8.0)
    (threshold,) = numbers(panel.readout["Small classes collapse from"])
    counts = counts_of(5, 5, just * threshold)
    panel.controls["ratio"].value = counts[0] / SMALL_COUNT
    assert panel.readout["Collapsed"].startswith(expected)


@pytest.mark.parametrize("ratio", [1.0, 2.0, 16.0, 32.0, 128.0])
def test_the_printed_condition_holds_exactly_where_the_small_classes_have_collapsed(
    panel: Panel, ratio: float
) -> None:
    panel.set(majors=5, minors=5, decay=2.0**-9, ratio=ratio)
    holds = panel.readout["(17) as printed, with N at this R"].endswith(": holds")
    assert holds == (panel.readout["Collapsed"] != "none")


def test_collapsed_classes_share_one_weight_and_guess(panel: Panel) -> None:
    panel.set(majors=5, minors=5, decay=2.0**-9, ratio=64.0)
    assert numbers(panel.readout["Cosine of two small classes' weights"]) == [1.0]
    own, guess = numbers(panel.readout["A small class gives itself"])
    assert own == guess == 0.1


def test_what_has_no_cosine_says_so(panel: Panel) -> None:
    panel.set(minors=1)
    assert "only one" in panel.readout["Cosine of two small classes' weights"]
    panel.set(minors=2, majors=8, decay=2.0**-4, ratio=512.0)
    assert "zero" in panel.readout["Cosine of two small classes' weights"]
    assert panel.readout["Collapsed"] == "all 10 classes: complete collapse"


@pytest.mark.parametrize("name", ["ratio", "majors", "minors", "decay"])
@pytest.mark.parametrize("end", ["min", "max"])
def test_every_control_draws_from_end_to_end(panel: Panel, name: str, end: str) -> None:
    panel.set(majors=5, minors=5, decay=2.0**-9, ratio=8.0)
    slider = panel.controls[name]
    value = getattr(slider, end)
    panel.set(**{name: slider.base**value if name in ("ratio", "decay") else value})
    assert panel.problem is None


@pytest.mark.parametrize(
    ("arguments", "what", "kind"),
    [
        ({"majors": 0}, "majors", InputValueError),
        ({"minors": 9}, "minors", InputValueError),
        ({"majors": 2.5}, "majors", InputTypeError),
        ({"ratio": 0.5}, "ratio", InputValueError),
        ({"ratio": None}, "ratio", InputTypeError),
    ],
)
def test_bad_input_is_explained(arguments: dict[str, object], what: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        minority_lab(**arguments)  # type: ignore[arg-type]
    assert caught.value.what == what  # type: ignore[attr-defined]
