"""Time, peak memory and error of the neural collapse metrics against other ways to compute them.

    python benchmarks/neural_collapse_metrics.py                       # three sizes, errors, one thread
    python benchmarks/neural_collapse_metrics.py --sizes 50000,100,2048 --threads 2 --spread 1.5
    python benchmarks/neural_collapse_metrics.py --device cuda --sizes 128100,1000,2048

The contenders, all from float32 features, labels and W:

- ``nccourse NC1``, ``nccourse NC1-4``: neural_collapse without and with W.
- ``float64 Gram``: everything converted to float64, class means, K x K Gram matrix, residuals projected: the
  plain way to be exact. ``float64 Gram, blocks`` converts 1024 rows at a time; ``+ NC4`` adds both decisions.
- ``float32 Gram``: the same without the conversion; fast, and wrong deep in collapse.
- ``float32 pinv``: one-hot class sums, both d x d covariances and a pseudo-inverse, as the published
  implementations do.

Times are the best of several interleaved rounds; memory is what the call adds to the process's peak
(Linux; --no-memory elsewhere).
"""

from __future__ import annotations

import argparse
import ctypes
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from nccourse.metrics import neural_collapse

Contender = Callable[[Tensor, Tensor, Tensor], float]


def ours_nc1(x: Tensor, y: Tensor, W: Tensor) -> float:
    """NC1 alone."""
    return neural_collapse(x, y).nc1


def ours_all(x: Tensor, y: Tensor, W: Tensor) -> float:
    """All four measures."""
    return neural_collapse(x, y, W).nc1


def class_means(x: Tensor, y: Tensor, K: int) -> tuple[Tensor, Tensor]:
    """Class means and global mean, in the precision of the features."""
    means = x.new_zeros(K, x.shape[1]).index_add_(0, y, x) / torch.bincount(y, minlength=K)[:, None]
    return means, x.mean(0)


def from_gram(C: Tensor, W: Tensor) -> tuple[Tensor, float, float]:
    """Return the directions to project on, whitened, and NC2, NC3."""
    values, vectors = torch.linalg.eigh(C @ C.T)
    kept = values > 1e-10 * values[-1]
    K = len(C)
    etf = (torch.eye(K, dtype=C.dtype, device=C.device) - 1 / K) / (K - 1) ** 0.5
    gram, scores = W @ W.T, W @ C.T
    nc2, nc3 = ((Z / Z.norm() - etf).norm().item() for Z in (gram, scores))
    return C.T @ vectors[:, kept] / values[kept], nc2, nc3


def gram_float64(x: Tensor, y: Tensor, W: Tensor) -> float:
    """Convert everything, then the plain algorithm."""
    x, W = x.double(), W.double()
    means, centre = class_means(x, y, len(W))
    directions, _, _ = from_gram(means - centre, W)
    return ((x - means[y]) @ directions).square().sum().item() / len(x)


def gram_float64_blocks(x: Tensor, y: Tensor, W: Tensor) -> float:
    """The same, converting one block of rows at a time."""
    W, K = W.double(), len(W)
    blocks = list(zip(x.split(1024), y.split(1024), strict=True))
    sums = x.new_zeros(K, x.shape[1], dtype=torch.float64)
    for rows, kinds in blocks:
        sums.index_add_(0, kinds, rows.double())
    counts = torch.bincount(y, minlength=K)[:, None]
    means = sums / counts
    directions, _, _ = from_gram(means - sums.sum(0) / len(x), W)
    return sum(((r.double() - means[k]) @ directions).square().sum().item() for r, k in blocks) / len(x)


def gram_float64_nc4(x: Tensor, y: Tensor, W: Tensor) -> float:
    """The plain algorithm and both decisions of every sample."""
    nc1 = gram_float64(x, y, W)
    x, W = x.double(), W.double()
    means, _ = class_means(x, y, len(W))
    nearest = (x @ means.T - means.square().sum(1) / 2).argmax(1)
    ((x @ W.T).argmax(1) != nearest).double().mean().item()
    return nc1


