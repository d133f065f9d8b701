"""Descend the model with decay from biases one chooses, fast enough for a slider."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STEPS = 200
_MOMENTUM = 0.9
_STEP_SIZE = 0.15
_SEED = 0


class Descent(NamedTuple):
    """Hold where biases went, and the scores without bias at the end.

    Attributes:
        biases: b at every step, (STEPS + 1, K), the start first.
        positive: of each class, (K,).
        negative: of each class with the others, (K, K-1).
    """

    biases: Array
    positive: Array
    negative: Array


def initial_biases(num_classes: int, mean: float, variance: float) -> Array:
    """Return biases (K,) with exactly this mean and variance, otherwise random but always the same.

    >>> b = initial_biases(4, 2.0, 9.0)
    >>> round(float(b.mean()), 12), round(float(b.var()), 12)
    (2.0, 9.0)
    """
    noise = np.random.default_rng(_SEED + 1).standard_normal(num_classes)
    noise = (noise - noise.mean()) / noise.std()
    biases: Array = mean + np.sqrt(variance) * noise
    return biases


def descend(loss: str, start: Array, price: float, lambda_b: float) -> Descent:
    """Take 200 steps of gradient descent with momentum on W, H and b, one sample a class, d = K.

    f = (1/K) Σ L(W h_k - b) + c/2 (|W|² + |H|²) + λ_b/2 |b|². Steps are 0.15 K long, momentum is 0.9; W and H
    start small and random, always the same.

    Args:
        loss: "ce" or "bce".
        start: initial biases, (K,).
        price: c = λ_W = λ_H, > 0; n samples a class with other decays have c = sqrt(n λ_W λ_H).
        lambda_b: >= 0.

    O(200 K³).

    >>> descent = descend("ce", np.array([4.0, 5.0, 6.0]), 0.02, 0.0)
    >>> round(float(descent.biases[-1].mean()), 9)
    5.0
    """
    K = len(start)
    W, H = np.random.default_rng(_SEED).standard_normal((2, K, K)) / (2 * np.sqrt(K))
    b, own = start.copy(), np.eye(K)
    speed_W, speed_H, speed_b = np.zeros_like(W), np.zeros_like(H), np.zeros_like(b)
    biases = np.empty((STEPS + 1, K))
    biases[0] = b
    for step in range(STEPS):
        slope = (_probabilities(loss, H @ W.T - b) - own) / K
        speed_W = _MOMENTUM * speed_W + slope.T @ H + price * W
        speed_H = _MOMENTUM * speed_H + slope @ W + price * H
        speed_b = _MOMENTUM * speed_b - slope.sum(axis=0) + lambda_b * b
        W, H, b = (
            x - _STEP_SIZE * K * v for x, v in zip((W, H, b), (speed_W, speed_H, speed_b), strict=True)
        )
        biases[step + 1] = b
    scores = H @ W.T
    return Descent(biases, scores.diagonal().copy(), scores[own == 0].reshape(K, K - 1))


def _probabilities(loss: str, logits: Array) -> Array:
    if loss == "bce":
        # tanh does not overflow.
        sigmoid: Array = 0.5 + 0.5 * np.tanh(logits / 2)
        return sigmoid
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax: Array = weights / weights.sum(axis=1, keepdims=True)
    return softmax
