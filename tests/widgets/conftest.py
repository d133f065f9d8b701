from __future__ import annotations

from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="session")
def recorded_run() -> dict[str, Any]:
    """Features of three classes gathering at the corners of a triangle in five dimensions."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 6)
    corners = np.linalg.qr(rng.normal(size=(5, 5)))[0][:3]
    share = np.linspace(0.1, 1, 9)[:, None, None]
    features = share * corners[labels] + (1 - share) * rng.normal(size=(18, 5))
    means = np.stack([features[:, labels == k].mean(axis=1) for k in range(3)], axis=1)
    curves = {"nc1": np.geomspace(1, 1e-9, 9), "nc4": np.linspace(0.5, 0, 9)}
    record = {
        "steps": np.arange(9) * 10,
        "class_means": means,
        "W": means,
        "features": features,
        "labels": labels,
    }
    return record | {"curves": curves}
