"""One finished cell as it is kept: what every record must say, and how records become a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from nccourse.errors import InputValueError

Record = dict[str, Any]

SCHEDULES = ("full", "short", "reduced")
STATUSES = ("completed", "converged", "diverged")

_KINDS: dict[str, tuple[type, ...]] = {
    "experiment": (str,),
    "profile": (str,),
    "schedule": (str,),
    "key": (str,),
    "seed": (int,),
    "coordinates": (dict,),
    "status": (str,),
    "metrics": (dict,),
    "config": (dict,),
    "data": (dict,),
    "device": (str,),
    "versions": (dict,),
    "commit": (str,),
    "seconds": (int, float),
    "date": (str,),
}
MOST_BYTES = 20_000


def check(record: Any, *, name: str = "record") -> Record:
    """Return ``record`` if it has the form of the ledger.

    Its fields: "experiment", the id that leads its study; "profile"; "schedule"; "key" of the cell; "seed";
    "coordinates" in the grid; "status"; "metrics", numbers (null where not finite), lists and dicts of them,
    by names that are no coordinates; "config", the whole setting; "data", {"name", "checksum"} or {};
    "device"; "versions"; "commit"; "seconds"; "date".

    Raises:
        InputValueError: a field is missing, unknown, or of the wrong kind.
    """
    if not isinstance(record, Mapping):
        raise InputValueError(name, expected="an object of fields", got=type(record).__name__)
    for field, kinds in _KINDS.items():
        if field not in record:
            raise InputValueError(name, expected=f"a field {field!r}", got=f"only {', '.join(record)}")
        value = record[field]
        if not isinstance(value, kinds) or isinstance(value, bool):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise InputValueError(f"{name}[{field!r}]", expected=expected, got=repr(value)[:60])
    unknown = sorted(set(record) - set(_KINDS))
    if unknown:
        raise InputValueError(name, expected=f"no field but {', '.join(_KINDS)}", got=", ".join(unknown))
    for field, options in (("schedule", SCHEDULES), ("status", STATUSES)):
        if record[field] not in options:
            expected = f"one of {', '.join(options)}"
            raise InputValueError(f"{name}[{field!r}]", expected=expected, got=record[field])
    both = sorted(set(record["metrics"]) & {*record["coordinates"], "seed", "status", "study"})
    if both:
        raise InputValueError(f"{name}['metrics']", expected="no coordinate's name", got=", ".join(both))
    for field, value in record["metrics"].items():
        _check_metric(f"{name}['metrics'][{field!r}]", value)
    return dict(record)


def table(records: Iterable[Record]) -> pd.DataFrame:
    """Return records as a DataFrame, one row a cell: its coordinates, "seed", "status" and its metrics.

    Missing numbers are nan; curves stay lists.
    """
    rows = [
        {
            **entry["coordinates"],
            "seed": entry["seed"],
            "status": entry["status"],
            **_numbers(entry["metrics"]),
        }
        for entry in records
    ]
    return pd.DataFrame(rows)


def plain_metrics(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return metrics as JSON has them: six digits, null for what is not finite."""
    return {name: _plain(value) for name, value in metrics.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain_metrics(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return [_plain(entry) for entry in value]
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else float(f"{number:.6g}")


def _numbers(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {name: math.nan if value is None else value for name, value in metrics.items()}


def _check_metric(name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for inner, entry in value.items():
            _check_metric(f"{name}[{inner!r}]", entry)
    elif isinstance(value, list):
        for entry in value:
            _check_metric(name, entry)
    elif isinstance(value, bool) or not isinstance(value, (int, float, str, type(None))):
        raise InputValueError(name, expected="a number, a word, null, or lists of them", got=repr(value)[:60])
