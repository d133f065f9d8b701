"""Paper E's Figs. 3 to 5: how class means lie to each other and to the classifier in training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from torch import Tensor
from torch.nn import functional

from nccourse import plots
from nccourse.experiments.definitions.paper_e import DIGITS, PAPER_NETWORKS, SMALL_NETWORKS
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks, final_row
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainResult

KEYS = ("model", "data", "loss")
SETS = ("train", "test")
NUM_CLASSES = {"cifar100": 100}
_AXES: dict[str, tuple[Any, ...]] = {"loss": ("ce", "dot_regression"), "tau": (0.02,)}
_NAMES = {"ce": "learnt, CE", "dot_regression": "fixed ETF, DR"}
_LOOKS = {"ce": "black", "dot_regression": "vermillion"}


def alignment(class_means: Tensor, W: Tensor, counts: Tensor) -> dict[str, float]:
    """Return what Figs. 3 to 5 show of class means (K, d) and weights (K, d).

    With h_g = Σ n_k h_k / N, g_k = h_k - h_g and pairs c ≠ k: "means" and "means_sd" of cos(g_c, g_k),
    "weights" and "weights_sd" of cos(g_c, w_k), "own" the mean of cos(g_c, w_c), and "distance" the squared
    |W/|W|_F - G/|G|_F|_F. At a simplex ETF of balanced classes -1/(K-1), 0, -1/(K-1), 0, 1, 0.

    Source: paper E, Sec. 5.1 and Fig. 5. Differs by |.|_F where Fig. 5's caption divides by |.|_F²; the
    authors' code has |.|_F too.
    """
    share = counts.double() / counts.sum()
    centred = class_means.double() - share @ class_means.double()
    means, weights = functional.normalize(centred), functional.normalize(W.double())
    others = ~torch.eye(len(W), dtype=torch.bool)
    between, across = (means @ means.T)[others], means @ weights.T
    distance = (W.double() / W.double().norm() - centred / centred.norm()).square().sum()
    return {
        "means": float(between.mean()),
        "means_sd": float(between.std(correction=0)),
        "weights": float(across[others].mean()),
        "weights_sd": float(across[others].std(correction=0)),
        "own": float(across.diagonal().mean()),
        "distance": float(distance),
    }


def measure(result: TrainResult) -> dict[str, Any]:
    """Return the last row, and every quantity of :func:`alignment` in training and at its end."""
    counts = torch.tensor(result.config.data_options["counts"])
    rows = []
    for shot in result.snapshots:
        # The test sets are balanced, or nearly so.
        of_sets = {
            "train": alignment(shot.class_means, shot.W, counts),
            "test": alignment(shot.test_class_means, shot.W, torch.ones_like(counts)),
        }
        rows.append({f"{name}_{what}": x for name, found in of_sets.items() for what, x in found.items()})
    epochs = [shot.epoch for shot in result.snapshots]
    curves = {name: [row[name] for row in rows] for name in rows[-1]}
    return {**final_row(result), **rows[-1], "curves": {"epoch": epochs, **curves}}


CURVES = Study(
    "E.fig3",
    Networks(measure),
    {
        "ci": DIGITS.grid(
            {"model": ("mlp",), "data": ("digits",), **_AXES}, epochs=40, record=4, snapshots=1
        ),
        "laptop": SMALL_NETWORKS.grid(
            {"model": ("mlp", "cnn"), "data": ("digits", "mnist5k"), **_AXES},
            epochs=60,
            record=3,
            snapshots=1,
        ),
        "gpu": replace(
            PAPER_NETWORKS.grid(
                {
                    "model": tuple(PAPER_NETWORKS.networks),
                    "data": tuple(PAPER_NETWORKS.sets),
                    **_AXES,
                },
                record=10,
                snapshots=1,
            ),
            schedule="full",
        ),
    },
)


def shown(records: pd.DataFrame) -> pd.DataFrame:
    """Return the network and set of Fig. 3: ResNet on CIFAR-100, or the MLP on the largest set there is."""
    data = next(name for name in ("cifar100", "mnist5k", "digits") if (records.data == name).any())
    model = next(name for name in ("resnet32", "mlp") if (records.model == name).any())
    return records[(records.data == data) & (records.model == model)]


def scatter_less(records: pd.DataFrame) -> Verdict:
    """Compare the standard deviations of both cosines, on both sets, at the end of training."""
    names = [f"{part}_{what}_sd" for part in SETS for what in ("means", "weights")]
    ends = shown(records).groupby("loss")[names].mean()
    fixed, learnt = ends.loc["dot_regression"].to_numpy(), ends.loc["ce"].to_numpy()
    pairs = zip(names, fixed, learnt, strict=True)
    told = [f"{name.removesuffix('_sd').replace('_', ' ')} {a:.3f} against {b:.3f}" for name, a, b in pairs]
    return Verdict(bool((fixed < learnt).all()), f"sd {', '.join(told)} (fixed ETF against learnt weights)")


def compared(records: pd.DataFrame, quantity: str, *, higher: bool) -> Verdict:
    """Compare a quantity of the training set at the end of training, for each network and set."""
    ends = records.pivot_table(f"train_{quantity}", ["model", "data"], "loss")
    better = (ends.dot_regression > ends.ce) == higher
    columns = zip(ends.index, ends.dot_regression, ends.ce, strict=True)
    pairs = [f"{' on '.join(pair)} {fixed:.2f} against {learnt:.2f}" for pair, fixed, learnt in columns]
    return Verdict(bool(better.all()), f"{', '.join(pairs)} (fixed ETF against learnt weights)")


def curve(records: pd.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return epochs and the mean over seeds of a curve."""
    values = np.array([entry[name] for entry in records.curves], dtype=float)
    return np.array(records.curves.iloc[0]["epoch"]), values.mean(axis=0)


