"""The model of papers B and C: free weights, features and bias, all with decay, and any loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from nccourse import checks
from nccourse.errors import InputTypeError
from nccourse.theory import regularized as theory
from nccourse.ufm.problems.base import Array, State
from nccourse.ufm.problems.decay_landscape import DecayLandscape, DecayUFM
from nccourse.ufm.problems.regularized_minimum import proven_minimum
from nccourse.ufm.problems.scores import own_scores, statistics


@dataclass(frozen=True, init=False)
class RegularizedUFM(DecayUFM):
    """State the model with decay: minimise (1/N) Σ L(W h - b) + λ_W/2 |W|² + λ_H/2 |H|² + λ_b/2 |b|².

    ``minimum`` is its global minimum where a theorem gives it: for d >= K and a convex loss always; for
    d = K-1 unless the minimizer leans off centre; for focal loss where the proof of collapse holds, which
    min(c, slope at zero / (K-1)) < 1/(K-1) tells, c = sqrt(n λ_W λ_H). Elsewhere it is None: d < K-1, and the
    window in which focal loss has minima with dead classes. There :func:`nccourse.ufm.solve` returns the best
    of several starts; for focal loss each starts with fewer classes alive.

    Args:
        num_classes: K, at least 2.
        samples_per_class: n, at least 1; N = nK.
        dim: feature dimension d, at least 1.
        loss: "ce", "bce" (summed over classes), "focal", "label_smoothing" or "mse".
        lambda_W: weight decay, > 0.
        lambda_H: feature decay, > 0.
        lambda_b: bias decay, >= 0.
        bias: whether b is trained; else it is 0.
        **loss_params: focusing >= 0 (focal, 3), 0 <= smoothing < 1 (label_smoothing, 0.1), kappa > 0 and
            beta > 0 (mse, 1 and 15).

    Raises:
        InputValueError: an argument outside its domain.
        InputTypeError: an argument of the wrong type, or a parameter the loss does not have.

    Source: paper B, Eq. (3); paper C, Eq. (7), transposed and with + b.

    >>> problem = RegularizedUFM(4, 2, 4, "bce", 0.01, 0.02, 0.05)
    >>> round(problem.minimum, 6)  # off centre: the centred ETF of paper B's Theorem 2 has 0.718525
    0.655777
    """

    num_classes: int
    samples_per_class: int
    dim: int
    loss: str
    lambda_W: float
    lambda_H: float
    lambda_b: float
    bias: bool
    loss_params: Mapping[str, Any] = field(hash=False)
    counts: tuple[int, ...] = field(repr=False)

    def __init__(
        self,
        num_classes: int,
        samples_per_class: int,
        dim: int,
        loss: str,
        lambda_W: float,
        lambda_H: float,
        lambda_b: float = 0.0,
        *,
        bias: bool = True,
        **loss_params: float,
    ) -> None:
        if not isinstance(bias, bool):
            raise InputTypeError("bias", expected="a bool", got=type(bias).__name__)
        loss = checks.choice("loss", loss, theory.LOSSES)
        num_classes = checks.integer("num_classes", num_classes, minimum=2)
        samples_per_class = checks.integer("samples_per_class", samples_per_class, minimum=1)
        checked = {
            "num_classes": num_classes,
            "samples_per_class": samples_per_class,
            "dim": checks.integer("dim", dim, minimum=1),
            "loss": loss,
            "lambda_W": checks.real("lambda_W", lambda_W, above=0.0),
            "lambda_H": checks.real("lambda_H", lambda_H, above=0.0),
            "lambda_b": checks.real("lambda_b", lambda_b, minimum=0.0),
            "bias": bias,
            "counts": (samples_per_class,) * num_classes,
            "loss_params": MappingProxyType(theory.loss_parameters(loss, loss_params)),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @cached_property
    def minimum(self) -> float | None:
        """The closed-form minimum, None where no theorem gives one."""
        return proven_minimum(self)

    @property
    def shape(self) -> tuple[object, ...]:
        """Losses and decays may differ within a batch, all else may not."""
        return type(self), self.num_classes, self.samples_per_class, self.dim, self.bias

    @property
    def starts(self) -> int:
        """For focal loss without a closed form one for each number of living classes, at most 40."""
        return 1 + min(self.num_classes, 40) if self.loss == "focal" and self.minimum is None else 8

    @property
    def step_size(self) -> float:
        """1 / (a bound on the curvature at states no larger than the random ones and the minimizer)."""
        K, n, d = self.num_classes, self.samples_per_class, self.dim
        curvature, slope = _loss_bounds(self)
        best = theory.minimizer(
            self.loss, K, n, self.lambda_W, self.lambda_H, self.lambda_b, bias=self.bias, **self.loss_params
        )
        spread = 2.0 * (1.0 + K / d)  # of |Wv|² for unit v and random W: about (1 + sqrt(K/d))², at most this
        W = max(spread, K / (K - 1) * best.weight_norm**2)
        H = max(spread, K / (K - 1) * best.feature_norm**2)
        from_loss = curvature * (W / n + H + 1.0) / K + slope / (K * math.sqrt(n))
        return float(1.0 / (max(self.lambda_W, self.lambda_H, self.lambda_b) + from_loss))

    def landscape(self, batch: Sequence[RegularizedUFM]) -> DecayLandscape:
        """Return the landscape of a batch of problems of this shape."""
        return DecayLandscape(batch)

    def random_state(self, rng: np.random.Generator) -> State:
        """Return independent normal entries of variance 1/d, so rows of about unit length, and b = 0."""
        K, N = self.num_classes, sum(self.counts)
        rows = rng.standard_normal((K + N, self.dim)) / math.sqrt(self.dim)
        return State(rows[:K], rows[K:], np.zeros(K))

    def warm_state(self, rng: np.random.Generator) -> State:
        """Return random weights, features along w_k less the mean weight, sized so that both decays agree."""
        return self._suited(self.random_state(rng).W, self.num_classes)

    def later_state(self, rng: np.random.Generator, attempt: int) -> State | None:
        """For focal loss let fewer and fewer classes start alive: at its minimum the others may be dead."""
        if self.loss != "focal":
            return None
        W = self.random_state(rng).W
        return self._suited(W, round(self.num_classes * (1.0 - (attempt - 1) / (self.starts - 1))))

    def _suited(self, W: Array, alive: int) -> State:
        """Return weights of this direction and features that suit them, 0 for classes from ``alive`` on."""
        W = W / np.linalg.norm(W, axis=1, keepdims=True)
        H = W - W[:alive].mean(axis=0)
        W[alive:], H[alive:] = 0.0, 0.0
        balance = (self.samples_per_class * self.lambda_H / self.lambda_W) ** 0.25
        features = np.repeat(H / balance, self.samples_per_class, axis=0)
        return State(balance * W, features, np.zeros(self.num_classes))

    def observables(self, state: State) -> dict[str, float | Array]:
        """Return mean and standard deviation of the unbiased scores, and the mean lengths of w_k and h_i."""
        own = own_scores(self.num_classes, self.labels)
        return statistics(state.H @ state.W.T, own) | {
            "weight_norm": np.linalg.norm(state.W, axis=1).mean(),
            "feature_norm": np.linalg.norm(state.H, axis=1).mean(),
        }

    def reduced(self) -> RegularizedUFM:
        """Return the problem with one sample a class, its decay n times as strong, and d <= K+1.

        It has the same minimum. Given W and b all samples of a class have the same problem, so one solution
        serves all; where the loss is convex, decay makes that problem strictly so and no other state is even
        critical, while for focal loss only the minimum is sure to be the same. And where the gradient is 0,
        λ_W W = -Gᵀ H and λ_H H = -G W, G the gradient by the scores: both have the same row space, of at most
        K dimensions. One more lets every point with a full one be left: for convex losses all local minima
        are then global.
        """
        return RegularizedUFM(
            self.num_classes,
            1,
            min(self.dim, self.num_classes + 1),
            self.loss,
            self.lambda_W,
            self.samples_per_class * self.lambda_H,
            self.lambda_b,
            bias=self.bias,
            **self.loss_params,
        )

    def lift(self, state: State, rng: np.random.Generator) -> State:
        """Repeat each feature for the samples of its class, and rotate all vectors into R^d at random."""
        W, H, b = state
        if self.dim > W.shape[1]:
            frame = np.linalg.qr(rng.standard_normal((self.dim, W.shape[1])))[0].T
            W, H = W @ frame, H @ frame
        return State(W, np.repeat(H, self.samples_per_class, axis=0), b)

    def continuation(self) -> tuple[RegularizedUFM, ...]:
        """For MSE solve first with more decay, in factors of 30.

        With little, scores that fit are a narrow curved valley, and its floor slopes by the decay alone.
        """
        if self.loss != "mse":
            return (self,)
        kappa, beta = self.loss_params["kappa"], self.loss_params["beta"]
        c = math.sqrt(self.samples_per_class * self.lambda_W * self.lambda_H)
        ample = 0.1 * kappa * beta / (kappa + self.num_classes - 1)  # a twentieth of what leaves only zero
        stages = max(0, math.ceil(math.log(ample / c) / math.log(30.0)))
        return (*(self._with_decay_times(30.0**i) for i in range(stages, 0, -1)), self)

    def _with_decay_times(self, factor: float) -> RegularizedUFM:
        size = self.num_classes, self.samples_per_class, self.dim
        decays = (factor * decay for decay in (self.lambda_W, self.lambda_H, self.lambda_b))
        return RegularizedUFM(*size, self.loss, *decays, bias=self.bias, **self.loss_params)


def _loss_bounds(problem: RegularizedUFM) -> tuple[float, float]:
    """Return about the largest curvature by the logits, and the length of the gradient at W = H = 0."""
    K, params = problem.num_classes, problem.loss_params
    if problem.loss == "mse":
        return 2.0 * max(params["kappa"], 1.0), 2.0 * params["kappa"] * params["beta"]
    if problem.loss == "bce":
        return 0.25, math.sqrt(K) / 2.0
    return 0.5 * (1.0 + params.get("focusing", 0.0)), 1.0 + params.get("focusing", 0.0)
