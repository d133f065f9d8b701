"""Networks by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from nccourse.checks import choice, height_and_width, integer
from nccourse.errors import InputTypeError
from nccourse.models.cnn import CNN
from nccourse.models.heads import CosineHead, ETFHead, Head, LinearHead
from nccourse.models.mlp import MLP
from nccourse.models.network import Backbone, Network

# A backbone takes (in_channels, image_size, **options), a head (in_features, num_classes, **options).
_BACKBONES: dict[str, Callable[..., Backbone]] = {"mlp": MLP, "cnn": CNN}
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
    **options: Any,
) -> Network:
    """Build a network, initialised from torch's global generator.

    Args:
        name: "mlp" or "cnn".
        num_classes: K >= 2.
        in_channels: C of the images.
        image_size: (H, W), or one integer for both.
        head: "linear", "cosine" (needs ``scale``) or "etf".
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
    backbone_class = _BACKBONES[choice("name", name, NAMES)]
    head_class = _HEADS[choice("head", head, HEADS)]
    for_backbone, for_head = _options(backbone_class), _options(head_class)
    _check_options(name, head, options, for_backbone | for_head)
    backbone = backbone_class(
        integer("in_channels", in_channels, minimum=1),
        height_and_width(image_size),
        **{key: value for key, value in options.items() if key in for_backbone},
    )
    own = {key: value for key, value in options.items() if key in for_head}
    return Network(backbone, head_class(backbone.out_features, num_classes, **own))


def _options(constructor: Callable[..., Any]) -> dict[str, bool]:
    """Return the keyword-only options of a constructor and whether each is required."""
    parameters = inspect.signature(constructor).parameters.values()
    return {p.name: p.default is p.empty for p in parameters if p.kind is p.KEYWORD_ONLY}


def _check_options(name: str, head: str, options: dict[str, Any], known: dict[str, bool]) -> None:
    unknown = [key for key in options if key not in known]
    if unknown:
        expected = f"options of {name} with a {head} head: {', '.join(sorted(known))}"
        raise InputTypeError(unknown[0], expected=expected, got=f"{unknown[0]}={options[unknown[0]]!r}")
    missing = [key for key, required in known.items() if required and key not in options]
    if missing:
        raise InputTypeError(missing[0], expected=f"a value, for a {head} head", got="none")
