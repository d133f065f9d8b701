"""Paper A's Table 11, epochs until every cosine is at its value (217), and Fig. 16, curves through them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments import fits
from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.paper_a import LOSSES, MLP_DIGITS, MLP_MNIST, RESNET18_MNIST, Network
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.measures import epochs_to_criterion
from nccourse.experiments.networks import Networks, final_row
from nccourse.experiments.papers import paper_table
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainResult

_SMALL, _LARGE = 0.5, 5.0
_FEW_DIGITS = replace(MLP_DIGITS, about="an MLP of width 64 on 100 of the 8x8 digits")
_FEW_MNIST = replace(MLP_MNIST, about="an MLP of width 128 on 500 images of MNIST")


def measure(result: TrainResult) -> dict[str, Any]:
    """Return the last row and the epochs to the criterion."""
    return {**final_row(result), **epochs_to_criterion(result)}


def _grid(network: Network, epochs: int, scales: Sequence[float], tolerance: float, **more: Any) -> Grid:
    base = {
        "model": network.model,
        "model_options": network.options,
        "data": network.data,
        "head": "cosine",
        "learning_rate": network.sgd,
        "schedule": "constant",
        "weight_decay": 0.0,
        "epochs": epochs,
        "stop_tolerance": tolerance,
        **more,
    }
    about = f"{network.about}, at most {epochs} epochs until (217) with t = {tolerance:g}"
    return Grid(base, {"loss": LOSSES, "scale": scales}, about=about)


def _paper_grid() -> Grid:
    table = paper_table("A.table11")
    printed = set(zip(table.loss, table.scale.astype(float), strict=True))
    scales = sorted({scale for _, scale in printed})

    def adapt(coordinates: dict[str, Any]) -> dict[str, Any] | None:
        if (coordinates["loss"], coordinates["scale"]) not in printed:
            return None
        return {**coordinates, "stop_tolerance": 0.001 if coordinates["scale"] < _LARGE else 0.0035}

    grid = _grid(RESNET18_MNIST, 3000, scales, 0.001)
    return replace(grid, adapt=adapt, schedule="full", about=RESNET18_MNIST.about)


EPOCHS = Study(
    "A.table11",
    Networks(measure),
    {
        "ci": _grid(_FEW_DIGITS, 300, (0.5, 2.0, 6.0, 12.0), 0.2, record=3, data_options={"per_class": 10}),
        "laptop": _grid(
            _FEW_MNIST,
            1500,
            (0.1, 0.2, 0.4, 1.0, 2.0, 4.0, 6.0, 7.0, 8.0, 10.0),
            0.1,
            record=5,
            data_options={"per_class": 50},
        ),
        "gpu": _paper_grid(),
    },
)


def slow_at_both_ends(records: pd.DataFrame) -> Verdict:
    """See whether the smallest and the largest γ need more epochs than others, and BCE fewer at large γ."""
    epochs = records.groupby(["loss", "scale"]).epochs_to_criterion.mean().fillna(np.inf).unstack("scale")
    smallest, largest = epochs.columns.min(), epochs.columns.max()
    fewest = epochs.min(axis=1)
    if np.isinf(fewest).any():
        return Verdict(None, "a loss reaches the criterion at no scale within the epochs of this profile")
    slow = (epochs[smallest] > fewest).all() and (epochs[largest] > fewest).all()
    reached = np.isfinite(epochs.to_numpy()).any(axis=0)
    last = epochs[epochs.columns[reached].max()]
    told = [_told(loss, epochs.loc[loss], records.epoch.max()) for loss in epochs.index]
    return Verdict(bool(slow and last["bce"] < last["ce"]), "; ".join(told))


def _told(loss: str, epochs: pd.Series, most: float) -> str:
    chosen = epochs.iloc[sorted({0, int(np.argmin(epochs)), len(epochs) - 1})]
    numbers = ", ".join(f"{value:.0f}" if np.isfinite(value) else f"> {most:.0f}" for value in chosen)
    return f"{loss.upper()} {numbers} epochs at γ = {', '.join(f'{scale:g}' for scale in chosen.index)}"


def refit(records: pd.DataFrame) -> pd.DataFrame:
    """Return the coefficients of (218) and (219), printed and fitted again to the starred rows."""
    table = paper_table("A.table11")
    starred = table[table.starred]
    fitted = {}
    for loss in LOSSES:
        rows = starred[starred.loss == loss]
        small, large = rows[rows.scale < _SMALL], rows[rows.scale > _LARGE]
        names = ("slope", "offset", "factor", "rate", "constant")
        values = fits.reciprocal(small.scale, small.epochs) + fits.exponential(large.scale, large.epochs)
        fitted.update({(loss, name): value for name, value in zip(names, values, strict=True)})
    printed = paper_table("A.fig16")
    ours = [fitted[pair] for pair in zip(printed.loss, printed.coefficient, strict=True)]
    columns = {"loss": printed.loss, "quantity": printed.coefficient, "paper": printed.value, "ours": ours}
    return pd.DataFrame({**columns, "sd": math.nan, "seeds": 0})


def fits_again(records: pd.DataFrame) -> Verdict:
    """Compare the refitted coefficients with the printed ones, to their rounding, and the two rates."""
    table = refit(records)
    rates = table[table.quantity == "rate"].set_index("loss").ours
    off = (table.ours - table.paper).abs().max()
    told = f"all ten coefficients come out to {off:.4f}"
    told += f", the rates are {rates['ce']:.3f} (CE) and {rates['bce']:.3f} (BCE)"
    return Verdict(bool(off < 0.01 and rates["bce"] < rates["ce"]), told)


def draw(records: pd.DataFrame) -> Figure:
    """Draw Table 11 and the refitted curves, CE beside BCE."""
    table, coefficients = paper_table("A.table11"), refit(records)
    figure, axes = plots.new_figure(columns=2, width=8.8, height=3.6)
    for ax, (loss, colour) in zip(axes, (("ce", "blue"), ("bce", "vermillion")), strict=True):
        rows = table[table.loss == loss]
        for starred, face in ((True, plots.COLOURS[colour]), (False, "white")):
            part = rows[rows.starred == starred]
            label = "fitted" if starred else "not fitted"
            ax.plot(part.scale, part.epochs, "o", color=plots.COLOURS[colour], mfc=face, ms=4, label=label)
        found = coefficients[coefficients.loss == loss].set_index("quantity").ours
        small, large = np.geomspace(0.01, 1, 50), np.linspace(_LARGE, rows.scale.max(), 50)
        look: dict[str, Any] = {"color": plots.COLOURS["black"], "linestyle": "--", "linewidth": 1.2}
        ax.plot(small, found.slope / small + found.offset, **look)
        ax.plot(large, found.factor * np.exp(found.rate * large) + found.constant, **look)
        ax.set(title=f"{loss.upper()}, Table 11 and its fits", xscale="log", yscale="log")
        ax.set(xlabel="scale γ (no unit)", ylabel="epochs to (217)")
        ax.legend(fontsize=8)
    return figure


register(
    Experiment(
        id="A.table11",
        kind="run",
        title="Epochs to the criterion (217) at each scale",
        claim="The smallest and largest γ need more epochs than middle ones; at large γ CE more than BCE.",
        study=EPOCHS,
        rows=Rows(("loss", "scale"), {"epochs": "epochs_to_criterion"}, "A.table11"),
        verdict=slow_at_both_ends,
    ),
    Experiment(
        id="A.fig16",
        kind="refit",
        title="Epochs to the criterion (217) as functions of γ",
        claim="Table 11 follows a hyperbola below 0.5 and an exponential above 5, slower for BCE.",
        rows=refit,
        verdict=fits_again,
        figure=draw,
        alt="Epochs over the scale on log axes, CE beside BCE: they fall along a dashed hyperbola, then rise "
        "along a dashed exponential.",
    ),
)
