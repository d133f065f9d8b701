"""Classifier heads: logits = features @ W.T - b.

The minus is the papers' (A, B, D) and this package's only convention. ``torch.nn.Linear`` computes
``features @ weight.T + bias``: to measure a network that ends in one, pass ``b = -layer.bias``.

>>> layer, head = nn.Linear(4, 3), LinearHead(4, 3)
>>> _ = head.weight.data.copy_(layer.weight), head.b.data.copy_(-layer.bias)
>>> features = torch.randn(5, 4)
>>> torch.allclose(layer(features), features @ head.W.T - head.b, atol=1e-6)
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nccourse.checks import integer, real
from nccourse.errors import InputTypeError, InputValueError
from nccourse.geometry import simplex_etf


class Head(nn.Module):
    """Share what the heads have in common: the sign convention and the bias.

    A head may first put the features in the space it classifies in (``embed``: onto a sphere, or nothing);
    then logits = embed(features) @ W.T - b. ``embed`` is idempotent.

    Args:
        in_features: d.
        num_classes: K.
        bias: learn b; else it stays 0.
        bias_mean: mean of the initial b.
        bias_variance: variance of the initial b, normally distributed.
    """

    b: Tensor

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        bias: bool = True,
        bias_mean: float = 0.0,
        bias_variance: float = 0.0,
    ) -> None:
        super().__init__()
        self.in_features = integer("in_features", in_features, minimum=1)
        self.num_classes = integer("num_classes", num_classes, minimum=2)
        mean, variance = real("bias_mean", bias_mean), real("bias_variance", bias_variance, minimum=0.0)
        if bias:
            self.b = nn.Parameter(mean + variance**0.5 * torch.randn(num_classes))
        elif mean or variance:
            raise InputValueError("bias", expected="True with a bias_mean or bias_variance", got="False")
        else:
            self.register_buffer("b", torch.zeros(num_classes))

    @property
    def W(self) -> Tensor:
        """The (K, d) classifier, rows w_k."""
        raise NotImplementedError

    def embed(self, features: Tensor) -> Tensor:
        """Return the (N, d) features in the space the classifier is applied in."""
        return features

    def extra_repr(self) -> str:
        """Return the sizes, as ``print(network)`` shows them."""
        return f"{self.in_features}, {self.num_classes}, bias={isinstance(self.b, nn.Parameter)}"

    def forward(self, features: Tensor) -> Tensor:
        """Return the (N, K) logits of (N, d) features."""
        return functional.linear(self.embed(features), self.W) - self.b


class LinearHead(Head):
    """Classify by logits = features @ W.T - b with W and b learnt.

    Args:
        in_features: d.
        num_classes: K.
        bias: learn b; else it stays 0.
        bias_mean: mean of the initial b.
        bias_variance: variance of the initial b.

    >>> head = LinearHead(8, 3)
    >>> head.W.shape, head.b.shape
    (torch.Size([3, 8]), torch.Size([3]))
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        bias: bool = True,
        bias_mean: float = 0.0,
        bias_variance: float = 0.0,
    ) -> None:
        super().__init__(
            in_features, num_classes, bias=bias, bias_mean=bias_mean, bias_variance=bias_variance
        )
        bound = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(num_classes, in_features).uniform_(-bound, bound))

    @property
    def W(self) -> Tensor:
        """The (K, d) classifier, a parameter."""
        return self.weight


