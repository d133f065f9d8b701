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
from nccourse.training.fields import (
    augmentations,
    data_choice,
    milestone_epochs,
    milestone_fractions,
    options,
    recording,
    switch,
)

LOSSES = ("ce", "bce", "focal", "label_smoothing", "mse", "dot_regression")
OPTIMIZERS = ("sgd", "adamw")
SCHEDULES = ("constant", "cosine", "step", "milestones")
DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("float32", "bfloat16", "auto")


@dataclass(frozen=True)
class TrainConfig:
    """Describe one training run completely: equal configs on a CPU give bitwise equal runs.

    The defaults let an MLP collapse on the digits in a few seconds.

    Args:
        model: name of the network, as in :func:`nccourse.models.build`.
        data: name or .npz path, as in :func:`nccourse.data.load`.
        data_options: which of its images, in this order: ``known`` (classes, or how many) keeps some classes,
            numbered anew; ``validation`` (a fraction) holds samples back; one of ``per_class`` (n),
            ``first_per_class`` (n, those that come first in the set), ``counts`` (n_k), ``ratio``
            (long-tailed) and ``step`` (a ratio; with ``minority`` as in
            :func:`nccourse.data.step_imbalance`) sets the class sizes of the training set;
            ``test_per_class`` those of the test set; ``seed`` (0) says which samples.
        augmentation: of the training images, names or pairs (name, options), as in
            :func:`nccourse.data.augment`.
        loss: "ce", "bce", "focal", "label_smoothing", "mse" or "dot_regression"; for one of your own write
            the loop yourself, as lesson 16 does.
        head: "linear", "cosine" (with ``scale``) or "etf".
        scale: γ > 0 of the cosine head; None for the others.
        model_options: further options of the network and its head, e.g. ``{"widths": (128, 64)}``.
        loss_options: keyword arguments of the loss, e.g. ``{"smoothing": 0.2}``.
        optimizer: "sgd" or "adamw".
        learning_rate: the initial one, > 0.
        momentum: of SGD, in [0, 1); AdamW keeps its own.
        weight_decay: λ >= 0, on every parameter, b included; AdamW's is decoupled from the loss.
        lambda_W: λ_W >= 0, of the head's weights in place of ``weight_decay``; None is the same.
        lambda_H: λ_H >= 0, feature decay: λ_H/2 times the mean of |h|² over the batch is added to the loss.
            A sum over the batch, as papers B and D may have used it, is ``batch_size`` times this.
        lambda_b: λ_b >= 0, of b in place of ``weight_decay``; None is the same.
        clip_norm: bound on the norm of the gradient of all parameters together, > 0; None does not clip.
        schedule: "constant"; "cosine", down to 0 at the end; "step", times ``schedule_factor`` at each of the
            ``milestones``; or "milestones", the same at epochs.
        milestones: for "step", fractions of the epochs, by default paper C's; for "milestones", after how
            many epochs.
        schedule_factor: in (0, 1].
        epochs: passes through the training set, >= 1.
        batch_size: >= 1; the last batch of an epoch may be smaller.
        record: how often to measure: every so many epochs, or the epochs themselves. 0 (before training)
            and the last are always among them.
        measured_per_class: measure collapse on this many training samples of each class (all where there are
            fewer), the first ones; None on all. A pass through all costs about a third of an epoch.
        snapshots: samples per class whose features are kept at each recorded epoch, for pictures.
        stop_tolerance: stop, converged, when every cosine of a feature with a classifier row is this close
            to the simplex ETF's, 1 and -1/(K-1) (paper A, Eq. 217), at a recorded epoch; None never stops.
        seed: of the initial weights, the order of the samples and whatever else is random, >= 0.
        device: "cpu", "cuda", "mps", or "auto" for the best there is; CUDA_VISIBLE_DEVICES=1 in the shell
            picks one of several GPUs.
        precision: of the backbone in training: "float32"; "bfloat16" by autocast; or "auto", bfloat16 where
            the device has instructions for it. Head, loss, parameters and measures are float32 always.
        channels_last: keep convolutions in that memory format, the faster one on CPUs and with bfloat16.
        compile: train with torch.compile, worth its minute of compiling for long runs on a GPU.

    Raises:
        InputTypeError, InputValueError: a field outside its domain.

    >>> config = TrainConfig(epochs=5, head="cosine", scale=8.0)
    >>> TrainConfig.from_dict(config.to_dict()) == config
    True
    """

    model: str = "mlp"
    data: str = "digits"
    data_options: Mapping[str, Any] = field(default_factory=dict)
    augmentation: tuple[str | tuple[str, Mapping[str, Any]], ...] = ()
    loss: str = "ce"
    head: str = "linear"
    scale: float | None = None
    model_options: Mapping[str, Any] = field(default_factory=dict)
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    optimizer: str = "sgd"
    learning_rate: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 5e-3
    lambda_W: float | None = None
    lambda_H: float = 0.0
    lambda_b: float | None = None
    clip_norm: float | None = None
    schedule: str = "cosine"
    milestones: tuple[float, ...] = (3 / 7, 5 / 7)
    schedule_factor: float = 0.1
    epochs: int = 120
    batch_size: int = 128
    record: int | tuple[int, ...] = 1
    measured_per_class: int | None = None
    snapshots: int = 0
    stop_tolerance: float | None = None
    seed: int = 0
    device: str = "auto"
    precision: str = "float32"
    channels_last: bool = True
    compile: bool = False

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            choice(name, getattr(self, name), known)
        for name, minimum in _INTEGERS.items():
            object.__setattr__(self, name, integer(name, getattr(self, name), minimum=minimum))
        self._check_data()
        self._check_rates()
        self._check_head()
        for name in ("model_options", "loss_options"):
            object.__setattr__(self, name, options(name, getattr(self, name)))
        for name in ("channels_last", "compile"):
            switch(name, getattr(self, name))
        object.__setattr__(self, "data_options", data_choice(self.data_options))
        object.__setattr__(self, "augmentation", augmentations(self.augmentation))
        if self.schedule == "milestones":
            object.__setattr__(self, "milestones", milestone_epochs(self.milestones, self.epochs))
        else:
            object.__setattr__(self, "milestones", milestone_fractions(self.milestones))
        object.__setattr__(self, "record", recording(self.record, self.epochs))

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
        real("schedule_factor", self.schedule_factor, above=0.0, maximum=1.0)
        for name in ("weight_decay", "lambda_W", "lambda_H", "lambda_b"):
            if getattr(self, name) is not None or name in ("weight_decay", "lambda_H"):
                real(name, getattr(self, name), minimum=0.0)
        if real("momentum", self.momentum, minimum=0.0) >= 1:
            raise InputValueError("momentum", expected="a number in [0, 1)", got=str(self.momentum))
        for name in ("stop_tolerance", "clip_norm"):
            if getattr(self, name) is not None:
                real(name, getattr(self, name), above=0.0)
        if self.measured_per_class is not None:
            integer("measured_per_class", self.measured_per_class, minimum=1)

    def _check_head(self) -> None:
        if self.head == "cosine":
            if self.scale is None:
                raise InputTypeError("scale", expected="a number > 0 with a cosine head", got="None")
            real("scale", self.scale, above=0.0)
        elif self.scale is not None:
            advice = 'head="cosine"'
            expected = f"None with a {self.head} head"
            raise InputValueError("scale", expected=expected, got=str(self.scale), advice=advice)
        if self.head == "cosine" and self.lambda_H:
            expected = "0 with a cosine head, whose features have length 1"
            raise InputValueError("lambda_H", expected=expected, got=str(self.lambda_H))
        if self.head == "etf" and self.lambda_W is not None:
            expected = "None with an etf head, whose weights are fixed"
            raise InputValueError("lambda_W", expected=expected, got=str(self.lambda_W))


_CHOICES = {
    "model": models.NAMES,
    "loss": LOSSES,
    "head": models.HEADS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "device": DEVICES,
    "precision": PRECISIONS,
}
_INTEGERS = {"epochs": 1, "batch_size": 1, "snapshots": 0, "seed": 0}
