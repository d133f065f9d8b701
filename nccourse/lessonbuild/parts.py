"""The parts of the course: which lessons lay the ground, which prove, which measure on networks."""

from __future__ import annotations

PLAYGROUND = "Laboratory"
PARTS = {
    "Foundations": ("00", "01", "02", "03"),
    "Theory": ("04", "05", "06", "07", "08", "10", "11", "12"),
    "Experiments": ("09", "13", "14", "15", "16"),
}


def part_of(number: str) -> str:
    """Return the part a lesson belongs to; a number not planned yet counts as an experiment.

    Args:
        number: two digits; empty for a playground.

    >>> part_of("02"), part_of("")
    ('Foundations', 'Laboratory')
    """
    if not number:
        return PLAYGROUND
    return next((part for part, numbers in PARTS.items() if number in numbers), "Experiments")
