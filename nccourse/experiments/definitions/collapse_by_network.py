"""Paper A's Figs. 2 to 5: NC1 to NC3 over the epochs, CE and BCE with SGD and AdamW, at γ = 8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.paper_a import LOSSES, OPTIMIZERS, SETTINGS
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks, curves
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

METRICS = ("nc1", "nc2", "nc3")
SCALE = 8.0
SMALL = 0.2
KEYS = ("network", "data", "optimizer", "loss")
_LOOKS = {
    ("ce", "sgd"): ("blue", "o"),
    ("bce", "sgd"): ("vermillion", "s"),
    ("ce", "adamw"): ("sky", "^"),
    ("bce", "adamw"): ("orange", "v"),
}

_SCHEDULES = {"sgd": "step", "adamw": "cosine"}
_RATES = {"sgd": SETTINGS[1]["learning_rate"], "adamw": SETTINGS[2]["learning_rate"]}
_VIT_RATES = {"sgd": SETTINGS[3]["learning_rate"], "adamw": SETTINGS[4]["learning_rate"]}
_CIFAR_STEM = {"stem": "cifar"}
_PAPER = {name: (name, _CIFAR_STEM) for name in ("resnet18", "resnet50", "densenet121")}
_VIT: dict[str, Any] = {"vit": ("vit", {})}
_SMALL_VIT = {"num_layers": 2, "num_heads": 4, "hidden_dim": 32, "mlp_dim": 64}


def _pair(model: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a network with a ReLU on its features, as the paper's CNNs have one, and without."""
    free = {**options, "final_relu": False}
    return {model: (model, options), f"{model}, free features": (model, free)}


def _mlps(width: int) -> dict[str, Any]:
    return _pair("mlp", {"widths": [width, width]})


def _small_vit(patch_size: int) -> dict[str, Any]:
    return {"vit": ("vit", {**_SMALL_VIT, "patch_size": patch_size})}


def _grid(
    about: str,
    networks: Mapping[str, tuple[str, Mapping[str, Any]]],
    data: Sequence[str],
    rates: Mapping[str, float],
    epochs: int,
    **base: Any,
) -> Grid:
    def fields(coordinates: dict[str, Any]) -> dict[str, Any]:
        model, options = networks[coordinates.pop("network")]
        optimizer = coordinates["optimizer"]
        chosen = {"learning_rate": rates[optimizer], "schedule": _SCHEDULES[optimizer]}
        return {**coordinates, **chosen, "model": model, "model_options": options}

    fixed = {"head": "cosine", "scale": SCALE, "weight_decay": 0.0, "epochs": epochs, **base}
    axes = {"network": tuple(networks), "data": data, "optimizer": OPTIMIZERS, "loss": LOSSES}
    return Grid(fixed, axes, fields, about=f"{about}, {epochs} epochs")


def _paper_grid(networks: Mapping[str, Any], data: Sequence[str], rates: Mapping[str, float]) -> Grid:
    return _grid("as in the paper", networks, data, rates, 200, record=5).changed(schedule="full")


def _study(number: int, **grids: Grid) -> Study:
    return Study(f"A.fig{number}", Networks(curves(*METRICS, "train_accuracy")), grids)


_FAST = {"sgd": 0.1, "adamw": 0.01}
_FEW = {"data_options": {"per_class": 30}, "batch_size": 32}

MNIST = _study(
    2,
    ci=_grid("MLPs of width 64 on the 8x8 digits", _mlps(64), ["digits"], _FAST, 40, record=5),
    laptop=_grid("MLPs of width 128 on 4,000 images of MNIST", _mlps(128), ["mnist5k"], _FAST, 100, record=4),
    gpu=_paper_grid(_PAPER, ["mnist"], _RATES),
)
CIFAR10 = _study(
    3,
    ci=_grid("a CNN on 300 of the 8x8 digits", {"cnn": ("cnn", {})}, ["digits"], _FAST, 20, record=4, **_FEW),
    laptop=_grid(
        "a CNN on 1,000 images of MNIST",
        _pair("cnn", {}),
        ["mnist5k"],
        _FAST,
        60,
        record=3,
        data_options={"per_class": 100},
    ),
    gpu=_paper_grid(_PAPER, ["cifar10"], _RATES),
)
CIFAR100 = _study(
    4,
    ci=_grid("MLPs of width 64 on 300 of the 8x8 digits", _mlps(64), ["digits"], _FAST, 30, record=6, **_FEW),
    laptop=_grid(
        "MLPs of width 256 on the first 40 images of each class of CIFAR-100",
        _mlps(256),
        ["cifar100"],
        _FAST,
        100,
        record=4,
        data_options={"first_per_class": 40},
    ),
    gpu=_paper_grid(_PAPER, ["cifar100"], _RATES),
)
VIT = _study(
    5,
    ci=_grid(
        "a ViT of two layers on 300 of the 8x8 digits",
        _small_vit(4),
        ["digits"],
        {"sgd": 0.03, "adamw": 0.005},
        30,
        record=6,
        **_FEW,
    ),
    laptop=_grid(
        "a ViT of two layers on 4,000 images of MNIST",
        _small_vit(7),
        ["mnist5k"],
        {"sgd": 0.03, "adamw": 0.003},
        40,
        record=2,
    ),
    gpu=_paper_grid(_VIT, ["cifar10", "cifar100"], _VIT_RATES),
)


