"""Exercises of lesson 00, start here."""

from __future__ import annotations

import math
from typing import Any

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K

_TETRAHEDRON = math.degrees(math.acos(-1 / 3))


@exercise(
    "00.1",
    title="Four in space",
    difficulty=1,
    minutes=2,
    hints=(
        "Three arrows in the plane stand 120 degrees apart. A fourth needs room: more or less than 120?",
        "Think of methane, CH4: four hydrogen atoms around one carbon atom, at the corners of a tetrahedron.",
        "It is a little above a right angle: the cosine is -1/3.",
    ),
    explanation="The tetrahedron's angle, arccos(-1/3). Lesson 02 proves arccos(-1/(K-1)) for K classes.",
)
def four_in_space(answer: Any) -> Outcome:
    """Judge an angle within ten degrees of the tetrahedron's."""
    value = as_number(answer)
    if value is None:
        return Outcome.wrong("the angle", expected="a number of degrees", got=describe(answer))
    if abs(value - _TETRAHEDRON) <= 10:
        return Outcome.right()
    advice = ""
    if abs(value - 120) < 0.5:
        advice = "That is the star with three arms; in space there is room for a fourth, but not for free."
    elif abs(value - 90) < 0.5:
        advice = (
            "A cross in the plane has right angles between neighbours; out of the plane one can do better."
        )
    elif abs(value - 180) < 0.5:
        advice = "Two arrows can oppose each other; where would a third and a fourth point?"
    elif abs(value - 60) < 0.5:
        advice = "That is the corner of a triangular face; measure at the centre, between two arrows."
    elif -1 <= value < math.pi:
        advice = "That looks like radians or a cosine."
    return Outcome.wrong("the angle", expected="a number of degrees", got=describe(answer), advice=advice)


@exercise(
    "00.2",
    title="A cosine",
    difficulty=1,
    minutes=2,
    hints=(
        "math.cos wants radians.",
        "math.radians turns degrees into radians.",
        "return math.cos(math.radians(degrees))",
    ),
    explanation="Cosines rather than angles are what the course works with: they are inner products.",
)
def cosine(answer: Any) -> Outcome:
    """Judge a function on several angles."""
    return expect_function(answer, (0, 60, 109.47, 180), _is_cosine, name="cosine")


def _is_cosine(result: Any, degrees: float) -> Outcome:
    value = as_number(result)
    if value is not None and abs(value - math.cos(math.radians(degrees))) <= 1e-6:
        return Outcome.right()
    advice = ""
    if value is not None and abs(value - math.cos(degrees)) <= 1e-9:
        advice = "math.cos takes radians."
    elif value is not None and abs(value - math.sin(math.radians(degrees))) <= 1e-9:
        advice = "That is the sine."
    return Outcome.wrong("the result", expected="a number", got=describe(result), advice=advice)


@exercise(
    "00.3",
    title="So many angles",
    difficulty=1,
    minutes=2,
    hints=(
        "Count by hand: three arrows have three angles, four arrows have six.",
        "Each of the K arrows makes an angle with each of the K - 1 others.",
        "Counted that way, the angle between arrows 1 and 2 comes twice: once from either side.",
    ),
    explanation="Ten classes have 45 angles, and at neural collapse all of them are equal.",
)
def so_many_angles(answer: Any) -> Outcome:
    """Judge the number of pairs of K as an expression."""
    return expect_expression(
        answer,
        K * (K - 1) / 2,
        name="the number of angles",
        mistakes=[
            (K * (K - 1), "That counts every angle twice, once from either arrow."),
            (K, "That fits three arrows. Draw four."),
            (K - 1, "That is what one arrow has with all others; there are K arrows."),
            (K**2, "An arrow has no angle with itself, and each pair counts once."),
            (K**2 / 2, "An arrow has no angle with itself: each meets K - 1 others, not K."),
            (K * (K + 1) / 2, "That counts an arrow's angle with itself, too."),
        ],
    )


@exercise(
    "00.4",
    title="Crowding",
    difficulty=1,
    minutes=2,
    hints=(
        "Write down the angle for K = 2, 3 and 4, then for the largest K of the slider.",
        "The steps between these angles become smaller and smaller. Where could they stop?",
        'The line "Best possible" has the cosine, -1/(K-1). Where does it tend to, and from which side?',
    ),
    explanation="The cosine -1/(K-1) tends to zero from below, so the angle to 90 degrees from above.",
)
def crowding(answer: Any) -> Outcome:
    """Judge where the largest common angle goes."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the reading",
        mistakes={
            "a": "That is the angle of four. Move K and read it again.",
            "b": "In the plane it would, but every class adds a direction. Read the angle at the largest K.",
            "d": "Is the cosine ever positive in the line of the best possible?",
        },
    )
