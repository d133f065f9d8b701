import pytest
import torch

from nccourse.data import load
from nccourse.training import TrainConfig


@pytest.fixture(scope="session")
def digits():
    """A hundred training digits and their test set."""
    train = load("digits")
    return train.select(torch.arange(100)), load("digits", train=False)


@pytest.fixture
def config():
    def make(**fields):
        small = {"epochs": 3, "batch_size": 32, "model_options": {"widths": (16, 12)}, "device": "cpu"}
        return TrainConfig(**{**small, **fields})

    return make
