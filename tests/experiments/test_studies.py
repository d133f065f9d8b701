"""Grids and studies: which cells there are, and that a finished one is never run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from nccourse.errors import InputValueError
from nccourse.experiments.cell import Cell, Grid
from nccourse.experiments.ledger import Ledger
from nccourse.experiments.study import Study


def test_a_grid_has_a_cell_for_each_combination():
    grid = Grid({"epochs": 3}, {"loss": ("ce", "bce"), "scale": (1, 8, 64)})
    cells = grid.cells(seed=4)
    assert [tuple(cell.coordinates.values()) for cell in cells] == [
        (loss, scale) for loss in ("ce", "bce") for scale in (1, 8, 64)
    ]
    assert all(cell.setting == {"epochs": 3, **cell.coordinates} and cell.seed == 4 for cell in cells)
    assert len({cell.key for cell in cells} | {cell.key for cell in grid.cells(seed=5)}) == 12


def test_coordinates_can_stand_for_fields_and_leave_cells_out():
    def adapt(coordinates):
        return None if coordinates["bias"] == "none" else {"bias_mean": float(coordinates["bias"])}

    cells = Grid({}, {"bias": ("none", "0", "5")}, adapt).cells(seed=0)
    assert [cell.setting for cell in cells] == [{"bias_mean": 0.0}, {"bias_mean": 5.0}]
    assert [cell.coordinates for cell in cells] == [{"bias": "0"}, {"bias": "5"}]


def test_a_key_depends_on_setting_and_seed_alone():
    cell = Cell({"loss": "ce"}, {"loss": "ce", "widths": [1, 2]}, 0)
    assert cell.key == Cell({}, {"widths": [1, 2], "loss": "ce"}, 0, "full").key
    assert cell.key != Cell({}, {"widths": [2, 1], "loss": "ce"}, 0).key


def test_a_grid_without_axes_is_one_cell():
    assert [cell.setting for cell in Grid({"epochs": 3}).cells(0)] == [{"epochs": 3}]


def test_settings_must_be_plain():
    with pytest.raises(TypeError):
        Grid({"thing": object()}).cells(0)


def test_finished_cells_are_not_run_again(study, runner, tmp_path):
    first = study.run("ci", [0], results=tmp_path)
    assert len(runner.ran) == len(first) == 4
    both = study.run("ci", [0, 1], results=tmp_path)
    assert [cell.seed for cell in runner.ran] == [0] * 4 + [1] * 4
    assert both[:4] == first


def test_a_stopped_grid_goes_on_where_it_was(study, runner, tmp_path):
    runner.stop_before = 3
    with pytest.raises(KeyboardInterrupt):
        study.run("ci", [0], results=tmp_path)
    assert len(Ledger(tmp_path).read("A.table5", "ci")) == 3
    runner.stop_before = None
    assert len(study.run("ci", [0], results=tmp_path)) == 4
    assert len(runner.ran) == 4


def test_without_a_folder_nothing_is_kept(study, runner):
    study.run("ci", [0])
    study.run("ci", [0])
    assert len(runner.ran) == 8
    assert runner.options.checkpoints is None


def test_only_lasting_cells_keep_their_state(study, runner, tmp_path):
    study.run("ci", [0], results=tmp_path)
    assert runner.options.checkpoints is None
    study.run("gpu", [0], results=tmp_path)
    assert runner.options.checkpoints == tmp_path / "checkpoints" / "A.table5" / "gpu"


def test_schedules_have_cells_of_their_own(study, tmp_path):
    full, short = study.run("gpu", [0], results=tmp_path), study.run("gpu", [0], "short", results=tmp_path)
    assert {entry["schedule"] for entry in full} == {"full"}
    assert {entry["schedule"] for entry in short} == {"short"}
    assert study.recorded("gpu", "short", results=tmp_path) == short
    assert study.recorded("gpu", results=tmp_path) == full


def test_only_complete_seeds_count_as_recorded(study, runner, tmp_path):
    runner.stop_before = 6
    with pytest.raises(KeyboardInterrupt):
        study.run("ci", [0, 1], results=tmp_path)
    assert {entry["seed"] for entry in study.recorded("ci", results=tmp_path)} == {0}


def test_records_of_an_older_grid_do_not_count(study, runner, tmp_path):
    study.run("ci", [0], results=tmp_path)
    changed = Study(study.id, runner, {"ci": study.grid("ci").changed({"epochs": 4})})
    assert changed.recorded("ci", results=tmp_path) == []


@pytest.mark.parametrize(
    ("profile", "schedule", "words"),
    [
        ("laptop", None, "it costs nothing anyway"),
        ("huge", None, "'ci', 'laptop', 'gpu'"),
        ("gpu", "reduced", "'full', 'short'"),
    ],
)
def test_what_there_is_not_is_explained(study, profile, schedule, words):
    with pytest.raises(InputValueError) as caught:
        study.run(profile, [0], schedule)
    assert words in str(caught.value)


def test_a_negative_seed_is_refused(study):
    with pytest.raises(InputValueError) as caught:
        study.run("ci", [-1])
    assert caught.value.what == "seed"


PROGRAM = """
import sys, time
from nccourse.experiments.cell import Grid
from nccourse.experiments.study import Outcome, Study

class Slow:
    def run(self, cells, on_outcome, options):
        for cell in cells:
            time.sleep(0.05)
            on_outcome(cell, Outcome({"square": cell.setting["x"] ** 2}, cell.setting, "none", 0.05))

Study("A.table5", Slow(), {"ci": Grid({}, {"x": range(24)})}).run("ci", [0], results=sys.argv[1])
"""


def test_a_kill_leaves_whole_records_and_the_grid_goes_on(tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    folder = tmp_path / "A.table5" / "ci"
    while len(list(folder.glob("*.json"))) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    assert 2 <= len(before) < 24
    entries = [json.loads(content) for content in before.values()]
    assert all(entry["metrics"]["square"] == entry["coordinates"]["x"] ** 2 for entry in entries)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    after = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    assert len(after) == 24
    assert {name: after[name] for name in before} == before