def gram_float32(x: Tensor, y: Tensor, W: Tensor) -> float:
    """The plain algorithm without conversion."""
    means, centre = class_means(x, y, len(W))
    directions, _, _ = from_gram(means - centre, W)
    return ((x - means[y]) @ directions).square().sum().item() / len(x)


def pinv_float32(x: Tensor, y: Tensor, W: Tensor) -> float:
    """One-hot sums, two d x d covariances, a pseudo-inverse."""
    K = len(W)
    one_hot = torch.nn.functional.one_hot(y, K).to(x.dtype)
    means = (one_hot.T @ x) / one_hot.sum(0)[:, None]
    residuals = x - means[y]
    within = residuals.T @ residuals / len(x)
    C = means - x.mean(0)
    from_gram(C, W)
    return torch.trace(torch.linalg.pinv(C.T @ C / K) @ within).item() / K


CONTENDERS: dict[str, Contender] = {
    "nccourse NC1": ours_nc1,
    "nccourse NC1-4": ours_all,
    "float64 Gram": gram_float64,
    "float64 Gram, blocks": gram_float64_blocks,
    "float64 Gram + NC4": gram_float64_nc4,
    "float32 Gram": gram_float32,
    "float32 pinv": pinv_float32,
}


def problem(N: int, K: int, d: int, spread: float, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Class means of unit variance per coordinate plus noise, and a classifier near them."""
    generator = torch.Generator(device).manual_seed(0)
    means = torch.randn(K, d, generator=generator, device=device)
    y = torch.arange(N, device=device) % K
    x = torch.randn(N, d, generator=generator, device=device).mul_(spread)
    for rows, kinds in zip(x.split(4096), y.split(4096), strict=True):
        rows.add_(means[kinds])
    W = means + 0.1 * torch.randn(K, d, generator=generator, device=device)
    return x, y, W


def seconds(call: Callable[[], float], device: str) -> float:
    """Time one call, waiting for the device."""
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    call()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def best_times(names: list[str], data: tuple[Tensor, Tensor, Tensor], rounds: int) -> dict[str, float]:
    """Best time of each contender over interleaved rounds."""
    best = dict.fromkeys(names, float("inf"))
    device = data[0].device.type
    for turn in range(rounds + 1):
        for name in names:
            taken = seconds(lambda name=name: CONTENDERS[name](*data), device)
            # The first round warms up, but a contender of many seconds needs no warming.
            if turn or taken > 5:
                best[name] = min(best[name], taken)
    return best


def peak_megabytes(name: str, size: tuple[int, int, int], spread: float, device: str, threads: int) -> float:
    """Return what one call adds to the peak memory, in MB, measured in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_added_memory, (name, size, spread, device, threads))


def _added_memory(name: str, size: tuple[int, int, int], spread: float, device: str, threads: int) -> float:
    torch.set_num_threads(threads)
    small = problem(2 * size[1], size[1], 32, spread, device)
    CONTENDERS[name](*small)  # libraries load their workspaces once
    data = problem(*size, spread, device)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        CONTENDERS[name](*data)
        return (torch.cuda.max_memory_allocated() - before) / 1e6
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # peak := present (proc(5))
    before = resident("VmRSS")
    CONTENDERS[name](*data)
    return (resident("VmHWM") - before) / 1e6


