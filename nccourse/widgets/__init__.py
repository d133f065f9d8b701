"""Widgets of the course: each lives in JupyterLab and leaves a picture and its read-out everywhere else."""

from nccourse.widgets.bias_lab import bias_lab
from nccourse.widgets.collapse_player import collapse_player
from nccourse.widgets.convergence_lab import convergence_lab
from nccourse.widgets.etf_viewer import etf_viewer
from nccourse.widgets.gamma_explorer import gamma_explorer
from nccourse.widgets.imbalance_lab import imbalance_lab
from nccourse.widgets.landscape_lab import landscape_lab
from nccourse.widgets.loss_lab import loss_lab
from nccourse.widgets.minority_lab import minority_lab
from nccourse.widgets.network_lab import NetworkLab, network_lab
from nccourse.widgets.panel import Panel
from nccourse.widgets.pull_push import pull_push

__all__ = [
    "NetworkLab",
    "Panel",
    "bias_lab",
    "collapse_player",
    "convergence_lab",
    "etf_viewer",
    "gamma_explorer",
    "imbalance_lab",
    "landscape_lab",
    "loss_lab",
    "minority_lab",
    "network_lab",
    "pull_push",
]
