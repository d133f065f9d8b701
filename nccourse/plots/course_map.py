"""The course as a map: lessons by what has to come before them, with what a learner has solved."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.style import COLOURS, new_figure

_WIDE, _HIGH, _RISE, _GAP = 1.64, 0.88, 1.3, 0.14
_CHARACTERS, _LINES = 19, 3


@dataclass(frozen=True)
class Stop:
    """A lesson on the map.

    Args:
        number: e.g. ``"04"``.
        title: in a few words.
        minutes: a learner's time, >= 1.
        before: numbers of the lessons it builds on.
        exercises: how many it has, >= 0.
        solved: how many of them are solved, 0..exercises.
    """

    number: str
    title: str
    minutes: int
    before: tuple[str, ...] = ()
    exercises: int = 0
    solved: int = 0

    @property
    def is_done(self) -> bool:
        """Whether every exercise is solved."""
        return 0 < self.exercises == self.solved


def course_map(stops: Sequence[Stop]) -> Figure:
    """Draw the lessons as boxes, level by level, with arrows from what has to come before.

    A lesson stands one level below the lowest that it builds on. An arrow that others imply is left out. A
    finished lesson is filled and ticked, in any other a bar shows the share of exercises solved.

    Args:
        stops: the lessons; ``before`` names earlier ones of the sequence.

    Returns:
        The figure; :func:`course_map_text` describes it in words.

    Raises:
        InputTypeError: something that is no :class:`Stop`.
        InputValueError: no lesson, a number twice, a lesson before it that does not come earlier, or counts
            out of range.

    >>> figure = course_map([Stop("00", "Start", 8), Stop("01", "Next", 60, before=("00",), exercises=4)])
    """
    levels = _levels(_checked(stops))
    places = _places(levels)
    columns = max(map(len, levels))
    figure, (ax,) = new_figure(
        width=max(4.0, (_WIDE + _GAP) * columns + 0.2), height=_RISE * (len(levels) - 1) + _HIGH + 0.3
    )
    ax.set_axis_off()
    for stop in stops:
        for number in _direct(stop, stops):
            _arrow(ax, places[number], places[stop.number])
        _box(ax, stop, places[stop.number])
    reach = (_WIDE + _GAP) * columns / 2
    ax.set(xlim=(-reach, reach), ylim=(-_RISE * (len(levels) - 1) - _HIGH / 2 - 0.06, _HIGH / 2 + 0.06))
    return figure


def course_map_text(stops: Sequence[Stop]) -> str:
    """Describe the map in words: its levels, and which lessons are finished.

    Raises:
        InputTypeError: as :func:`course_map`.
        InputValueError: likewise.

    >>> course_map_text([Stop("00", "Start", 8), Stop("01", "Next", 60, before=("00",), exercises=4)])
    'A map of 2 lessons from top to bottom, each below those it builds on: 00; then 01. None finished yet.'
    """
    levels = _levels(_checked(stops))
    order = "; then ".join(", ".join(stop.number for stop in level) for level in levels)
    done = ", ".join(stop.number for stop in stops if stop.is_done)
    ending = f"Finished: {done}." if done else "None finished yet."
    return (
        f"A map of {len(stops)} lessons from top to bottom, each below those it builds on: {order}. {ending}"
    )


def _checked(stops: Any) -> Sequence[Stop]:
    known: set[str] = set()
    for stop in stops:
        if not isinstance(stop, Stop):
            raise InputTypeError("stops", expected="a sequence of Stop", got=type(stop).__name__)
        late = [number for number in stop.before if number not in known]
        if late:
            raise InputValueError(f"{stop.number}: before", expected="earlier lessons", got=", ".join(late))
        if stop.number in known:
            raise InputValueError("stops", expected="each number once", got=f"{stop.number} twice")
        checks.integer(f"{stop.number}: minutes", stop.minutes, minimum=1)
        checks.integer(f"{stop.number}: solved", stop.solved, minimum=0)
        if stop.solved > stop.exercises:
            expected = f"at most {stop.exercises}, its exercises"
            raise InputValueError(f"{stop.number}: solved", expected=expected, got=str(stop.solved))
        known.add(stop.number)
    if not known:
        raise InputValueError("stops", expected="at least one lesson", got="none")
    return list(stops)


def _levels(stops: Sequence[Stop]) -> list[list[Stop]]:
    depth: dict[str, int] = {}
    for stop in stops:
        depth[stop.number] = 1 + max((depth[number] for number in stop.before), default=-1)
    return [
        [stop for stop in stops if depth[stop.number] == level] for level in range(max(depth.values()) + 1)
    ]


def _places(levels: Sequence[Sequence[Stop]]) -> dict[str, tuple[float, float]]:
    """Place each level's lessons side by side, in the order of the middles of what they build on."""
    places: dict[str, tuple[float, float]] = {}
    for level, stops in enumerate(levels):
        for at, stop in enumerate(sorted(stops, key=lambda one: _middle(one, places))):
            places[stop.number] = ((at - (len(stops) - 1) / 2) * (_WIDE + _GAP), -_RISE * level)
    return places


def _middle(stop: Stop, places: Mapping[str, tuple[float, float]]) -> float:
    across = [places[number][0] for number in stop.before]
    return sum(across) / len(across) if across else 0.0


def _direct(stop: Stop, stops: Sequence[Stop]) -> list[str]:
    """Return what a lesson builds on, without what that builds on itself."""
    before = {one.number: one.before for one in stops}
    implied: set[str] = set()
    waiting = [further for number in stop.before for further in before[number]]
    while waiting:
        number = waiting.pop()
        if number not in implied:
            implied.add(number)
            waiting.extend(before[number])
    return [number for number in stop.before if number not in implied]


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate(
        "",
        xy=(end[0], end[1] + _HIGH / 2),
        xytext=(start[0], start[1] - _HIGH / 2),
        arrowprops={"arrowstyle": "-|>", "color": COLOURS["grey"], "linewidth": 1.1, "shrinkA": 0},
        zorder=1,
    )


def _box(ax: Axes, stop: Stop, place: tuple[float, float]) -> None:
    x, y = place[0] - _WIDE / 2, place[1] - _HIGH / 2
    ink = "white" if stop.is_done else "black"
    ax.add_patch(
        FancyBboxPatch(
            (x + 0.05, y + 0.05),
            _WIDE - 0.1,
            _HIGH - 0.1,
            boxstyle="round,pad=0.05",
            facecolor=COLOURS["blue"] if stop.is_done else "white",
            edgecolor=COLOURS["blue"],
            zorder=2,
        )
    )
    if not stop.is_done and stop.solved:
        share = (_WIDE - 0.1) * stop.solved / stop.exercises
        ax.add_patch(
            Rectangle((x + 0.05, y + 0.01), share, 0.06, color=COLOURS["blue"], linewidth=0, zorder=3)
        )
    title = textwrap.fill(f"{stop.number} {stop.title}", _CHARACTERS, max_lines=_LINES, placeholder=" …")
    ax.text(place[0], place[1] + 0.12, title, ha="center", va="center", fontsize=9, color=ink, zorder=4)
    ax.text(
        place[0], place[1] - 0.27, _facts(stop), ha="center", va="center", fontsize=8, color=ink, zorder=4
    )


def _facts(stop: Stop) -> str:
    solved = f" · {stop.solved} of {stop.exercises} solved" if stop.exercises else ""
    return f"{'✓ ' if stop.is_done else ''}{stop.minutes} min{solved}"
