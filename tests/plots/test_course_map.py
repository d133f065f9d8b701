"""The map of the course: levels follow from prerequisites, progress shows in words, marks and colours."""

import itertools
from dataclasses import replace

import pytest
from matplotlib.patches import FancyBboxPatch, Rectangle

from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots import COLOURS, Stop, course_map, course_map_text

COURSE = [
    Stop("00", "Start", 8, exercises=2, solved=2),
    Stop("01", "Ground", 60, ("00",), exercises=4, solved=1),
    Stop("02", "Left", 60, ("01",), exercises=4),
    Stop("03", "Right, of which there is a lot more to say than fits", 60, ("00", "01")),
    Stop("04", "Top", 60, ("01", "02", "03"), exercises=1),
]


def texts(figure):
    (ax,) = figure.axes
    return [text for text in ax.texts if text.get_text()]


def height(figure, number):
    return next(text.get_position()[1] for text in texts(figure) if text.get_text().startswith(number))


def arrows(figure):
    (ax,) = figure.axes
    return [text for text in ax.texts if not text.get_text()]


def test_a_lesson_stands_one_level_below_the_lowest_it_builds_on():
    heights = [height(course_map(COURSE), stop.number) for stop in COURSE]
    assert heights[0] > heights[1] > heights[2] == heights[3] > heights[4]


def test_arrows_that_others_imply_are_left_out():
    # 00-01, 01-02, 01-03, 02-04, 03-04; neither 00-03 nor 01-04.
    assert len(arrows(course_map(COURSE))) == 5


def test_progress_is_told_in_words_and_marks():
    shown = [text.get_text() for text in texts(course_map(COURSE))]
    for expected in ("✓ 8 min · 2 of 2 solved", "60 min · 1 of 4 solved", "60 min · 0 of 4 solved", "60 min"):
        assert expected in shown


def test_a_finished_lesson_is_filled_and_a_begun_one_has_a_bar():
    (ax,) = course_map(COURSE).axes
    filled = [box.get_facecolor()[:3] != (1, 1, 1) for box in ax.patches if isinstance(box, FancyBboxPatch)]
    assert filled == [True, False, False, False, False]
    (bar,) = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    boxes = [box.get_width() for box in ax.patches if isinstance(box, FancyBboxPatch)]
    assert bar.get_width() == pytest.approx(boxes[1] / 4)


def test_texts_stay_within_their_boxes():
    figure = course_map(COURSE)
    figure.canvas.draw()
    (ax,) = figure.axes
    boxes = [box.get_window_extent() for box in ax.patches if isinstance(box, FancyBboxPatch)]
    for text in texts(figure):
        extent = text.get_window_extent()
        assert any(box.contains(*extent.min) and box.contains(*extent.max) for box in boxes), text.get_text()


def test_boxes_of_a_level_do_not_overlap():
    many = [COURSE[0], *(Stop(f"{k:02}", f"Lesson {k}", 9, ("00",)) for k in range(1, 8))]
    (ax,) = course_map(many).axes
    left = sorted(box.get_x() for box in ax.patches if isinstance(box, FancyBboxPatch) and box.get_y() < -0.5)
    width = next(box.get_width() for box in ax.patches)
    assert all(second - first > width for first, second in itertools.pairwise(left))


def test_the_description_names_levels_and_what_is_finished():
    text = course_map_text(COURSE)
    assert "00; then 01; then 02, 03; then 04." in text
    assert text.endswith("Finished: 00.")


def test_white_on_the_filling_is_legible():
    red, green, blue = (int(COLOURS["blue"][at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("stops", "error", "message"),
    [
        ([], InputValueError, "at least one lesson"),
        (["00"], InputTypeError, "got str"),
        ([COURSE[1]], InputValueError, "earlier lessons, got 00"),
        ([COURSE[0], COURSE[0]], InputValueError, "00 twice"),
        ([replace(COURSE[0], solved=3)], InputValueError, "at most 2"),
        ([replace(COURSE[0], solved=-1)], InputValueError, "00: solved"),
        ([replace(COURSE[0], minutes=0)], InputValueError, "00: minutes"),
    ],
)
def test_bad_input_is_named(stops, error, message):
    for ask in (course_map, course_map_text):
        with pytest.raises(error, match=message):
            ask(stops)
