"""How long solving the models of papers B to E takes, and what L-BFGS takes for the same.

    OMP_NUM_THREADS=1 python benchmarks/ufm_models.py

Every method gets the same problem with all features free (auto reduces it first) and is timed, after a
warm-up, until its gap to the closed form is at most 1e-10 (times the minimum, where that is below 1). As
:func:`solve` does, L-BFGS starts anew, up to eight times, where it ends in another local minimum. Features
before a fixed classifier are of full length for it, as all are at the minimum. Times are CPU seconds of this
process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize
from torch.nn import functional

from nccourse.geometry import simplex_etf
from nccourse.ufm import FixedClassifierUFM, NonnegativeUFM, RegularizedUFM, solve

GAP = 1e-10
SEEDS, STARTS = 3, 8
COUNTS = (40, 30, 20, 10, 10, 8, 6, 4, 2, 1)


@dataclass(frozen=True)
class Opponent:
    """A problem as general optimisers take it: a function of one vector, and where to start."""

    objective: Callable[[torch.Tensor], torch.Tensor]
    start: Callable[[np.random.Generator], np.ndarray]
    bounds: list[tuple[float | None, None]] | None
    minimum: float

    @property
    def goal(self) -> float:
        """The objective at which the gap is small enough."""
        return self.minimum + GAP * (min(1.0, self.minimum) or 1.0)


def main() -> None:
    """Print the table."""
    print(f"torch {torch.__version__}, numpy {np.__version__}, {torch.get_num_threads()} threads")
    print("K = 10, d = 16; median ms, for L-BFGS in brackets over that of full; largest gaps")
    head = f"{'scipy L-BFGS-B':>18}{'torch L-BFGS':>18}{'our gap':>11}{'theirs':>11}"
    print(f"{'':34}{'auto':>8}{'full':>8}{head}")
    for name, problem, opponent in models():
        print_row(name, problem, opponent)


def models():
    """Yield every model with its name and its form for general optimisers."""
    for loss in ("ce", "bce", "focal", "label_smoothing", "mse"):
        problem = RegularizedUFM(10, 10, 16, loss, 5e-3, 5e-3, 1e-2)
        yield f"RegularizedUFM, {loss}", problem, regularized(problem)
    nonnegative = NonnegativeUFM(COUNTS, 16, 5e-3, 5e-3)
    yield f"NonnegativeUFM, n from {min(COUNTS)} to {max(COUNTS)}", nonnegative, bounded(nonnegative)
    for loss in ("ce", "dr"):
        fixed = FixedClassifierUFM(COUNTS, simplex_etf(10, 16), 5.0, loss)
        yield f"FixedClassifierUFM, {loss}", fixed, spherical(fixed)


def print_row(name: str, problem, opponent: Opponent) -> None:
    """Time all methods on one problem."""
    runs = {
        method: lambda seed, method=method: solve(problem, method=method, tolerance=GAP, seed=seed).gap
        for method in ("auto", "full")
    }
    runs |= {"scipy": lambda seed: scipy_lbfgs(opponent, seed)}
    if opponent.bounds is None:
        runs |= {"torch": lambda seed: torch_lbfgs(opponent, seed)}
    found = {method: timed(run) for method, run in runs.items()}
    cells = [f"{found[method][0] * 1e3:8.1f}" for method in ("auto", "full")]
    for method in ("scipy", "torch"):
        if method in found:
            seconds = found[method][0]
            cells.append(f"{seconds * 1e3:9.1f} ({seconds / found['full'][0]:5.1f}x)")
        else:
            cells.append(f"{'no bounds':>18}")
    ours = max(found[method][1] for method in ("auto", "full"))
    theirs = max(found[method][1] for method in ("scipy", "torch") if method in found)
    print(f"{name:34}{''.join(cells)}{ours:11.1e}{theirs:11.1e}", flush=True)


def timed(run: Callable[[int], float]) -> tuple[float, float]:
    """Return the median time over seeds after a warm-up, and the largest gap."""
    run(0)
    seconds, gaps = [], []
    for seed in range(SEEDS):
        begun = time.process_time()
        gaps.append(run(seed))
        seconds.append(time.process_time() - begun)
    return float(np.median(seconds)), max(gaps)


def regularized(problem: RegularizedUFM) -> Opponent:
    """Lay W, H and b out as one vector."""
    labels, rows, d = torch.tensor(problem.labels), len(problem.labels), problem.dim
    K = problem.num_classes

    def objective(x: torch.Tensor) -> torch.Tensor:
        W, H, b = x[: K * d].view(K, d), x[K * d : (K + rows) * d].view(rows, d), x[(K + rows) * d :]
        decay = problem.lambda_W * W.square().sum() + problem.lambda_H * H.square().sum()
        decay = decay + problem.lambda_b * b.square().sum()
        return mean_loss(problem.loss, H @ W.T - b, labels, problem.loss_params) + decay / 2

    def start(rng: np.random.Generator) -> np.ndarray:
        return np.concatenate([array.ravel() for array in problem.random_state(rng)])

    return Opponent(objective, start, None, problem.minimum)


def bounded(problem: NonnegativeUFM) -> Opponent:
    """Lay W and H out as one vector, H with bounds."""
    labels, rows, d = torch.tensor(problem.labels), len(problem.labels), problem.dim
    K = problem.num_classes

    def objective(x: torch.Tensor) -> torch.Tensor:
        W, H = x[: K * d].view(K, d), x[K * d :].view(rows, d)
        decay = problem.lambda_W * W.square().sum() + problem.lambda_H * H.square().sum()
        return functional.cross_entropy(H @ W.T, labels) + decay / 2

    def start(rng: np.random.Generator) -> np.ndarray:
        W, H, _ = problem.random_state(rng)
        return np.concatenate([W.ravel(), H.ravel()])

    bounds: list[tuple[float | None, None]] = [(None, None)] * (K * d) + [(0.0, None)] * (rows * d)
    return Opponent(objective, start, bounds, problem.minimum)


def spherical(problem: FixedClassifierUFM) -> Opponent:
    """Let features have any length, and normalise them in the objective."""
    labels, W, r = torch.tensor(problem.labels), torch.tensor(problem.classifier), problem.feature_norm
    full = r * W.norm(dim=1)[labels]

    def objective(x: torch.Tensor) -> torch.Tensor:
        scores = r * functional.normalize(x.view(len(labels), -1)) @ W.T
        if problem.loss == "ce":
            return functional.cross_entropy(scores, labels)
        own = scores.gather(1, labels[:, None])[:, 0]
        return ((own - full).square() / (2 * full)).mean()

    return Opponent(objective, lambda rng: problem.random_state(rng).H.ravel(), None, problem.minimum)


def mean_loss(
    loss: str, scores: torch.Tensor, labels: torch.Tensor, params: Mapping[str, float]
) -> torch.Tensor:
    """Return the mean of a loss, by torch's own functions."""
    if loss in ("ce", "label_smoothing"):
        return functional.cross_entropy(scores, labels, label_smoothing=params.get("smoothing", 0.0))
    own = functional.one_hot(labels, scores.shape[1]).to(scores)
    if loss == "bce":
        return functional.binary_cross_entropy_with_logits(scores, own, reduction="sum") / len(labels)
    if loss == "focal":
        log_p = functional.log_softmax(scores, dim=1).gather(1, labels[:, None])[:, 0]
        return -(torch.expm1(log_p).neg() ** params["focusing"] * log_p).mean()
    weight = 1.0 + (params["kappa"] - 1.0) * own
    return (weight * (scores - params["beta"] * own).square()).sum() / len(labels)