class CosineHead(Head):
    """Classify by the angle: logits = scale cos(h, w_k) - b_k.

    Features and weights are divided by their norms, and W = scale w_k / |w_k| row by row, so that logits =
    embed(features) @ W.T - b holds here too. A zero feature has cosine 0.

    Args:
        in_features: d.
        num_classes: K.
        scale: γ > 0, fixed.
        bias: learn b; else it stays 0.
        bias_mean: mean of the initial b (paper A's Mean(b)).
        bias_variance: variance of the initial b (paper A's Var(b)).

    Source: paper A, the decision scores of Eqs. 2 and 5.

    >>> head = CosineHead(8, 3, scale=16.0)
    >>> head.W.detach().norm(dim=1).round(decimals=3)
    tensor([16., 16., 16.])
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        scale: float,
        bias: bool = True,
        bias_mean: float = 0.0,
        bias_variance: float = 0.0,
    ) -> None:
        super().__init__(
            in_features, num_classes, bias=bias, bias_mean=bias_mean, bias_variance=bias_variance
        )
        self.scale = real("scale", scale, above=0.0)
        self.weight = nn.Parameter(functional.normalize(torch.randn(num_classes, in_features)))

    @property
    def W(self) -> Tensor:
        """The (K, d) rows scale w_k / |w_k|."""
        return self.scale * functional.normalize(self.weight)

    def extra_repr(self) -> str:
        """Return the sizes and the scale."""
        return f"{super().extra_repr()}, scale={self.scale:g}"

    def embed(self, features: Tensor) -> Tensor:
        """Return features / |features|, row by row."""
        return functional.normalize(features)


class ETFHead(Head):
    """Classify with a fixed simplex ETF, randomly rotated: only the features learn.

    Args:
        in_features: d >= K-1.
        num_classes: K.
        weight_norm: sqrt(E_W) > 0, the length of every w_k, or K lengths (see :func:`balanced_lengths`).
        feature_norm: sqrt(E_H) > 0, the length features are brought to; None leaves them as they are, to be
            held by feature decay (paper E, Appendix C, on ImageNet).
        bias: learn b; else it stays 0 (as in the paper).

    Raises:
        InputTypeError, InputValueError: an argument outside its domain, d < K-1 among them.

    Source: paper E, Eqs. 1 and 5.

    >>> head = ETFHead(8, 3, weight_norm=2.0)
    >>> (head.W @ head.W.T).round(decimals=4)
    tensor([[ 4., -2., -2.],
            [-2.,  4., -2.],
            [-2., -2.,  4.]])
    """

    weight: Tensor

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        weight_norm: float | Sequence[float] = 1.0,
        feature_norm: float | None = 1.0,
        bias: bool = False,
    ) -> None:
        super().__init__(in_features, num_classes, bias=bias)
        integer("in_features", in_features, minimum=num_classes - 1)
        lengths = _lengths(weight_norm, num_classes)
        self.feature_norm = None if feature_norm is None else real("feature_norm", feature_norm, above=0.0)
        frame = simplex_etf(num_classes, in_features, generator=torch.default_generator, dtype=torch.float64)
        self.register_buffer("weight", (lengths[:, None] * frame).to(torch.get_default_dtype()))

    @property
    def W(self) -> Tensor:
        """The (K, d) frame, never trained."""
        return self.weight

    def embed(self, features: Tensor) -> Tensor:
        """Return feature_norm h / |h| for every row h, or the features where feature_norm is None."""
        if self.feature_norm is None:
            return features
        return self.feature_norm * functional.normalize(features)


def balanced_lengths(counts: Sequence[int] | Tensor, *, exponent: float = 1.0) -> tuple[float, ...]:
    """Return lengths for an ETF head that weight the classes: (N / (K n_k)) ** exponent.

    Dot regression's gradient has the length of w_k as a factor, so exponent 1 gives every class the same sum
    of weights, n_k sqrt(E_k) = N/K. All are 1 where the classes are equally large.

    Args:
        counts: K >= 2 class sizes n_k >= 1.
        exponent: 1 as the paper writes it; its published code takes the square root, 1/2.

    Returns:
        K lengths for ``weight_norm``.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: paper E, Appendix C.

    >>> balanced_lengths([30, 10, 20])
    (0.6666666666666666, 2.0, 1.0)
    """
    values: Any = counts.tolist() if isinstance(counts, Tensor) else counts
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise InputTypeError("counts", expected="a sequence of integers", got=type(counts).__name__)
    if len(values) < 2:
        raise InputValueError("counts", expected="at least two class sizes", got=str(len(values)))
    sizes = [integer(f"counts[{k}]", size, minimum=1) for k, size in enumerate(values)]
    power, mean = real("exponent", exponent), sum(sizes) / len(sizes)
    return tuple((mean / size) ** power for size in sizes)


def _lengths(weight_norm: float | Sequence[float], num_classes: int) -> Tensor:
    if not isinstance(weight_norm, Sequence):
        return torch.full((num_classes,), real("weight_norm", weight_norm, above=0.0), dtype=torch.float64)
    if len(weight_norm) != num_classes:
        expected = f"one number or {num_classes}"
        raise InputValueError("weight_norm", expected=expected, got=f"{len(weight_norm)} numbers")
    lengths = [real(f"weight_norm[{k}]", length, above=0.0) for k, length in enumerate(weight_norm)]
    return torch.tensor(lengths, dtype=torch.float64)
