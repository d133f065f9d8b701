"""What the papers measure: neural collapse, feature properties, accuracies, open-set scores.

Features (N, d), labels (N,) integers, logits (N, K) = features @ W.T - b: the bias is subtracted, so a torch
``nn.Linear`` enters as ``W = layer.weight, b = -layer.bias``.

:class:`NeuralCollapse` is loaded on first use: torchmetrics, which it builds on, takes seconds to import.
"""

from typing import TYPE_CHECKING, Any

from nccourse.metrics.collapse import neural_collapse
from nccourse.metrics.decisions import accuracy, decision_scores, unbiased_accuracy, uniform_accuracy
from nccourse.metrics.definitions import CollapseValues
from nccourse.metrics.feature_properties import compactness, separability
from nccourse.metrics.imbalanced import ImbalancedCollapseValues, imbalanced_collapse
from nccourse.metrics.open_set import auroc, oscr

if TYPE_CHECKING:
    from nccourse.metrics.streaming import NeuralCollapse

__all__ = [
    "CollapseValues",
    "ImbalancedCollapseValues",
    "NeuralCollapse",
    "accuracy",
    "auroc",
    "compactness",
    "decision_scores",
    "imbalanced_collapse",
    "neural_collapse",
    "oscr",
    "separability",
    "unbiased_accuracy",
    "uniform_accuracy",
]


def __getattr__(name: str) -> Any:
    if name == "NeuralCollapse":
        from nccourse.metrics.streaming import NeuralCollapse

        return NeuralCollapse
    raise AttributeError(f"module 'nccourse.metrics' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
