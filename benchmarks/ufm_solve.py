"""How long solving a normalized unconstrained feature model takes, how that grows, and what others take.

    OMP_NUM_THREADS=1 python benchmarks/ufm_solve.py [--quick]

Every method gets the same problem, is warmed up, and is timed until its gap to the closed form is at most
1e-10, from the same random states; only auto draws its own, since it solves the reduced problem. "/ auto" and
"/ full" are times over those of ``solve`` by these methods. pymanopt and geoopt take part if installed. Times
are CPU seconds of this process, which a busy machine changes less than wall times; with one thread the two
agree on an idle one. ``--quick`` leaves out K = 1000 and the slow opponents.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import torch

from nccourse.ufm import NormalizedUFM, solve

GAP = 1e-10
Run = Callable[[int], float]


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out K = 1000 and the slow opponents")
    quick = parser.parse_args().quick
    print(f"torch {torch.__version__}, numpy {np.__version__}, {torch.get_num_threads()} threads")
    small = NormalizedUFM(10, 10, 16, 5.0)
    against_general_solvers(small, (1.0, 8.0) if quick else (small.step_size, 1.0, 8.0), slow=not quick)
    against_general_solvers(NormalizedUFM(50, 20, 64, 5.0), (), slow=False)
    growth_with_classes((10, 20, 50, 100, 200) if quick else (10, 20, 50, 100, 200, 500, 1000))
    growth_with_samples((10, 100, 1000) if quick else (10, 100, 1000, 10_000))
    large_full_problem()
    sweep()


def against_general_solvers(problem: NormalizedUFM, steps: tuple[float, ...], *, slow: bool) -> None:
    """Print the time every solver takes on one problem; ``slow`` lets the slowest take part."""
    K, n, d = problem.num_classes, problem.samples_per_class, problem.dim
    relative = GAP / min(1.0, problem.minimum)
    runs: dict[str, Run] = {
        "solve, full": lambda seed: solve(problem, method="full", tolerance=relative, seed=seed).gap,
        "solve, auto": lambda seed: solve(problem, tolerance=relative, seed=seed).gap,
        "torch L-BFGS, strong Wolfe": lambda seed: torch_lbfgs(problem, seed),
    }
    runs |= {f"gradient descent, step {step:.3g}": descent(problem, step, relative) for step in steps}
    if find_spec("pymanopt"):
        for name in ("CG", "TR") if slow else ("CG",):
            runs[f"pymanopt {name}"] = lambda seed, name=name: pymanopt_run(problem, seed, name)
    if find_spec("geoopt") and slow:
        runs["geoopt RiemannianAdam"] = lambda seed: geoopt_adam(problem, seed)
    print(
        f"\nCE, γ = {problem.scale:g}, K = {K}, d = {d}, n = {n}, features free but for auto, to gap {GAP:g}"
    )
    print(f"{'':34}{'median ms':>11}{'/ auto':>9}{'/ full':>9}{'worst gap':>12}")
    times = {name: timed(run, repeats=7 if "solve" in name else 3) for name, run in runs.items()}
    full, auto = times["solve, full"][0], times["solve, auto"][0]
    for name, (seconds, gap) in times.items():
        print(f"{name:34}{seconds * 1e3:11.2f}{seconds / auto:9.1f}{seconds / full:9.1f}{gap:12.1e}")


def descent(problem: NormalizedUFM, step: float, tolerance: float) -> Run:
    """Return gradient descent with a fixed step."""
    options = {"method": "gradient_descent", "step_size": step, "max_steps": 200_000, "tolerance": tolerance}
    return lambda seed: solve(problem, seed=seed, **options).gap


def timed(run: Run, repeats: int) -> tuple[float, float]:
    """Return the median time over seeds after a warm-up, and the largest gap."""
    run(0)
    seconds, gaps = [], []
    for seed in range(repeats):
        begun = time.process_time()
        gaps.append(run(seed))
        seconds.append(time.process_time() - begun)
    return float(np.median(seconds)), max(gaps)


def start(problem: NormalizedUFM, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights and features all solvers start from."""
    state = problem.random_state(np.random.default_rng((seed, 0)))
    return state.W, state.H