def draw_scatter(records: pd.DataFrame) -> Figure:
    """Draw mean and standard deviation of both cosines on both sets."""
    records = shown(records)
    figure, axes = plots.new_figure(2, 4, width=11.5, height=5.2)
    panels = [(part, what, kind) for part in SETS for what in ("means", "weights") for kind in ("", "_sd")]
    for ax, (part, what, kind) in zip(axes, panels, strict=True):
        for loss, rows in records.groupby("loss"):
            epochs, values = curve(rows, f"{part}_{what}{kind}")
            ax.plot(epochs, values, color=plots.COLOURS[_LOOKS[str(loss)]], label=_NAMES[str(loss)])
        collapsed = 0.0 if kind else -1 / (NUM_CLASSES.get(records.data.iloc[0], 10) - 1)
        ax.axhline(collapsed, color=plots.COLOURS["grey"], linestyle="--", linewidth=1.2, label="simplex ETF")
        other = "others" if what == "means" else "weights"
        ax.set(title=f"{part}, class means and {other}", xlabel="epoch")
        ax.set_ylabel("sd of the cosine" if kind else "mean cosine")
        ax.title.set_fontsize(9)
    axes[0].legend(fontsize=8)
    return figure


def draw_quantity(records: pd.DataFrame, quantity: str, label: str, collapsed: float) -> Figure:
    """Draw a quantity of the training set, a panel for each network and set, its value at collapse dashed."""
    names = records.model + " on " + records.data
    groups = list(records.groupby(names, sort=False))
    columns = min(4, len(groups))
    lines = -(-len(groups) // columns)
    figure, axes = plots.new_figure(lines, columns, width=3.0 * columns + 1.0, height=2.7 * lines)
    for ax, (name, part) in zip(axes, groups, strict=True):
        for loss, rows in part.groupby("loss"):
            epochs, values = curve(rows, f"train_{quantity}")
            ax.plot(epochs, values, color=plots.COLOURS[_LOOKS[str(loss)]], label=_NAMES[str(loss)])
        ax.axhline(collapsed, color=plots.COLOURS["grey"], linestyle="--", linewidth=1.2, label="collapse")
        ax.set(title=str(name), xlabel="epoch", ylabel=label)
    axes[0].legend(fontsize=8)
    return figure


_SCATTER = {f"{part}_{what}": f"{part}_{what}" for part in SETS for what in ("means_sd", "weights_sd")}

register(
    Experiment(
        id="E.fig3",
        kind="run",
        title="Cosines between class means and classifiers in training",
        claim="With a fixed ETF and DR, cosines of class means with others' means and weights scatter less.",
        study=CURVES,
        rows=lambda records: Rows(KEYS, _SCATTER)(shown(records)),
        verdict=scatter_less,
        figure=draw_scatter,
        alt="Eight panels over epochs, the fixed ETF beside learnt weights: mean cosines and their standard "
        "deviations on both sets fall or level off, the ETF's own values dashed.",
    ),
    Experiment(
        id="E.fig4",
        kind="run",
        title="Alignment of class means with their classifiers in training",
        claim="With a fixed ETF and DR, class means end better aligned with their own weights than with CE.",
        study=CURVES,
        rows=Rows(KEYS, {"own_cosine": "train_own"}),
        verdict=lambda records: compared(records, "own", higher=True),
        figure=lambda records: draw_quantity(records, "own", "mean cos(h_c - h_g, w_c)", 1.0),
        alt="Mean cosine of class means with their own weights over epochs, by network and set.",
    ),
    Experiment(
        id="E.fig5",
        kind="run",
        title="Distance of class means from classifiers in training",
        claim="With a fixed ETF and DR, class means end at a smaller distance from the weights than with CE.",
        study=CURVES,
        rows=Rows(KEYS, {"distance": "train_distance"}),
        verdict=lambda records: compared(records, "distance", higher=False),
        figure=lambda records: draw_quantity(records, "distance", "squared distance, normalised", 0.0),
        alt="Squared distance of class means from weights over epochs, by network and set.",
    ),
)
