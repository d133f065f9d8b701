"""Layer 3: train networks and watch them collapse."""

from nccourse.training.config import TrainConfig
from nccourse.training.recording import Snapshot
from nccourse.training.result import TrainResult
from nccourse.training.sweeps import sweep
from nccourse.training.trainer import train

__all__ = ["Snapshot", "TrainConfig", "TrainResult", "sweep", "train"]
