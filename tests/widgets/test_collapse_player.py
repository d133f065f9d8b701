from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nccourse.widgets import collapse_player


@pytest.mark.parametrize("snapshot", [0, 4, 8])
@pytest.mark.parametrize("angle", [-90.0, 0.0, 90.0])
def test_every_snapshot_is_drawn_from_every_side_with_its_metrics(
    recorded_run: dict[str, Any], snapshot: int, angle: float
) -> None:
    panel = collapse_player(**recorded_run)
    panel.set(snapshot=snapshot, azimuth=2 * angle, elevation=angle)
    assert panel.problem is None
    assert panel.readout["Snapshot"] == f"{snapshot + 1} of 9, epoch {10 * snapshot}"
    assert float(panel.readout["NC1"]) == pytest.approx(recorded_run["curves"]["nc1"][snapshot], rel=1e-3)


def test_it_opens_at_the_last_snapshot_which_is_shown_whole(recorded_run: dict[str, Any]) -> None:
    panel = collapse_player(**recorded_run)
    assert panel.readout["Snapshot"].startswith("9 of 9")
    assert panel.readout["In view"].startswith("100%")


def test_snapshots_differ(recorded_run: dict[str, Any]) -> None:
    panel = collapse_player(**recorded_run)
    pictures = set()
    for snapshot in range(9):
        panel.set(snapshot=snapshot)
        pictures.add(panel._image.value)
    assert len(pictures) == 9


def test_gaps_in_a_curve_are_drawn(recorded_run: dict[str, Any]) -> None:
    curve = np.geomspace(1, 1e-3, 9)
    curve[2] = np.nan
    panel = collapse_player(**recorded_run | {"curves": {"nc2": curve}})
    panel.set(snapshot=2)
    assert panel.readout["NC2"] == "nan"
    assert panel.problem is None
