from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nccourse.widgets import collapse_player
from nccourse.widgets.collapse_player import CollapsePlayer


@pytest.fixture(scope="module")
def player(recorded_run: dict[str, Any]) -> CollapsePlayer:
    return collapse_player(**recorded_run)


@pytest.mark.parametrize("snapshot", [0, 4, 8])
@pytest.mark.parametrize("angle", [-90.0, 0.0, 90.0])
def test_every_snapshot_is_drawn_from_every_side_with_its_metrics(
    player: CollapsePlayer, recorded_run: dict[str, Any], snapshot: int, angle: float
) -> None:
    player.set(snapshot=snapshot, azimuth=2 * angle, elevation=angle)
    assert player.problem is None
    assert player.readout["Snapshot"] == f"{snapshot + 1} of 9, epoch {10 * snapshot}"
    assert float(player.readout["NC1"]) == pytest.approx(recorded_run["curves"]["nc1"][snapshot], rel=1e-3)


def test_it_opens_at_the_last_snapshot_which_is_shown_whole(recorded_run: dict[str, Any]) -> None:
    panel = collapse_player(**recorded_run)
    assert panel.readout["Snapshot"].startswith("9 of 9")
    assert panel.readout["In view"].startswith("100%")


def test_snapshots_differ(player: CollapsePlayer) -> None:
    pictures = set()
    for snapshot in range(9):
        player.set(snapshot=snapshot)
        pictures.add(player._image.value)
    assert len(pictures) == 9


def test_gaps_in_a_curve_are_drawn(recorded_run: dict[str, Any]) -> None:
    curve = np.geomspace(1, 1e-3, 9)
    curve[2] = np.nan
    panel = collapse_player(**recorded_run | {"curves": {"nc2": curve}})
    panel.set(snapshot=2)
    assert panel.readout["NC2"] == "nan"
    assert panel.problem is None


def test_play_starts_and_pauses_the_clock_and_reset_stops_it(player: CollapsePlayer) -> None:
    assert player._play.description == "Play"
    player._play.click()
    assert (player._clock.playing, player._play.description) == (True, "Pause")
    player._play.click()
    assert (player._clock.playing, player._play.description) == (False, "Play")
    player._play.click()
    player.set(snapshot=0)
    player._reset.click()
    assert (player._clock.playing, player.values["snapshot"]) == (False, 8)
