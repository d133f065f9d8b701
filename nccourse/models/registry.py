"""Networks by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from nccourse.checks import choice, height_and_width, integer
from nccourse.errors import InputTypeError
from nccourse.models.heads import CosineHead, ETFHead, Head, LinearHead
from nccourse.models.network import Backbone, BatchNormalized, Network


@dataclass(frozen=True)
class _Entry:
    """Say where a backbone is and which of its options its name settles.

    It is imported when it is built: torchvision, which some need, takes seconds to import.
    """

    module: str
    name: str
    settled: Mapping[str, Any] = field(default_factory=dict)

    @property
    def constructor(self) -> Callable[..., Backbone]:
        made: Callable[..., Backbone] = getattr(import_module(f"nccourse.models.{self.module}"), self.name)
        return made


_DENSENET121 = {"growth": 32, "blocks": (6, 12, 24, 16), "first_channels": 64}
_DENSENET150 = {"growth": 12, "blocks": (24, 24, 24), "first_channels": 24}

# A backbone takes (in_channels, image_size, **options), a head (in_features, num_classes, **options).
_BACKBONES: dict[str, _Entry] = {
    "mlp": _Entry("mlp", "MLP"),
    "cnn": _Entry("cnn", "CNN"),
    "mlp6": _Entry("mlp6", "MLP6"),
    "cnn9": _Entry("cnn9", "CNN9"),
    "resnet18": _Entry("resnet", "ResNet", {"depth": 18, "width": 1}),
    "resnet34": _Entry("resnet", "ResNet", {"depth": 34, "width": 1}),
    "resnet50": _Entry("resnet", "ResNet", {"depth": 50, "width": 1}),
    "resnet101": _Entry("resnet", "ResNet", {"depth": 101, "width": 1}),
    "resnet32": _Entry("resnet32", "ResNet32"),
    "wide_resnet18": _Entry("resnet", "ResNet", {"depth": 18}),
    "wide_resnet50": _Entry("resnet", "ResNet", {"depth": 50}),
    "densenet121": _Entry("densenet", "DenseNet", _DENSENET121),
    "densenet150": _Entry("densenet", "DenseNet", _DENSENET150),
    "vit": _Entry("vit", "ViT"),
}
_HEADS: dict[str, Callable[..., Head]] = {"linear": LinearHead, "cosine": CosineHead, "etf": ETFHead}

NAMES = tuple(_BACKBONES)
"""The names :func:`build` knows."""

HEADS = tuple(_HEADS)
"""The heads :func:`build` knows."""


def build(
    name: str,
    num_classes: int,
    *,
    in_channels: int,
    image_size: int | tuple[int, int],
    head: str = "linear",
    normalize_features: bool = False,
    **options: Any,
) -> Network:
    """Build a network, initialised from torch's global generator.

    Options of the backbones, with their defaults in the classes named:

    - "mlp", "mlp6", "cnn": ``widths``, ``width``, ``channels`` and more (MLP, MLP6, CNN).
    - "cnn9": ``dropout`` (CNN9).
    - "resnet18", "resnet34", "resnet50", "resnet101": ``stem``, ``final_relu``, ``weights`` (ResNet).
    - "wide_resnet18", "wide_resnet50": these and ``width``, the X of WideResNet-X.
    - "resnet32": ``channels``, ``final_relu`` (ResNet32).
    - "densenet121", "densenet150": ``stem``, ``final_relu`` (DenseNet).
    - "vit": ``patch_size``, ``hidden_dim`` and more (ViT).

    Args:
        name: one of the above.
        num_classes: K >= 2.
        in_channels: C of the images.
        image_size: (H, W), or one integer for both.
        head: "linear", "cosine" (needs ``scale``) or "etf".
        normalize_features: batch norm between backbone and head. Features after a ReLU are non-negative, and
            their cosine with a row w of a rotated ETF is at most |max(w, 0)| / |w|, about 0.71: paper E's
            published code puts a batch norm in between, its text does not say so.
        options: for the backbone and the head, by the names their classes give them.

    Returns:
        A network with ``model(x)`` -> logits (N, K), ``model.features(x)`` (N, d), ``model.head.W`` (K, d),
        ``model.head.b`` (K,); logits = features @ W.T - b.

    Raises:
        InputTypeError: an option neither backbone nor head has, or one that is missing.
        InputValueError: an unknown name, or a value outside its domain.

    >>> import torch
    >>> model = build("mlp", 10, in_channels=1, image_size=8, widths=(32,), head="cosine", scale=8.0)
    >>> x = torch.rand(5, 1, 8, 8)
    >>> torch.allclose(model(x), model.features(x) @ model.head.W.T - model.head.b)
    True
    """
    entry = _BACKBONES[choice("name", name, NAMES)]
    head_class = _HEADS[choice("head", head, HEADS)]
    for_backbone, for_head = _options(entry.constructor, entry.settled), _options(head_class)
    _check_options(name, head, options, for_backbone | for_head)
    backbone = entry.constructor(
        integer("in_channels", in_channels, minimum=1),
        height_and_width(image_size),
        **entry.settled,
        **{key: value for key, value in options.items() if key in for_backbone},
    )
    if normalize_features:
        backbone = BatchNormalized(backbone)
    own = {key: value for key, value in options.items() if key in for_head}
    return Network(backbone, head_class(backbone.out_features, num_classes, **own))


def _options(constructor: Callable[..., Any], settled: Mapping[str, Any] | None = None) -> dict[str, bool]:
    """Return the free keyword-only options of a constructor and whether each is required."""
    parameters = inspect.signature(constructor).parameters.values()
    free = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in (settled or {})]
    return {p.name: p.default is p.empty for p in free}


def _check_options(name: str, head: str, options: dict[str, Any], known: dict[str, bool]) -> None:
    unknown = [key for key in options if key not in known]
    if unknown:
        expected = f"options of {name} with a {head} head: {', '.join(sorted(known))}"
        raise InputTypeError(unknown[0], expected=expected, got=f"{unknown[0]}={options[unknown[0]]!r}")
    missing = [key for key, required in known.items() if required and key not in options]
    if missing:
        raise InputTypeError(missing[0], expected=f"a value, for a {head} head", got="none")
