r"""Critical points of the model with decay that one can name, with gradient, Hessian and slices.

Let m of the K classes live as a simplex ETF and the others be dead: w_k = h_k = 0. Permuting the living,
permuting the dead and rotating R^d keep the objective, and keep of all states only x = s e_1 + τ e_2, with s
the size of the ETF and τ a bias of the dead against the living. Where f is critical in s and τ, it is
critical in everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from nccourse import checks, geometry
from nccourse.errors import InputValueError
from nccourse.plots.arrays import Array
from nccourse.ufm.problems import RegularizedUFM
from nccourse.ufm.problems.base import State
from nccourse.ufm.problems.decay_landscape import DecayLandscape

_START = 3.0  # a size beyond all minimizers the slider reaches
_SAME = 1e-7  # eigenvalues this close are one
_FLATTEST, _SHORTEST, _LONGEST, _TRIALS, _MOST_STEPS = 1e-6, 1e-7, 0.3, 8, 60


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """A critical point of a model with decay.

    Args:
        problem: the model.
        x: the entries of W, H, b, laid out flat, (P,).
    """

    problem: RegularizedUFM
    x: Array

    @cached_property
    def state(self) -> State:
        """W (K, d), H (N, d) and b (K,)."""
        return State(*(part[0] for part in self._landscape(1).unpack(self.x[None])))

    @cached_property
    def objective(self) -> float:
        """The value f(x)."""
        return float(self.values(np.zeros_like(self.x), np.zeros(1))[0])

    @cached_property
    def gradient(self) -> Array:
        """The gradient of f at x, (P,)."""
        return np.asarray(self._landscape(1).evaluate(self.x[None]).gradient[0])

    @cached_property
    def slopes(self) -> Array:
        """Singular values, falling, of G (N, K), the gradient of the mean loss by the logits."""
        W, H, b = self.state
        K, logits = self.problem.num_classes, H @ W.T - b
        # Read from the model itself: with W = I and H the logits, d = K, its slope in H is G.
        free = RegularizedUFM(
            K, self.problem.samples_per_class, K, self.problem.loss, 1.0, 1.0, 0.0, **self.problem.loss_params
        )
        landscape = DecayLandscape([free])
        at = landscape.pack(State(np.eye(K)[None], logits[None], np.zeros((1, K))))
        slope = landscape.unpack(landscape.evaluate(at).gradient)[1][0] - logits
        return np.asarray(np.linalg.svd(slope, compute_uv=False))

    @cached_property
    def spectrum(self) -> tuple[Array, Array]:
        """Eigenvalues (P,), rising, and eigenvectors (P, P) in columns of the Hessian of f at x."""
        size = len(self.x)
        point = self._landscape(size).evaluate(np.tile(self.x, (size, 1)))
        hessian = point.hessian_product(np.eye(size))
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        return values, vectors

    @cached_property
    def levels(self) -> list[tuple[float, int]]:
        """Distinct eigenvalues, rising, each with its multiplicity."""
        values = self.spectrum[0]
        edges = [0, *(np.flatnonzero(np.diff(values) > _SAME) + 1), len(values)]
        return [(float(values[a:b].mean()), int(b - a)) for a, b in pairwise(edges)]

    def direction(self, level: int) -> Array:
        """Return a unit eigenvector (P,) of a level, the part in its eigenspace of a fixed vector."""
        first = sum(multiplicity for _, multiplicity in self.levels[:level])
        space = self.spectrum[1][:, first : first + self.levels[level][1]]
        chosen = space @ (space.T @ np.random.default_rng(0).standard_normal(len(self.x)))
        return np.asarray(chosen / np.linalg.norm(chosen))

    def values(self, direction: Array, steps: Array) -> Array:
        """Return f(x + t v) for each t of ``steps`` (T,)."""
        points = self.x + steps[:, None] * direction
        return self._landscape(len(steps)).evaluate(points).objective

    def _landscape(self, size: int) -> DecayLandscape:
        return DecayLandscape([self.problem] * size)


def critical_point(problem: RegularizedUFM, alive: int) -> CriticalPoint:
    """Find the critical point with ``alive`` classes in a simplex ETF and all others dead.

    Args:
        problem: cross-entropy, label smoothing or focal loss, with bias, λ_W = n λ_H and d >= K-1.
        alive: m, from 2 to K; 0 is W = H = 0.

    Returns:
        The point; W = H = 0 where the decay leaves nothing of the ETF.

    Raises:
        InputTypeError: ``alive`` not an integer.
        InputValueError: ``alive`` outside its domain, or 1: a simplex ETF of one vector is zero.

    Source: for K = 3, m = 2 and cross-entropy the counterexample to paper C's Lemma 7.

    >>> point = critical_point(RegularizedUFM(3, 1, 4, "ce", 0.05, 0.05, 0.1), 2)
    >>> point.state.b.round(4).tolist()  # subtracted from the logits; the paper adds it
    [0.2889, 0.2889, -0.5778]
    """
    K = problem.num_classes
    if checks.integer("alive", alive, minimum=0, maximum=K) == 1:
        raise InputValueError("alive", expected="0, or at least 2", got="1")
    basis = _symmetric_states(problem, alive)
    if alive == 0:
        return CriticalPoint(problem, np.zeros(basis.shape[1]))
    return CriticalPoint(problem, _least(problem, basis) @ basis)


def _least(problem: RegularizedUFM, basis: Array) -> Array:
    """Minimise f over the rows of ``basis`` (2, P) by Newton steps that go down, and return y (2,)."""
    y, landscape = np.array([_START, 0.0]), DecayLandscape([problem] * 2)
    fractions, trial = 0.5 ** np.arange(_TRIALS)[:, None], DecayLandscape([problem] * _TRIALS)
    for _ in range(_MOST_STEPS):
        point = landscape.evaluate(np.tile(y @ basis, (2, 1)))
        gradient = basis @ point.gradient[0]
        curvatures, axes = np.linalg.eigh(point.hessian_product(basis) @ basis.T)
        step = -axes @ (axes.T @ gradient / np.maximum(np.abs(curvatures), _FLATTEST))
        length = float(np.linalg.norm(step))
        if length < _SHORTEST:
            return np.asarray(y + step)  # too short for the values below to tell better from worse
        step *= min(1.0, _LONGEST / length)  # zero is critical, too: not to jump there over a minimum
        values = trial.evaluate((y + fractions * step) @ basis).objective
        y = y + fractions[values.argmin()] * step
    return y


def _symmetric_states(problem: RegularizedUFM, alive: int) -> Array:
    """Return e_1, the ETF of the living in W and H, and e_2, a bias of sum 0, as rows (2, P)."""
    K, n, d = problem.num_classes, problem.samples_per_class, problem.dim
    etf, bias = np.zeros((2, K, d)), np.zeros((2, K))
    if alive:
        etf[0, :alive] = geometry.simplex_etf(alive, d).numpy()
        bias[1, :alive], bias[1, alive:] = -(K - alive) / alive, 1.0
    landscape = DecayLandscape([problem] * 2)
    return np.asarray(landscape.pack(State(etf, np.repeat(etf, n, axis=1), bias)))
