"""Show outcomes, hints and solutions: HTML for a notebook, plain text for everything else.

The title says in words what the colour says, and ``role="status"`` has a screen reader announce it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from html import escape

from nccourse.exercises.exercise import Exercise
from nccourse.exercises.outcome import Outcome, Verdict

_COLOURS = {
    Verdict.RIGHT: "#009E73",
    Verdict.WRONG: "#D55E00",
    Verdict.NOT_ATTEMPTED: "#767676",
    Verdict.ERROR: "#B3446C",
}
_NEUTRAL = "#0072B2"


@dataclass(frozen=True)
class Card:
    """A titled message with an optional folded piece of code; IPython shows the form it can."""

    title: str
    text: str = ""
    colour: str = _NEUTRAL
    code: str = ""

    def _repr_html_(self) -> str:
        body = f"<div>{_inline(self.text)}</div>" if self.text else ""
        if self.code:
            body += (
                "<details><summary>Show it (spoiler)</summary>"
                f"<pre><code>{escape(self.code)}</code></pre></details>"
            )
        return (
            f'<div role="status" style="border-left: 4px solid {self.colour}; padding: 0.3em 0.8em">'
            f"<strong>{_inline(self.title)}</strong>{body}</div>"
        )

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.title, self.text, self.code) if part)


def outcome_card(exercise: Exercise, outcome: Outcome) -> Card:
    """Describe an outcome, with the explanation when right and the way to a hint when not."""
    parts = [outcome.reason]
    if outcome:
        parts.append(exercise.explanation)
    elif outcome.verdict is not Verdict.NOT_ATTEMPTED:
        parts.append(f'Stuck? `exercises.hint("{exercise.id}")`')
    title = f"{outcome.verdict.value}: exercise {exercise.id}, {exercise.title}"
    return Card(title, _sentences(parts), _COLOURS[outcome.verdict])


def hint_card(exercise: Exercise, stage: int) -> Card:
    """Describe one hint, stage counted from 1, and what comes next."""
    total = len(exercise.hints)
    following = (
        "" if stage < total else f'That was the last; `exercises.solution("{exercise.id}")` shows one.'
    )
    return Card(
        f"Hint {stage} of {total}: exercise {exercise.id}", _sentences([exercise.hints[stage - 1], following])
    )


def solution_card(exercise: Exercise, code: str | None) -> Card:
    """Describe the reference solution, folded, with what it explains."""
    title = f"Solution: exercise {exercise.id}, {exercise.title}"
    if code is None:
        return Card(title, "None is recorded for this exercise.")
    return Card(title, "One way among several; yours may differ and be right.", code=code)


def show(card: Card) -> None:
    """Display a card in a notebook, or print it where there is none."""
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(card)
            return
    sys.stdout.write(f"{card!r}\n")


def _sentences(parts: list[str]) -> str:
    filled = [_capitalised(part) for part in parts if part]
    return " ".join(part if part.endswith((".", "?", "!", "`", ".)")) else f"{part}." for part in filled)


def _capitalised(part: str) -> str:
    # n_B, e^u, math.cos and f(x) mean something else with a capital
    is_word = re.match(r"(a|[a-z]{2,})(?=[ :,;'-]|$)", part)
    return part[0].upper() + part[1:] if is_word else part


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
