"""Layer 2: networks that show their features, and classifier heads with one sign convention."""

from nccourse.models.cnn import CNN
from nccourse.models.heads import CosineHead, ETFHead, Head, LinearHead, balanced_lengths
from nccourse.models.mlp import MLP
from nccourse.models.network import Backbone, BatchNormalized, Network
from nccourse.models.registry import HEADS, NAMES, build

__all__ = [
    "CNN",
    "HEADS",
    "MLP",
    "NAMES",
    "Backbone",
    "BatchNormalized",
    "CosineHead",
    "ETFHead",
    "Head",
    "LinearHead",
    "Network",
    "balanced_lengths",
    "build",
]