def resident(field: str) -> int:
    """Return a memory field of this process, in bytes; VmHWM is the peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(field))


def hard_cases(device: str) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """Float32 features on which a method may lose its digits."""
    N, K, d = 5000, 10, 512
    generator = torch.Generator().manual_seed(1)
    y = torch.arange(N) % K
    means = torch.randn(K, d, generator=generator, dtype=torch.float64)
    noise = torch.randn(N, d, generator=generator, dtype=torch.float64)
    merged = means.clone()
    merged[1] = merged[0] + 1e-4 * means[1]
    cases = {
        "ordinary": means[y] + 0.3 * noise,
        "NC1 ~ 1e-12": means[y] + 2e-5 * noise,
        "merged 1e-4": merged[y] + 1e-3 * noise,
        "offset 1e3": means[y] + 0.3 * noise + 1e3,
        "offset 1e4": means[y] + 0.3 * noise + 1e4,
    }
    return {name: (x.float().to(device), y.to(device), means.float().to(device)) for name, x in cases.items()}


def exact(x: Tensor, y: Tensor) -> float:
    """Return NC1 from its definition in extended precision, by a QR-free solve on the K x K level."""
    rows, kinds = x.cpu().numpy().astype(np.longdouble), y.cpu().numpy()
    means = np.stack([rows[kinds == k].mean(0) for k in range(kinds.max() + 1)])
    C = means - rows.mean(0)
    # Gram-Schmidt on the class means one by one is exact enough in extended precision.
    differences = C[1:] - C[0]
    basis = []
    for vector in differences:
        for _ in range(2):
            for unit in basis:
                vector = vector - (vector @ unit) * unit
        basis.append(vector / np.sqrt(vector @ vector))
    Q = np.stack(basis)
    inverse = np.linalg.pinv((C @ Q.T).astype(np.float64), rcond=1e-14)
    projected = (rows - means[kinds]) @ Q.T
    return float(((projected @ inverse.astype(np.longdouble)) ** 2).sum() / len(rows))


def print_errors(device: str) -> None:
    """Print the errors of every contender in every hard case."""
    cases = hard_cases(device)
    print("\nRelative error of NC1 at (5000, 10, 512)")
    print(f"{'':24}" + "".join(f"{name:>14}" for name in cases))
    truths = {name: exact(x, y) for name, (x, y, _) in cases.items()}
    print(f"{'NC1':24}" + "".join(f"{value:14.3e}" for value in truths.values()))
    for name, contender in CONTENDERS.items():
        errors = [abs(contender(*cases[case]) / truth - 1) for case, truth in truths.items()]
        print(f"{name:24}" + "".join(f"{error:14.1e}" for error in errors))


def print_times(size: tuple[int, int, int], threads: int, arguments: argparse.Namespace) -> None:
    """Print times, ratios and peak memory at one size."""
    torch.set_num_threads(threads)
    names = [name for name in CONTENDERS if name not in arguments.skip]
    data = problem(*size, arguments.spread, arguments.device)
    best = best_times(names, data, arguments.rounds)
    del data
    memory = {}
    if arguments.memory:
        memory = {
            name: peak_megabytes(name, size, arguments.spread, arguments.device, threads) for name in names
        }
    print(f"\n(N, K, d) = {size}, {threads} thread(s), spread {arguments.spread:g}, {arguments.device}")
    print(f"{'':24}{'seconds':>10}{'/ float64':>11}{'/ blocks':>10}{'/ pinv':>9}{'peak MB':>10}")
    for name in names:
        ratios = [
            f"{best[name] / best[other]:.3f}" if other in best else "-"
            for other in ("float64 Gram", "float64 Gram, blocks", "float32 pinv")
        ]
        peak = f"{memory[name]:.0f}" if memory else "-"
        print(f"{name:24}{best[name]:10.4f}{ratios[0]:>11}{ratios[1]:>10}{ratios[2]:>9}{peak:>10}")


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = ["5000,10,512", "50000,10,512", "50000,100,512"]
    parser.add_argument("--sizes", nargs="+", default=sizes, metavar="N,K,d")
    parser.add_argument("--threads", nargs="+", type=int, default=[1])
    parser.add_argument("--spread", type=float, default=0.3, help="noise per coordinate; class means have 1")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--skip", nargs="+", default=[], choices=list(CONTENDERS), metavar="NAME")
    parser.add_argument("--memory", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--errors", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


def main() -> None:
    """Print what was asked for."""
    arguments = parse()
    for text in arguments.sizes:
        for threads in arguments.threads:
            N, K, d = (int(part) for part in text.split(","))
            print_times((N, K, d), threads, arguments)
    if arguments.errors:
        print_errors(arguments.device)


if __name__ == "__main__":
    main()
