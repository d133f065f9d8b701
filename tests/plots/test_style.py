from __future__ import annotations

import itertools

import pytest

from nccourse.plots import COLOURS, class_colour, class_marker, new_figure


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("name", COLOURS)
def test_every_colour_shows_on_white(name: str) -> None:
    assert 1.05 / (luminance(COLOURS[name]) + 0.05) > 2.0


def test_a_class_is_known_by_colour_and_marker_together() -> None:
    looks = [(class_colour(k), class_marker(k)) for k in range(20)]
    assert all(first != second for first, second in itertools.combinations(looks, 2))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 3), (3, 1)])
def test_new_figure_has_the_axes_asked_for(rows: int, columns: int) -> None:
    figure, axes = new_figure(rows, columns, width=5, height=4)
    assert len(axes) == rows * columns
    assert tuple(figure.get_size_inches()) == (5, 4)


def test_figures_leave_pyplot_alone() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    new_figure()
    assert plt.get_fignums() == before
