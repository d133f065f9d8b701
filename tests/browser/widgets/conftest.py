"""Every widget of the course in one notebook, a cell each."""

from __future__ import annotations

import pytest

RECORDED = """
import numpy as np
rng, labels = np.random.default_rng(0), np.repeat(np.arange(3), 6)
corners = np.linalg.qr(rng.normal(size=(5, 5)))[0][:3]
share = np.linspace(0.1, 1, 41)[:, None, None]
features = share * corners[labels] + (1 - share) * rng.normal(size=(18, 5))
means = np.stack([features[:, labels == k].mean(axis=1) for k in range(3)], axis=1)
curves = {"nc1": np.geomspace(1, 1e-8, 41), "nc4": np.linspace(0.5, 0, 41)}
recorded = {"W": means, "features": features, "labels": labels, "curves": curves}
collapse_player = widgets.collapse_player(np.arange(41) * 10, means, **recorded)
"""
NAMES = (
    "etf_viewer",
    "gamma_explorer",
    "convergence_lab",
    "network_lab",
    "bias_lab",
    "loss_lab",
    "landscape_lab",
    "imbalance_lab",
    "minority_lab",
    "pull_push",
)
SOURCES = {
    **{name: f"{name} = widgets.{name}()" for name in NAMES},
    "network_lab": "network_lab = widgets.network_lab(epochs=2)",
    "collapse_player": RECORDED,
}


@pytest.fixture(scope="session")
def board(start_lab, show, tmp_path_factory):
    """All widgets, shown: name -> widget."""
    with start_lab(tmp_path_factory.mktemp("board")) as lab:
        yield show(lab, SOURCES)


@pytest.fixture(params=SOURCES)
def widget(request, board, screenshots):
    """Each widget as it started; afterwards nothing has been complained of, and a screenshot is left."""
    shown = board[request.param]
    shown.press_button("Reset", "Enter")
    yield shown
    shown.root.screenshot(path=screenshots / f"{shown.name}.png")
    assert shown.lab.complaints() == []
