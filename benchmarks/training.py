"""How fast networks train: sweeps as one batch, the machine's own rate, growth, what measuring costs.

    python benchmarks/training.py [--device cuda] [--rounds 2]

Everything is warmed up, and what is compared is timed in turns, the best of several rounds counting; so a
busy machine changes the ratios less than the times. Images are random, of CIFAR's shape, but for the sweep's
digits.

- A sweep of 28 MLPs, 14 γ and two losses, by ``sweep`` and by ``train`` one by one, with the measures before
  and after training. Seconds of an epoch of all 28 are those of 20 epochs more (aim: one by one takes 5 times
  as long at width 64, 2 times at 256; 10 times on a GPU); "whole" is the ratio with building and measuring.
  "apart" is the largest difference of a run's last loss: float32 rounding, grown over the epochs.
- Operations a second of ResNet18's training epoch against those of a product of two float32 matrices, the
  rate it could have (aim: 90 %). They are counted as a convolution's definition has them, both ways.
- Seconds of an epoch over the number of images (aim: linear).
- Seconds of measuring collapse over seconds of an epoch (aim: 10 % with ``measured_per_class``).
"""

from __future__ import annotations

import argparse
import functools
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from nccourse.data import ImageData, load
from nccourse.training import TrainConfig, TrainResult, sweep, train
from nccourse.training.run import Run
from nccourse.training.sets import DataSets
from nccourse.training.setup import resolve_device
from nccourse.training.trainer import prepare

CLASSES = tuple("abcdefghij")
RESNET = {"model": "resnet18", "model_options": {"stem": "cifar"}}
BATCH = 128


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    device, rounds = resolve_device(arguments.device), arguments.rounds
    print(f"{hardware(device)}, Python {platform.python_version()}, torch {torch.__version__}")
    print_sweeps((64, 256), device, rounds)
    print_rate(device, rounds)
    print_growth((500, 1000, 2000, 4000), device, rounds)
    print_measuring(device, rounds)