def scipy_lbfgs(opponent: Opponent, seed: int) -> float:
    """Run scipy's L-BFGS-B until the goal is met."""

    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        variable = torch.tensor(x, requires_grad=True)
        value = opponent.objective(variable)
        (gradient,) = torch.autograd.grad(value, variable)
        return value.item(), gradient.numpy()

    def stop(intermediate_result) -> None:
        if intermediate_result.fun <= opponent.goal:
            raise StopIteration

    def run(x: np.ndarray) -> float:
        options = {"maxcor": 20, "ftol": 0.0, "gtol": 1e-13, "maxiter": 20_000, "maxfun": 40_000}
        return minimize(
            function,
            x,
            jac=True,
            bounds=opponent.bounds,
            method="L-BFGS-B",
            callback=stop,
            options=options,
        ).fun

    return best_of_starts(opponent, seed, run)


def torch_lbfgs(opponent: Opponent, seed: int) -> float:
    """Run torch's L-BFGS with strong Wolfe line searches, ten iterations at a time, until the goal is met."""

    def run(x: np.ndarray) -> float:
        variable = torch.tensor(x, requires_grad=True)
        optimiser = torch.optim.LBFGS(
            [variable],
            max_iter=10,
            history_size=20,
            line_search_fn="strong_wolfe",
            tolerance_grad=0,
            tolerance_change=0,
        )

        def closure() -> torch.Tensor:
            optimiser.zero_grad()
            value = opponent.objective(variable)
            value.backward()
            return value

        for _ in range(500):
            value = optimiser.step(closure).item()
            if value <= opponent.goal:
                break
        return value

    return best_of_starts(opponent, seed, run)


def best_of_starts(opponent: Opponent, seed: int, run: Callable[[np.ndarray], float]) -> float:
    """Return the least gap, starting anew until the goal is met."""
    values = []
    for attempt in range(STARTS):
        values.append(run(opponent.start(np.random.default_rng((seed, attempt)))))
        if values[-1] <= opponent.goal:
            break
    return min(values) - opponent.minimum


if __name__ == "__main__":
    main()
