"""Each figure shows what it was given: read back from its artists, and drawn without a warning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from nccourse import geometry, plots

STEPS = np.arange(1, 31)


def lines(figure: Figure, axes: int = 0) -> dict[str, tuple[Any, Any]]:
    """Label -> data of the lines in one of a figure's axes."""
    return {str(line.get_label()): line.get_data() for line in figure.axes[axes].lines}


FIGURES = {
    "curves": lambda: plots.curves(
        STEPS,
        {"CE": 1 / STEPS},
        theory={"CE": 0.0, "BCE": 2 / STEPS},
        points={"BCE": ([3], [1.0])},
        xlabel="epoch",
        ylabel="loss (nats)",
        xscale="log",
        yscale="symlog",
    ),
    "collapse_curves": lambda: plots.collapse_curves(
        STEPS, {"nc1": 10.0**-STEPS, "nc2": 1 / STEPS, "nc4": 0 * STEPS}, mark=3
    ),
    "class_vectors": lambda: plots.class_vectors(
        torch.eye(3), torch.eye(3), features=torch.eye(3).repeat(4, 1), labels=torch.arange(12) % 3
    ),
    "class_vectors of 2": lambda: plots.class_vectors([[1.0], [3.0]]),
    "class_vectors of 10": lambda: plots.class_vectors(torch.eye(10)),
    "cosines": lambda: plots.cosines(torch.eye(4), -torch.eye(4)),
    "cosines of 30": lambda: plots.cosines(torch.eye(30)),
    "score_histogram": lambda: plots.score_histogram(
        torch.tensor([3.0, 4.0]), torch.zeros(2, 3), bias=1.0, theory=(4, -1), theory_bias=1.5
    ),
    "score_histogram of equal scores": lambda: plots.score_histogram([2.0], [2.0]),
    "energy_trace": lambda: plots.energy_trace([4.0, 3.5, 3.0], minimum=3.0),
    "energy_trace alone": lambda: plots.energy_trace([4.0, 3.5]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_small_and_names_its_axes(name: str) -> None:
    figure = FIGURES[name]()
    assert 2_000 < len(plots.png(figure)) < 60_000
    assert all(ax.get_xlabel() or ax.get_ylabel() for ax in figure.axes)


@pytest.mark.parametrize(("marks", "label"), [("measured", "BCE, measured"), ("", "BCE")])
def test_points_are_called_what_they_are(marks: str, label: str) -> None:
    figure = plots.curves(STEPS, points={"BCE": ([3], [1.0])}, marks=marks, xlabel="epoch", ylabel="loss")
    assert list(lines(figure)) == [label]


def test_curves_share_a_colour_by_name_and_dash_the_theory() -> None:
    figure = FIGURES["curves"]()
    found = {line.get_label(): line for line in figure.axes[0].lines}
    assert found["CE"].get_color() == found["CE, theory"].get_color() != found["BCE, theory"].get_color()
    assert found["CE, theory"].is_dashed()
    assert not found["CE"].is_dashed()
    assert found["BCE, solved"].get_linestyle() == "None"


def test_a_constant_theory_value_spans_the_axis() -> None:
    x, y = lines(plots.curves([1, 5, 9], theory={"b": 2.5}, xlabel="x", ylabel="y"))["b, theory"]
    assert list(x) == [1, 5, 9]
    assert list(y) == [2.5] * 3


@pytest.mark.parametrize(
    ("curve", "scale"),
    [
        (10.0 ** -STEPS.astype(float), "log"),
        (1 + 1 / STEPS, "linear"),
        (np.maximum(0, 5.0 - STEPS), "linear"),
        (np.full(30, np.nan), "linear"),
        (np.r_[np.nan, 10.0 ** -STEPS[1:].astype(float)], "log"),
    ],
)
def test_a_metric_has_a_log_axis_exactly_when_it_falls_tenfold_and_stays_positive(
    curve: Any, scale: str
) -> None:
    figure = plots.collapse_curves(STEPS, {"nc1": curve})
    assert figure.axes[0].get_yscale() == scale
    plots.png(figure)


def test_class_vectors_lays_the_etf_under_three_collapsed_means() -> None:
    etf = geometry.simplex_etf(3, 7, generator=torch.Generator().manual_seed(0))
    drawn = plots.class_vectors(5 * etf + 2).axes[0].lines
    arrows = [line for line in drawn if len(line.get_xdata()) == 2]
    theory = sorted(tuple(line.get_xydata()[1]) for line in arrows if line.is_dashed())
    means = sorted(tuple(line.get_xydata()[1]) for line in arrows if not line.is_dashed())
    assert len(theory) == len(means) == 3
    assert np.allclose(theory, means, atol=1e-9)


def test_cosines_marks_the_etf_value_and_shows_the_matrix() -> None:
    etf = geometry.simplex_etf(5)
    figure = plots.cosines(3 * etf)
    shown = figure.axes[0].images[0].get_array()
    assert np.allclose(shown, 1.25 * np.eye(5) - 0.25)
    assert figure.axes[1].lines[-1].get_ydata()[0] == pytest.approx(-0.25)


def test_histograms_have_heights_that_sum_to_one_whatever_the_number_of_scores() -> None:
    rng = np.random.default_rng(0)
    positive, negative = rng.normal(4, 1, 50), rng.normal(-1, 1, (50, 9))
    figure = plots.score_histogram(positive, negative, bias=2.0, theory=(4, -1))
    edges = np.linspace(*figure.axes[0].get_xlim(), 1000)
    for patch, scores in zip(figure.axes[0].patches, (positive, negative), strict=True):
        corners = patch.get_path().vertices
        width = np.diff(np.unique(corners[:, 0])).min()
        x, y = corners.T
        area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
        assert area / width == pytest.approx(1.0, rel=1e-6)
        assert edges[0] <= x.min() <= scores.min() <= scores.max() <= x.max() <= edges[-1]
    marks = {label.split(":")[0]: x[0] for label, (x, _) in lines(figure).items()}
    assert marks == {"positive, theory": 4, "negative, theory": -1, "b": 2}


def test_energy_trace_shows_the_excess_over_the_etf() -> None:
    figure = plots.energy_trace([5.0, 4.0, 3.0], minimum=3.0)
    excess = figure.axes[1].lines[0].get_ydata()
    assert list(excess[:2]) == [2, 1]
    assert np.isnan(excess[2])


def test_energy_trace_does_not_change_its_input() -> None:
    energies = np.array([5.0, 3.0])
    plots.energy_trace(energies, minimum=4.0)
    assert list(energies) == [5, 3]
