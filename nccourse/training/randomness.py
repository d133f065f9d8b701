"""Randomness as a function of (seed, epoch), so that there is no generator state to save."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def own_generator(device: torch.device) -> Iterator[None]:
    """Leave torch's global generators, on exit, as they were found."""
    devices = [torch.cuda.current_device()] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        yield


def seed_generator(seed: int, epoch: int) -> None:
    """Seed torch's global generators from the pair (epoch 0 is for the initial weights)."""
    # 32 bits: torch's CPU generator looks at no more of a seed.
    torch.manual_seed(int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0]))