def hardware(device: torch.device) -> str:
    """Return the name of what computes, with its threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    models = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    name = models[0] if models else platform.machine()
    return f"{name}, {torch.get_num_threads()} threads"


def best_times(
    calls: Mapping[Any, Callable[[], object]], device: torch.device, rounds: int
) -> dict[Any, float]:
    """Return the best seconds of each call over rounds in turns, after one that warms up."""
    best = dict.fromkeys(calls, float("inf"))
    for turn in range(rounds + 1):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            if device.type == "cuda":
                torch.cuda.synchronize()
            if turn:
                best[name] = min(best[name], time.perf_counter() - begun)
    return best


def print_sweeps(widths: Sequence[int], device: torch.device, rounds: int) -> None:
    """Print the time of a sweep as one batch and one by one, and how far the results are apart."""
    print("\n28 MLPs 64-w-w-64 on digits, 14 γ, CE and BCE, 25 epochs")
    print(f"{'w':>7}{'one by one s':>15}{'one batch s':>14}{'ratio':>8}{'whole':>8}{'apart, nats':>13}")
    sets = {"train_set": load("digits"), "test_set": load("digits", train=False)}
    for width in widths:
        results: dict[str, list[TrainResult]] = {}

        def one_by_one(epochs: int, width: int = width, results: dict = results) -> None:
            configs = sweep_of(width, epochs, device)
            results["apart"] = [train(config, **sets, progress=False) for config in configs]

        def together(epochs: int, width: int = width, results: dict = results) -> None:
            results["together"] = sweep(sweep_of(width, epochs, device), progress=False)

        calls = {
            (call.__name__, epochs): functools.partial(call, epochs)
            for epochs in (5, 25)
            for call in (one_by_one, together)
        }
        best = best_times(calls, device, rounds)
        apart, batch = ((best[name, 25] - best[name, 5]) / 20 for name in ("one_by_one", "together"))
        whole = best["one_by_one", 25] / best["together", 25]
        ends = [np.array([r.metrics.loss.iloc[-1] for r in each]) for each in results.values()]
        difference = np.max(np.abs(ends[0] - ends[1]))
        row = f"{width:7}{apart:15.3f}{batch:14.3f}{apart / batch:7.1f}x{whole:7.1f}x{difference:13.1e}"
        print(row, flush=True)


def sweep_of(width: int, epochs: int, device: torch.device) -> list[TrainConfig]:
    """Return the configs of a sweep, measured before training and after."""
    return [
        TrainConfig(
            model_options={"widths": (width, width, 64)},
            head="cosine",
            scale=float(scale),
            loss=loss,
            epochs=epochs,
            record=epochs,
            device=device.type,
        )
        for scale in np.geomspace(0.5, 64.0, 14)
        for loss in ("ce", "bce")
    ]


def print_rate(device: torch.device, rounds: int) -> None:
    """Print the operations a second of training ResNet18 and of a matrix product."""
    images = 2 * BATCH
    run = run_of(RESNET, images, device)
    matrix = torch.randn(4096, 4096, device=device)
    with FlopCounterMode(display=False) as counter:
        run.step_epoch()
    calls = {"epoch": run.step_epoch, "product": lambda: matrix @ matrix}
    times = best_times(calls, device, max(rounds, 3))
    own = counter.get_total_flops() / times["epoch"]
    possible = 2 * len(matrix) ** 3 / times["product"]
    print(f"\nResNet18, CIFAR stem, 3x32x32, batches of {BATCH}, channels_last, float32")
    print(f"{'images/s':>10}{'GFLOP/s':>10}{'product GFLOP/s':>18}{'share':>8}")
    rate = images / times["epoch"]
    print(f"{rate:10.1f}{own / 1e9:10.1f}{possible / 1e9:18.1f}{own / possible:8.0%}", flush=True)


def print_growth(sizes: Sequence[int], device: torch.device, rounds: int) -> None:
    """Print the seconds of an epoch of a small network over the number of images."""
    print("\nA small convolutional network, 3x32x32")
    print(f"{'images':>8}{'s an epoch':>13}{'images/s':>11}")
    runs = {size: run_of({"model": "cnn"}, size, device) for size in sizes}
    times = best_times({str(size): run.step_epoch for size, run in runs.items()}, device, rounds)
    seconds = [times[str(size)] for size in sizes]
    for size, taken in zip(sizes, seconds, strict=True):
        print(f"{size:8}{taken:13.3f}{size / taken:11.0f}")
    power = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
    print(f"an epoch's time grows like images^{power:.2f}", flush=True)


def print_measuring(device: torch.device, rounds: int) -> None:
    """Print what measuring collapse after every epoch costs."""
    print("\nMeasuring collapse, in parts of an epoch of training")
    print(f"{'':10}{'images':>8}{'measured':>10}{'epoch s':>10}{'measuring s':>13}{'share':>8}")
    cnn = {"model": "cnn"}
    cases = ((RESNET, 256, None), (RESNET, 256, 3), (cnn, 4000, None), (cnn, 4000, 40))
    for fields, images, per_class in cases:
        run = run_of({**fields, "measured_per_class": per_class}, images, device)
        calls = {"epoch": run.step_epoch, "measuring": lambda run=run: run.recorder.record(epoch=1)}
        times = best_times(calls, device, rounds)
        count, share = len(run.recorder.measured.train.labels), times["measuring"] / times["epoch"]
        row = f"{fields['model']:10}{images:8}{count:10}{times['epoch']:10.3f}{times['measuring']:13.3f}"
        print(f"{row}{share:8.1%}", flush=True)


def run_of(fields: Mapping[str, object], images: int, device: torch.device) -> Run:
    """Return a run on random images whose epochs are not measured."""
    endless = {"epochs": 10**6, "record": 10**6, "batch_size": BATCH, "learning_rate": 1e-3}
    config = TrainConfig(**{**endless, **fields}, device=device.type)
    return prepare(config, DataSets(random_images(images), None), device)


def random_images(count: int) -> ImageData:
    """Return images of noise, ten classes in turn."""
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=generator)
    return ImageData(pixels, torch.arange(count) % len(CLASSES), CLASSES)


if __name__ == "__main__":
    main()