def collapses(records: pd.DataFrame) -> Verdict:
    """See which metrics end below 0.2, and in how many BCE is ahead in the first quarter of the epochs."""
    return _collapse(records[records.data != "cifar100"])


def collapses_with_adamw(records: pd.DataFrame) -> Verdict:
    """See whether SGD leaves NC2 and NC3 of a hundred classes away from zero, and AdamW does not."""
    chosen = records[records.data == "cifar100"]
    if chosen.empty:
        return Verdict(None, "ten classes do not stand for a hundred")
    ends = chosen.groupby("optimizer")[["nc2", "nc3"]]
    lowest, highest = ends.min().loc["sgd"], ends.max().loc["adamw"]
    told = ", ".join(
        f"{name.upper()} ends at {lowest[name]:.3f} or more with SGD, {highest[name]:.3f} or less with AdamW"
        for name in ("nc2", "nc3")
    )
    return Verdict(bool((lowest > SMALL).all() and (highest < SMALL).all()), told)


def _collapse(records: pd.DataFrame) -> Verdict:
    ends = records.groupby("loss")[list(METRICS)].max()
    near = (records[list(METRICS)] < SMALL).groupby(records.loss).mean()
    ahead = [
        _early(part[part.loss == "bce"], name) < _early(part[part.loss == "ce"], name)
        for _, part in records.groupby(["network", "optimizer"])
        for name in METRICS
    ]
    told = "; ".join(
        f"{loss.upper()} ends below {SMALL:g} in "
        + ", ".join(
            f"{near[name][loss]:.0%} ({name.upper()}, at most {ends[name][loss]:.2f})" for name in METRICS
        )
        for loss in ends.index
    )
    told += f" of the runs; BCE is ahead early in {sum(ahead)} of {len(ahead)} curves"
    if records.train_accuracy.min() < 0.99:
        lowest = f"an accuracy of only {records.train_accuracy.min():.3f} on the training set"
        return Verdict(None, f"{lowest}; {told}")
    return Verdict(bool((ends < SMALL).all(axis=None) and np.mean(ahead) > 0.5), told)


def _early(records: pd.DataFrame, name: str) -> float:
    """Return a metric's mean over seeds and the first quarter of the epochs, the start left out."""
    values = []
    for curve in records.curves:
        epochs = np.array(curve["epoch"])
        chosen = (epochs > 0) & (epochs <= max(epochs[-1] / 4, epochs[1]))
        values.append(np.mean(np.array(curve[name], dtype=float)[chosen]))
    return float(np.mean(values))


def draw(records: pd.DataFrame) -> Figure:
    """Draw NC1 to NC3 over the epochs, a row for each network and set of images; means over seeds."""
    groups = list(records.groupby(["network", "data"], sort=False))
    figure, axes = plots.new_figure(len(groups), 3, width=9.6, height=2.6 * len(groups) + 0.3)
    for row, ((network, data), part) in enumerate(groups):
        for column, name in enumerate(METRICS):
            ax = axes[3 * row + column]
            for (loss, optimizer), runs in part.groupby(["loss", "optimizer"], sort=False):
                _draw_curve(ax, runs, name, str(loss), str(optimizer))
            ax.set_title(f"{name.upper()}, {network} on {data}", fontsize=9)
            ax.set(xlabel="epoch", ylabel=f"{name.upper()} (no unit)", yscale="log")
    axes[0].legend(fontsize=7)
    return figure


def _draw_curve(ax: Axes, records: pd.DataFrame, name: str, loss: str, optimizer: str) -> None:
    epochs = records.curves.iloc[0]["epoch"]
    values = np.mean([np.array(curve[name], dtype=float) for curve in records.curves], axis=0)
    colour, marker = _LOOKS[loss, optimizer]
    label = f"{loss.upper()}, {_NAMES[optimizer]}"
    ax.plot(epochs, values, color=plots.COLOURS[colour], marker=marker, markersize=3, label=label)


_NAMES = {"sgd": "SGD", "adamw": "AdamW"}
_APPROACH = (
    "NC1 to NC3 approach zero with CE and with BCE, and BCE's mostly fall faster in the first quarter of the "
    "epochs."
)
_SEEN = "NC1, NC2 and NC3 over the epochs on log axes, a row for each network, CE and BCE with SGD and AdamW"


def _experiment(number: int, title: str, study: Study, *, many: bool = False) -> Experiment:
    return Experiment(
        id=f"A.fig{number}",
        kind="run",
        title=title,
        claim="On a hundred classes SGD leaves NC2 and NC3 away from zero and AdamW brings them near it."
        if many
        else _APPROACH,
        study=study,
        rows=Rows(KEYS, {name: name for name in (*METRICS, "train_accuracy")}),
        verdict=collapses_with_adamw if many else collapses,
        figure=draw,
        alt=f"{_SEEN}: all fall" + (", at different rates." if many else ", AdamW's mostly the furthest."),
    )


register(
    _experiment(2, "NC metrics on MNIST, three networks", MNIST),
    _experiment(3, "NC metrics on CIFAR10, three networks", CIFAR10),
    _experiment(4, "NC metrics on CIFAR100, three networks", CIFAR100, many=True),
    _experiment(5, "NC metrics of a ViT", VIT),
)
