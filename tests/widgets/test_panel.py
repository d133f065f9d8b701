from __future__ import annotations

import base64
import io
import math
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nccourse.errors import InputValueError
from nccourse.plots import COLOURS, new_figure
from nccourse.widgets import Panel, controls
from nccourse.widgets.panel import counted
from nccourse.widgets.picture import Picture


class Square(Panel):
    """Draws a mark at (x, x²); refuses x = 3 and breaks at x = 4."""

    title = "Squares <of x>"
    try_first = "move x"
    draws = 0

    def __init__(self) -> None:
        figure, (ax,) = new_figure(width=3, height=2)
        ax.set(xlim=(0, 10), ylim=(0, 100))
        self.mark = ax.plot([0], [0], "o", color="#D55E00")[0]
        number = controls.whole("x", "number", 2, 0, 10)
        other = controls.linear("y", "ignored", 0.5, 0.0, 1.0, 0.1)
        super().__init__({"x": number, "y": other}, Picture(figure, [self.mark]))

    def draw(self, **values: Any) -> dict[str, str]:
        self.draws += 1
        x = values["x"]
        if x == 3:
            raise InputValueError("x", expected="anything but 3", got="3")
        if x == 4:
            raise ZeroDivisionError("four")
        self.mark.set_data([x], [x * x])
        return {"x²": f"{x * x} & more"}


def test_a_control_moves_picture_and_readout() -> None:
    panel = Square()
    before = panel._image.value
    panel.controls["x"].value = 5
    assert panel.readout == {"x²": "25 & more"}
    assert panel._image.value != before
    assert "25 &amp; more" in panel._text.value
    assert 'aria-live="polite"' in panel._text.value


def test_reset_returns_everything_to_where_it_started() -> None:
    panel = Square()
    start, picture = panel.values, panel._image.value
    panel.set(x=9, y=1.0)
    panel._reset.click()
    assert panel.values == start
    assert panel._image.value == picture


def test_set_draws_once() -> None:
    panel = Square()
    before = panel.draws
    panel.set(x=7, y=0.1)
    assert panel.draws == before + 1


def test_set_refuses_a_control_that_is_not_there() -> None:
    with pytest.raises(InputValueError, match="z: expected one of x, y, got z"):
        Square().set(z=1)


@pytest.mark.parametrize(
    ("x", "reason"), [(3, "x: expected anything but 3, got 3"), (4, "ZeroDivisionError: four")]
)
def test_a_bad_combination_explains_itself_and_leaves_the_picture(x: int, reason: str) -> None:
    panel = Square()
    picture = panel._image.value
    panel.set(x=x)
    assert list(panel.readout.values()) == [reason]
    assert panel._image.value == picture
    panel.set(x=2)
    assert panel.problem is None
    assert panel.readout == {"x²": "4 & more"}


def test_without_a_kernel_a_described_picture_remains() -> None:
    panel = Square()
    panel.set(x=6)
    data, metadata = panel._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == panel.view.model_id
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (300, 200)
    assert metadata["image/png"]["alt"] == "Squares <of x>. x²: 36 & more."
    assert "36" in data["text/plain"]


def test_title_and_first_thing_to_try_are_shown_as_text() -> None:
    heading = Square().view.children[0].value
    assert "Squares &lt;of x&gt;" in heading
    assert "Try first: move x" in heading


def test_every_control_has_symbol_and_words() -> None:
    for shown in ("description", "tooltip"):
        texts = [getattr(control, shown) for control in Square().controls.values()]
        assert texts == ["x\N{EN SPACE}number", "y\N{EN SPACE}ignored"]


def test_what_moves_is_drawn_over_what_stays() -> None:
    panel = Square()
    panel.set(x=5)
    once = panel.picture.pixels()[..., :3].copy()
    figure, mark = panel.picture.figure, panel.mark
    mark.set_animated(False)
    whole = Picture(figure, []).pixels()[..., :3]
    assert np.array_equal(once, whole)


def test_the_palette_keeps_white_and_the_colours_of_the_course() -> None:
    figure, (ax,) = new_figure(width=4, height=1)
    ax.set_axis_off()
    ax.set_position((0, 0, 1, 1))
    shown = ["#FFFFFF", *COLOURS.values()]
    ax.bar(range(9), 1, width=1, color=shown)
    ax.set(xlim=(-0.5, 8.5), ylim=(0, 1))
    figure.set_layout_engine("none")
    found = np.asarray(Image.open(io.BytesIO(Picture(figure, []).png())).convert("RGB"))
    for index, code in enumerate(shown):
        expected = [int(code[i : i + 2], 16) for i in (1, 3, 5)]
        assert np.abs(found[50, int(400 * (index + 0.5) / 9)].astype(int) - expected).max() <= 4


def test_redraw_takes_up_a_change_in_what_stays() -> None:
    panel = Square()
    before = panel.picture.png()
    panel.picture.figure.axes[0].set_title("new")
    assert panel.picture.png() == before
    panel.picture.redraw()
    assert panel.picture.png() != before


@pytest.mark.parametrize("value", [2**-3.375, 0.5, 1.0, 8.0, 64.0])
def test_a_slider_in_octaves_reaches_its_ends_and_powers_of_two(value: float) -> None:
    slider = controls.octaves("γ", "scale", 1.0, -3.375, 6.0)
    slider.value = value
    assert slider.value == pytest.approx(value)
    assert (math.log2(value) - slider.min) / slider.step == pytest.approx(
        round((math.log2(value) + 3.375) * 8)
    )


@pytest.mark.parametrize(
    ("number", "text"), [(0.5, "0.5"), (31.25, "31.25"), (1420.6, "1,421"), (7e6, "7,000,000")]
)
def test_large_counts_are_whole_numbers(number: float, text: str) -> None:
    assert counted(number) == text


def test_a_slider_of_whole_steps_shows_whole_numbers() -> None:
    assert controls.linear("α", "turn", 0.0, -180.0, 180.0, 5.0).readout_format == ".0f"
    assert controls.linear("σ", "disturbance", 0.0, 0.0, 1.0, 0.02).readout_format == ".2f"


def test_buttons_and_picture_come_before_the_readout() -> None:
    panel = Square()
    assert panel.view.children[-3].children[-1] is panel._reset
    assert panel.view.children[-2:] == (panel._image, panel._text)
