"""Checks of the fields of a TrainConfig that are more than a number or a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nccourse import data
from nccourse.checks import choice, integer, real
from nccourse.errors import InputTypeError, InputValueError

SIZES = ("per_class", "first_per_class", "counts", "ratio", "step")
"""Data options that set the class sizes of the training set; at most one of them."""

DATA_OPTIONS = ("known", "validation", *SIZES, "minority", "test_per_class", "seed")


def options(name: str, value: Any) -> dict[str, Any]:
    """Return a mapping of plain values, with tuples for lists so that equal configs compare equal."""
    if not isinstance(value, Mapping):
        raise InputTypeError(name, expected="a mapping of options", got=type(value).__name__)
    try:
        plain = json.loads(json.dumps(dict(value)))
    except TypeError as error:
        raise InputTypeError(name, expected="plain values that JSON can hold", got=str(error)) from error
    return {key: _immutable(entry) for key, entry in plain.items()}


def data_choice(value: Any) -> dict[str, Any]:
    """Return ``data_options`` with names that exist and go together."""
    chosen = options("data_options", value)
    for name in chosen:
        choice("data_options", name, DATA_OPTIONS)
    sizes = [name for name in SIZES if name in chosen]
    if len(sizes) > 1:
        expected = f"at most one of {', '.join(SIZES)}"
        raise InputValueError("data_options", expected=expected, got=" and ".join(sizes))
    if "minority" in chosen and "step" not in chosen:
        raise InputValueError("data_options", expected="minority together with step", got="minority alone")
    return chosen


def augmentations(value: Any) -> tuple[str | tuple[str, dict[str, Any]], ...]:
    """Return ``augmentation`` as a tuple of names and pairs (name, options)."""
    expected = "a sequence of names and pairs (name, options)"
    if not isinstance(value, (list, tuple)):
        raise InputTypeError("augmentation", expected=expected, got=type(value).__name__)
    entries: list[str | tuple[str, dict[str, Any]]] = []
    for entry in value:
        if isinstance(entry, (list, tuple)) and len(entry) == 2:
            name = choice("augmentation", entry[0], data.AUGMENTATIONS)
            entries.append((name, options(f"augmentation {name}", entry[1])))
        elif isinstance(entry, str):
            entries.append(choice("augmentation", entry, data.AUGMENTATIONS))
        else:
            raise InputTypeError("augmentation", expected=expected, got=repr(entry))
    return tuple(entries)


def milestone_fractions(values: Any) -> tuple[float, ...]:
    """Return ``milestones`` as fractions of the epochs."""
    return tuple(real("milestones", value, minimum=0.0, maximum=1.0) for value in _sequence(values))


def milestone_epochs(values: Any, epochs: int) -> tuple[int, ...]:
    """Return ``milestones`` as numbers of epochs."""
    return tuple(integer("milestones", value, minimum=0, maximum=epochs) for value in _sequence(values))


def recording(record: Any, epochs: int) -> int | tuple[int, ...]:
    """Return ``record`` as an interval or as epochs."""
    if isinstance(record, (list, tuple)):
        return tuple(integer("record", epoch, minimum=0, maximum=epochs) for epoch in record)
    return integer("record", record, minimum=1)


def switch(name: str, value: Any) -> bool:
    """Return ``value`` if it is a bool."""
    if not isinstance(value, bool):
        raise InputTypeError(name, expected="True or False", got=repr(value))
    return value


def _sequence(values: Any) -> list[Any]:
    if not isinstance(values, (list, tuple)):
        raise InputTypeError("milestones", expected="a sequence of numbers", got=type(values).__name__)
    return list(values)


def _immutable(value: Any) -> Any:
    return tuple(_immutable(entry) for entry in value) if isinstance(value, list) else value
