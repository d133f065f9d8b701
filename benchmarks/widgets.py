"""Time from a control's change to the new picture, on the Python side.

Run: python benchmarks/widgets.py. The browser adds 20 to 40 ms; the target in JupyterLab is below 100 ms.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch

from nccourse import geometry, widgets
from nccourse.widgets import Panel

ROUNDS = 15


def recorded_run(num_classes: int = 10, snapshots: int = 25) -> Panel:
    """A run of ten classes in 64 dimensions that gathers at an ETF."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % num_classes
    etf = geometry.simplex_etf(num_classes, 64, generator=torch.Generator().manual_seed(0)).numpy()
    share = np.linspace(0, 1, snapshots)[:, None, None]
    features = share * etf[labels] + (1 - share) * rng.normal(size=(200, 64))
    means = np.stack([features[:, labels == k].mean(axis=1) for k in range(num_classes)], axis=1)
    curves = {f"nc{i}": np.geomspace(1, 1e-6, snapshots) for i in range(1, 5)}
    return widgets.collapse_player(
        range(snapshots), means, means, features=features, labels=labels, curves=curves
    )


def values(control: object, rounds: int) -> list[object]:
    """Values of a control from end to end."""
    options = getattr(control, "options", None)
    if options:
        return [value for _, value in options] * (rounds // len(options))
    slider = control
    low, high = slider.min, slider.max  # type: ignore[attr-defined]
    if hasattr(slider, "base"):
        return list(slider.base ** np.linspace(low, high, rounds))
    kind = type(slider.value)  # type: ignore[attr-defined]
    return [kind(value) for value in np.linspace(low, high, rounds)]


def measure(name: str, panel: Panel) -> None:
    """Print one row per control: median and largest milliseconds, and the picture's size."""
    for control_name, control in panel.controls.items():
        times = []
        for value in values(control, ROUNDS):
            start = time.perf_counter()
            panel.set(**{control_name: value})
            times.append(1e3 * (time.perf_counter() - start))
        panel.set(**{control_name: values(control, ROUNDS)[ROUNDS // 2 - 1]})
        size = len(panel.picture.png()) / 1024
        print(f"{name:16} {control_name:12} {statistics.median(times):9.1f} {max(times):9.1f} {size:6.0f}")


def main() -> None:
    """Time every widget."""
    print(f"{'widget':16} {'control':12} {'median ms':>9} {'max ms':>9} {'KB':>6}")
    measure("etf_viewer", widgets.etf_viewer())
    measure("collapse_player", recorded_run())
    measure("gamma_explorer", widgets.gamma_explorer())


if __name__ == "__main__":
    main()
