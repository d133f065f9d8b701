"""What a training run is, as plain data."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nccourse import data, models
from nccourse.checks import choice, integer, real
from nccourse.errors import InputTypeError, InputValueError

LOSSES = ("ce", "bce", "focal", "label_smoothing", "mse", "dot_regression")
OPTIMIZERS = ("sgd", "adamw")
SCHEDULES = ("constant", "cosine", "step")
DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class TrainConfig:
    """Describe one training run completely: equal configs on a CPU give bitwise equal runs.

    The defaults let an MLP collapse on the digits in a few seconds.

    Args:
        model: name of the network, as in :func:`nccourse.models.build`.
        data: name or .npz path, as in :func:`nccourse.data.load`.
        loss: "ce", "bce", "focal", "label_smoothing", "mse" or "dot_regression".
        head: "linear", "cosine" (with ``scale``) or "etf".
        scale: γ > 0 of the cosine head; None for the others.
        model_options: further options of the network and its head, e.g. ``{"widths": (128, 64)}``.
        loss_options: keyword arguments of the loss, e.g. ``{"smoothing": 0.2}``.
        optimizer: "sgd" or "adamw".
        learning_rate: the initial one, > 0.
        momentum: of SGD, in [0, 1); AdamW keeps its own.
        weight_decay: λ >= 0, on every parameter, b included.
        schedule: "constant"; "cosine", down to 0 at the end; or "step", a tenth at each milestone.
        milestones: fractions of the epochs at which "step" steps; the default is paper C's.
        epochs: passes through the training set, >= 1.
        batch_size: >= 1; the last batch of an epoch may be smaller.
        record: how often to measure: every so many epochs, or the epochs themselves. 0 (before training)
            and the last are always among them.
        snapshots: samples per class whose features are kept at each recorded epoch, for pictures.
        stop_tolerance: stop, converged, when every cosine of a feature with a classifier row is this close
            to the simplex ETF's, 1 and -1/(K-1) (paper A, Eq. 217), at a recorded epoch; None never stops.
        seed: of the initial weights, the order of the samples and whatever else is random, >= 0.
        device: "cpu", "cuda", "mps", or "auto" for the best there is.

    Raises:
        InputTypeError, InputValueError: a field outside its domain.

    >>> config = TrainConfig(epochs=5, head="cosine", scale=8.0)
    >>> TrainConfig.from_dict(config.to_dict()) == config
    True
    """

    model: str = "mlp"
    data: str = "digits"
    loss: str = "ce"
    head: str = "linear"
    scale: float | None = None
    model_options: Mapping[str, Any] = field(default_factory=dict)
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    optimizer: str = "sgd"
    learning_rate: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 5e-3
    schedule: str = "cosine"
    milestones: tuple[float, ...] = (3 / 7, 5 / 7)
    epochs: int = 120
    batch_size: int = 128
    record: int | tuple[int, ...] = 1
    snapshots: int = 0
    stop_tolerance: float | None = None
    seed: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        for name, options in _CHOICES.items():
            choice(name, getattr(self, name), options)
        for name, minimum in _INTEGERS.items():
            object.__setattr__(self, name, integer(name, getattr(self, name), minimum=minimum))
        self._check_data()
        self._check_rates()
        self._check_scale()
        for name in ("model_options", "loss_options"):
            object.__setattr__(self, name, _options(name, getattr(self, name)))
        object.__setattr__(self, "milestones", _fractions("milestones", self.milestones))
        object.__setattr__(self, "record", _recording(self.record, self.epochs))

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that differ between different configs."""
        text = json.dumps(self.to_dict(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def recorded_epochs(self) -> frozenset[int]:
        """The epochs at which the run is measured."""
        chosen = range(0, self.epochs, self.record) if isinstance(self.record, int) else self.record
        return frozenset(chosen) | {0, self.epochs}

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them (lists for tuples)."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        plain: dict[str, Any] = json.loads(json.dumps(fields))
        return plain

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> TrainConfig:
        """Return the config :meth:`to_dict` came from; fields left out take their defaults.

        Raises:
            InputTypeError, InputValueError: a field that does not exist, or a value outside its domain.
        """
        if not isinstance(fields, Mapping):
            raise InputTypeError("fields", expected="a mapping", got=type(fields).__name__)
        known = [f.name for f in dataclasses.fields(cls)]
        for name in fields:
            choice("field of TrainConfig", name, known)
        return cls(**fields)

    def _check_data(self) -> None:
        if not isinstance(self.data, str):
            raise InputTypeError("data", expected="a name or a path", got=type(self.data).__name__)
        if not self.data.endswith(".npz"):
            choice("data", self.data, (*data.NAMES, "a path ending in .npz"))

    def _check_rates(self) -> None:
        real("learning_rate", self.learning_rate, above=0.0)
        real("weight_decay", self.weight_decay, minimum=0.0)
        if real("momentum", self.momentum, minimum=0.0) >= 1:
            raise InputValueError("momentum", expected="a number in [0, 1)", got=str(self.momentum))
        if self.stop_tolerance is not None:
            real("stop_tolerance", self.stop_tolerance, above=0.0)

    def _check_scale(self) -> None:
        if self.head == "cosine":
            if self.scale is None:
                raise InputTypeError("scale", expected="a number > 0 with a cosine head", got="None")
            real("scale", self.scale, above=0.0)
        elif self.scale is not None:
            advice = 'head="cosine"'
            expected = f"None with a {self.head} head"
            raise InputValueError("scale", expected=expected, got=str(self.scale), advice=advice)


_CHOICES = {
    "model": models.NAMES,
    "loss": LOSSES,
    "head": models.HEADS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "device": DEVICES,
}
_INTEGERS = {"epochs": 1, "batch_size": 1, "snapshots": 0, "seed": 0}


def _options(name: str, options: Any) -> dict[str, Any]:
    if not isinstance(options, Mapping):
        raise InputTypeError(name, expected="a mapping of options", got=type(options).__name__)
    try:
        json.dumps(dict(options))
    except TypeError as error:
        raise InputTypeError(name, expected="plain values that JSON can hold", got=str(error)) from error
    # JSON gives lists back for tuples; equal configs must compare equal.
    return {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}


def _fractions(name: str, values: Any) -> tuple[float, ...]:
    if not isinstance(values, (list, tuple)):
        raise InputTypeError(name, expected="a sequence of numbers", got=type(values).__name__)
    return tuple(real(name, value, minimum=0.0, maximum=1.0) for value in values)


def _recording(record: Any, epochs: int) -> int | tuple[int, ...]:
    if isinstance(record, (list, tuple)):
        return tuple(integer("record", epoch, minimum=0, maximum=epochs) for epoch in record)
    return integer("record", record, minimum=1)