def cross_entropy(
    problem: NormalizedUFM, W: torch.Tensor, H: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """Return the objective at unit rows."""
    return torch.nn.functional.cross_entropy(problem.scale * H @ W.T, labels)


def torch_lbfgs(problem: NormalizedUFM, seed: int) -> float:
    """Minimise over rows normalised in the objective, ten iterations at a time, until the gap is small."""
    labels = torch.tensor(problem.labels)
    W, H = (torch.tensor(rows, requires_grad=True) for rows in start(problem, seed))
    optimiser = torch.optim.LBFGS(
        [W, H],
        max_iter=10,
        history_size=20,
        line_search_fn="strong_wolfe",
        tolerance_grad=0,
        tolerance_change=0,
    )
    normalize = torch.nn.functional.normalize

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        value = cross_entropy(problem, normalize(W), normalize(H), labels)
        value.backward()
        return value

    for _ in range(500):
        gap = optimiser.step(closure).item() - problem.minimum
        if gap <= GAP:
            break
    return gap


def pymanopt_run(problem: NormalizedUFM, seed: int, name: str) -> float:
    """Run a general manifold solver to the gradient at which its gap is small enough."""
    import pymanopt
    from pymanopt.manifolds import Oblique, Product
    from pymanopt.optimizers import ConjugateGradient, TrustRegions

    labels, (W, H) = torch.tensor(problem.labels), start(problem, seed)
    manifold = Product([Oblique(problem.dim, len(W)), Oblique(problem.dim, len(H))])

    @pymanopt.function.pytorch(manifold)
    def cost(W: torch.Tensor, H: torch.Tensor) -> torch.Tensor:
        return cross_entropy(problem, W.T, H.T, labels)

    optimiser = {"CG": ConjugateGradient, "TR": TrustRegions}[name](
        verbosity=0, min_gradient_norm=3e-7, max_iterations=5000
    )
    result = optimiser.run(pymanopt.Problem(manifold, cost), initial_point=[W.T.copy(), H.T.copy()])
    return result.cost - problem.minimum


def geoopt_adam(problem: NormalizedUFM, seed: int) -> float:
    """Run Adam on spheres until the gap is small enough."""
    import geoopt

    labels = torch.tensor(problem.labels)
    W, H = (
        geoopt.ManifoldParameter(torch.tensor(rows), manifold=geoopt.Sphere())
        for rows in start(problem, seed)
    )
    optimiser = geoopt.optim.RiemannianAdam([W, H], lr=1e-2)
    for _ in range(20_000):
        optimiser.zero_grad()
        value = cross_entropy(problem, W, H, labels)
        value.backward()
        optimiser.step()
        if value.item() - problem.minimum <= GAP:
            break
    return value.item() - problem.minimum


def growth_with_classes(sizes: tuple[int, ...]) -> None:
    """Print times of the reduced problem over K."""
    print("\nauto, CE and BCE at γ = 5, n = 10, d = K")
    print(f"{'K':>7}{'CE ms':>11}{'BCE ms':>11}{'steps':>12}{'worst relative gap':>21}")
    times = []
    for K in sizes:
        row = [
            measured(NormalizedUFM(K, 10, K, 5.0, loss), repeats=3 if K < 500 else 1)
            for loss in ("ce", "bce")
        ]
        times.append(row[0][0])
        steps = f"{row[0][1].steps}, {row[1][1].steps}"
        gap = max(abs(s.gap) / s.objective for _, s in row)
        print(f"{K:7}{row[0][0] * 1e3:11.1f}{row[1][0] * 1e3:11.1f}{steps:>12}{gap:21.1e}", flush=True)
    large = [i for i, K in enumerate(sizes) if K >= 50]
    power = exponent([sizes[i] for i in large], [times[i] for i in large])
    print(f"time grows like K^{power:.2f} from K = 50; one Hessian product is O(K³) here")


def growth_with_samples(sizes: tuple[int, ...]) -> None:
    """Print times of the full problem over n."""
    print("\nfull, CE at γ = 5, K = 10, d = 16")
    print(f"{'n':>7}{'ms':>11}{'steps':>8}{'gap':>10}")
    times = []
    for n in sizes:
        seconds, solution = measured(
            NormalizedUFM(10, n, 16, 5.0), method="full", repeats=3 if n < 1000 else 1
        )
        times.append(seconds)
        print(f"{n:7}{seconds * 1e3:11.1f}{solution.steps:8}{solution.gap:10.1e}", flush=True)
    print(f"time grows like n^{exponent(sizes[1:], times[1:]):.2f} from n = {sizes[1]}")


def large_full_problem() -> None:
    """Print times at a hundred classes of a hundred samples."""
    problem = NormalizedUFM(100, 100, 128, 5.0)
    print("\nCE at γ = 5, K = 100, n = 100, d = 128")
    for method in ("auto", "full"):
        seconds, solution = measured(problem, method=method, repeats=1, warm=method == "auto")
        print(f"{method:>7}{seconds:9.2f} s, gap {solution.gap:.1e}", flush=True)


def sweep() -> None:
    """Print the time of a sweep over scales and losses, as one batch and one by one."""
    problems = [
        NormalizedUFM(10, 10, 16, γ, loss) for γ in np.geomspace(0.1, 64.0, 14) for loss in ("ce", "bce")
    ]
    solve(problems)
    begun = time.process_time()
    together = solve(problems)
    batch = time.process_time() - begun
    begun = time.process_time()
    for problem in problems:
        solve(problem)
    apart = time.process_time() - begun
    converged = sum(solution.status == "converged" for solution in together)
    print(f"\n14 γ from 0.1 to 64, both losses, K = 10, d = 16, n = 10: {converged} of 28 converged")
    print(f"as one batch {batch * 1e3:.1f} ms, one by one {apart * 1e3:.1f} ms ({apart / batch:.1f}x)")


def measured(problem, *, repeats: int, method: str = "auto", warm: bool = True):
    """Return the median time and the last solution."""
    if warm and repeats > 1:
        solve(problem, method=method)
    seconds = []
    for seed in range(repeats):
        begun = time.process_time()
        solution = solve(problem, method=method, seed=seed)
        seconds.append(time.process_time() - begun)
    return float(np.median(seconds)), solution


def exponent(sizes, times) -> float:
    """Return the slope of log time over log size."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


if __name__ == "__main__":
    main()
