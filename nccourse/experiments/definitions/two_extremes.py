"""Paper C's Fig. 8: four losses on a narrow network trained briefly and on a wide one trained long."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.definitions.four_losses import SAME, draw_curves
from nccourse.experiments.definitions.paper_c import (
    CNN_DIGITS,
    CNN_MNIST,
    PERCENT,
    WIDE_MINI,
    largest,
    measure,
    smallest,
    spread,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.papers import paper_table
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

LAST = "test_accuracy"
_ENDS = {"narrow, short": smallest, "wide, long": largest}

STUDY = Study(
    "C.fig8",
    Networks(measure),
    {
        "ci": CNN_DIGITS.grid("extremes"),
        "laptop": CNN_MNIST.grid("extremes"),
        "gpu": WIDE_MINI.grid("extremes", schedule="full"),
    },
)


def beside_paper(records: pd.DataFrame) -> pd.DataFrame:
    """Return the test accuracies at the last epoch, those of our two ends beside the paper's two."""
    tables = []
    for end, width, epochs in ((smallest, 0.25, 100), (largest, 2.0, 800)):
        part = end(records)
        rows = Rows(("width", "epochs", "loss"), {"accuracy": LAST, "nc1": "nc1"}, "C.fig8")
        table = rows(part.assign(width=width, epochs=epochs))
        tables.append(table.assign(width=part.width.iloc[0], epochs=part.epochs.iloc[0]))
    return pd.concat(tables, ignore_index=True)


def alike_at_the_end(records: pd.DataFrame) -> Verdict:
    """See whether the losses' test accuracies come within a point, and closer than in the small run."""
    before, after = (spread(end(records), LAST) for end in (smallest, largest))
    told = (
        f"the losses' last test accuracies are {before:.2f} points apart in the small network, {after:.2f} "
    )
    printed = paper_table("C.fig8").groupby("width").accuracy.agg(lambda values: values.max() - values.min())
    told += (
        f"in the large one; in the paper {PERCENT * printed.iloc[0]:.2f} and {PERCENT * printed.iloc[1]:.2f}"
    )
    return Verdict(after < min(before, SAME), told)


def draw(records: pd.DataFrame) -> Figure:
    """Draw NC1 and test accuracy over the epochs, a row for each end."""
    figure, axes = plots.new_figure(2, 2, width=8.8, height=5.6)
    for row, (name, end) in enumerate(_ENDS.items()):
        for ax, metric in zip(axes[2 * row : 2 * row + 2], ("nc1", LAST), strict=True):
            draw_curves(ax, end(records), metric)
            ax.set(title=f"{name}: {metric.replace('_', ' ')}", yscale="log" if metric == "nc1" else "linear")
    axes[0].legend(fontsize=8)
    return figure


register(
    Experiment(
        id="C.fig8",
        kind="run",
        title="NC1 and test accuracy of four losses on miniImageNet",
        claim="On the wide network trained long the losses' test accuracies lie within one point, and closer "
        "together than on the narrow one trained briefly.",
        study=STUDY,
        rows=beside_paper,
        verdict=alike_at_the_end,
        figure=draw,
        alt="NC1 and test accuracy over the epochs, four losses, in a small network trained briefly and in a "
        "large one trained long: there test accuracy ends closer together, however it went in between.",
    )
)
