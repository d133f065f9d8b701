"""What the network laboratory says in words and digits."""

from __future__ import annotations

import numpy as np

from nccourse.plots.arrays import Array
from nccourse.widgets.live_network import Frame, Recipe
from nccourse.widgets.panel import Readout
from nccourse.widgets.solved_scores import SolvedScores, Theory

_ROUNDED_TO_ZERO = 5e-5


def network_readout(
    recipe: Recipe, status: str, frame: Frame, here: Theory, scores: SolvedScores, shown: float
) -> Readout:
    """Put the network beside the theory of the unconstrained model.

    Args:
        recipe: loss, γ and learning rate as the controls have them.
        status: what the run is doing.
        frame: the network as last measured.
        here: theory at γ, arrays of one.
        scores: of the frame's cosines at γ.
        shown: fraction of the means' squared length in the 3-D view.

    Returns:
        Name -> text.
    """
    row, num_classes = frame.row, len(frame.bias)
    return {
        "Status": status,
        "Setting": f"{recipe.loss.upper()}, γ = {recipe.scale:.4g}, K = {num_classes}, "
        f"learning rate {recipe.learning_rate:.3g}",
        "Epoch": f"{frame.epoch:.4g}, {row['seconds']:.1f} s of training",
        "Accuracy": f"training {row['train_accuracy']:.1%}, test {row['test_accuracy']:.1%}",
        "Loss": f"theory's minimum {here.minimum[0]:.4g}, network {row['loss']:.4g}"
        + ("" if row["trained_with"] == recipe.loss else f" ({str(row['trained_with']).upper()})"),
        "NC1 to NC4": ", ".join(f"{row[name]:.3g}" for name in ("nc1", "nc2", "nc3", "nc4")),
        "Positive score": _beside(here.positive, scores.positive),
        "Negative score": _beside(here.negative, scores.negative),
        "Bias": _bias(here, scores.bias),
        "In view": f"{shown:.0%} of the means' squared length",
    }


def _beside(theory: Array, measured: Array) -> str:
    return f"theory {theory[0]:.4f}, network {measured.mean():.4f}, sd {measured.std():.4f}"


def _bias(here: Theory, bias: Array) -> str:
    mean = bias.mean() if abs(bias.mean()) >= _ROUNDED_TO_ZERO else 0.0
    network = f"network {mean:.4f}, sd {bias.std():.4f}"
    if np.isnan(here.bias[0]):
        return f"theory any value shared by all classes, {network}"
    return f"theory b* {here.bias[0]:.4f}, {network}"
