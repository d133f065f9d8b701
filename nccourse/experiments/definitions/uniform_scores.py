"""Paper B's Tables 2 and 3 and Fig. 4: accuracies and features on the test sets, with augmentation."""

from __future__ import annotations

from typing import Any

import pandas as pd
import torch
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.data import DeviceBatches
from nccourse.experiments.definitions.paper_b import (
    AUGMENTED_DIGITS,
    AUGMENTED_MNIST,
    AUGMENTED_PAPER,
    LOSSES,
    beside_resnet18,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks, final_row
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainResult
from nccourse.training.recording import collect_features
from nccourse.training.sets import first_of_each_class, load_sets

DRAWN_PER_CLASS = 20
_BATCH = 1024


def measure(result: TrainResult) -> dict[str, Any]:
    """Return the last row and, of 20 test samples a class, their silhouette and where t-SNE puts them."""
    # Importing it takes seconds, which nobody should wait for who only looks at another experiment.
    from sklearn.manifold import TSNE
    from sklearn.metrics import silhouette_score

    if result.status == "diverged":
        return final_row(result)
    sets = load_sets(result.config)
    test = (
        sets.test.select(first_of_each_class(sets.test.labels, DRAWN_PER_CLASS)) if sets.test else sets.train
    )
    device = next(result.model.parameters()).device
    batches = DeviceBatches(test, _BATCH, device=device, mean=sets.train.mean, std=sets.train.std)
    features = torch.nn.functional.normalize(collect_features(result.model, batches).double()).cpu().numpy()
    points = TSNE(random_state=0, init="pca", perplexity=DRAWN_PER_CLASS).fit_transform(features)
    labels = test.labels.tolist()
    embedding = {"x": points[:, 0].tolist(), "y": points[:, 1].tolist(), "class": labels}
    return {**final_row(result), "silhouette": silhouette_score(features, labels), "embedding": embedding}


_REDUCED = {
    "model": ("mlp",),
    "optimizer": ("sgd", "adamw"),
    "augmentation": ("da1", "da1+da2"),
    "loss": LOSSES,
}
_PAPER = {"data": ("cifar10", "cifar100"), **_REDUCED, "model": tuple(AUGMENTED_PAPER.options)}

STUDY = Study(
    "B.table2",
    Networks(measure),
    {
        "ci": AUGMENTED_DIGITS.grid(
            40,
            {"data": ("digits",), **_REDUCED, "optimizer": ("adamw",), "augmentation": ("da1+da2",)},
            record=40,
        ),
        "laptop": AUGMENTED_MNIST.grid(40, {"data": ("mnist5k",), **_REDUCED}, record=40),
        "gpu": AUGMENTED_PAPER.grid(100, _PAPER, record=100, schedule="full"),
    },
)

KEYS = ("data", "model", "optimizer", "augmentation", "loss")
ACCURACIES = {"accuracy": "test_accuracy", "uniform_accuracy": "test_uniform_accuracy"}
FEATURES = {"compactness": "test_compactness", "distinctiveness": "test_separability"}
_PERCENT = dict.fromkeys(ACCURACIES, 100.0)


def gaps(records: pd.DataFrame, metric: str) -> pd.Series:
    """Return BCE's mean less CE's in each setting."""
    means = records.pivot_table(metric, ["data", "model", "optimizer", "augmentation"], "loss")
    return means.bce - means.ce


def more_uniform(records: pd.DataFrame) -> Verdict:
    """Compare the uniform accuracies of BCE and CE in every setting, and say how the accuracies compare."""
    uniform, plain = (gaps(records, ACCURACIES[name]) for name in ("uniform_accuracy", "accuracy"))
    told = f"BCE's uniform accuracy is higher in {(uniform > 0).sum()} of {len(uniform)} settings, by "
    told += f"{100 * uniform.min():+.2f} to {100 * uniform.max():+.2f} points, its accuracy in "
    told += f"{(plain > 0).sum()}"
    return Verdict(bool((uniform > 0).all()), told)


def better_features(records: pd.DataFrame) -> Verdict:
    """Count the settings in which BCE's test features are more compact and more distinct."""
    found = {name: gaps(records, metric) for name, metric in FEATURES.items()}
    told = "BCE's is higher in " + ", ".join(
        f"{(gap > 0).sum()} of {len(gap)} settings for {name}" for name, gap in found.items()
    )
    return Verdict(all((gap > 0).mean() > 0.5 for gap in found.values()), told)


def drawn(records: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of Fig. 4: ResNet18 on CIFAR-10, or what stands for it, AdamW, all augmentations."""
    chosen = records[(records.optimizer == "adamw") & (records.augmentation == "da1+da2")]
    return chosen[(chosen.data != "cifar100") & ~chosen.model.isin(("resnet50", "densenet121"))]


def apart(records: pd.DataFrame) -> Verdict:
    """Compare the mean silhouettes of BCE's and CE's test features."""
    means = drawn(records).groupby("loss").silhouette.mean()
    told = f"the mean silhouette of test features is {means['bce']:.3f} (BCE) and {means['ce']:.3f} (CE)"
    return Verdict(bool(means["bce"] > means["ce"]), told)


def draw(records: pd.DataFrame) -> Figure:
    """Draw the first seed's test features as t-SNE lays them out, CE beside BCE."""
    figure, axes = plots.new_figure(columns=2, width=8.8, height=4.2)
    chosen = drawn(records)
    for ax, loss in zip(axes, LOSSES, strict=True):
        points = chosen[chosen.loss == loss].iloc[0].embedding
        table = pd.DataFrame(points)
        for k in sorted(set(table["class"])):
            part = table[table["class"] == k]
            colour, marker = plots.class_colour(k), plots.class_marker(k)
            ax.scatter(part.x, part.y, s=12, label=str(k), color=colour, marker=marker)
        ax.set(title=f"{loss.upper()}, test set", xlabel="t-SNE 1 (no unit)", ylabel="t-SNE 2 (no unit)")
    axes[1].legend(fontsize=7, title="class", ncols=2)
    return figure


register(
    Experiment(
        id="B.table2",
        kind="run",
        title="Accuracy and uniform accuracy on the test sets",
        claim="BCE's uniform accuracy on the test set is higher than CE's in every setting.",
        study=STUDY,
        rows=lambda records: beside_resnet18(Rows(KEYS, ACCURACIES, "B.table2", factors=_PERCENT), records),
        verdict=more_uniform,
    ),
    Experiment(
        id="B.table3",
        kind="run",
        title="Compactness and distinctiveness on the test sets",
        claim="BCE's test features are more compact and more distinct than CE's in most settings.",
        study=STUDY,
        rows=lambda records: beside_resnet18(Rows(KEYS, FEATURES, "B.table3"), records),
        verdict=better_features,
    ),
    Experiment(
        id="B.fig4",
        kind="run",
        title="Features on the test set as t-SNE draws them",
        claim="Features of the test set lie in more compact and better separated groups with BCE.",
        study=STUDY,
        rows=lambda records: Rows(KEYS, {"silhouette": "silhouette"})(drawn(records)),
        verdict=apart,
        figure=draw,
        alt="Test features of ten classes as points in the plane, CE beside BCE: a group for each class, "
        "some touching.",
    ),
)
