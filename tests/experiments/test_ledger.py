"""The ledger: what a record must say, and every record of results/."""

from __future__ import annotations

import json
import math

import pytest

from nccourse.errors import InputValueError
from nccourse.experiments import Ledger, get, ids, results_folder
from nccourse.experiments.ledger import read_record
from nccourse.experiments.record import MOST_BYTES, check, plain_metrics, table


@pytest.fixture
def entry(study):
    return study.run("ci", [0])[0]


def test_a_record_says_where_it_comes_from(entry):
    assert entry["experiment"] == "A.table5"
    assert entry["commit"]
    assert {"python", "nccourse", "torch"} <= set(entry["versions"])
    assert entry["date"].endswith("Z")
    assert check(entry) == entry


@pytest.mark.parametrize("field", ["metrics", "seed", "commit", "versions", "data", "device", "key"])
def test_a_missing_field_is_named(entry, field):
    del entry[field]
    with pytest.raises(InputValueError, match=f"'{field}'"):
        check(entry)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("seed", "0", "int"),
        ("seed", True, "int"),
        ("schedule", "long", "full, short, reduced"),
        ("status", "interrupted", "completed"),
        ("metrics", {"nc1": True}, "a number"),
        ("metrics", {"curves": {"nc1": [0.5, "much", []]}, "nc1": object()}, "a number"),
        ("metrics", {"scale": 1.0}, "no coordinate's name"),
        ("extra", 1, "no field but"),
    ],
)
def test_a_wrong_field_is_explained(entry, field, value, words):
    with pytest.raises(InputValueError, match=words):
        check({**entry, field: value})


def test_what_is_no_object_is_no_record():
    with pytest.raises(InputValueError, match="an object"):
        check([])


def test_writing_and_reading_give_the_same(entry, tmp_path):
    path = Ledger(tmp_path).write(entry)
    assert path == tmp_path / "A.table5" / "ci" / f"{entry['key']}.json"
    assert Ledger(tmp_path).read("A.table5", "ci") == {entry["key"]: entry}
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_changed_file_is_read_again(entry, tmp_path):
    path = Ledger(tmp_path).write(entry)
    read_record(path)
    path.write_text("{")
    with pytest.raises(InputValueError, match="deleting it"):
        read_record(path)


def test_metrics_become_plain():
    metrics = {"nc1": 0.123456789, "epoch": 20.0, "bad": math.inf, "curves": {"nc1": [1, math.nan]}}
    plain = {"nc1": 0.123457, "epoch": 20, "bad": None, "curves": {"nc1": [1, None]}}
    assert plain_metrics(metrics) == plain
    json.dumps(plain, allow_nan=False)


def test_a_table_has_coordinates_and_metrics(study):
    frame = table(study.run("ci", [0, 1]))
    assert list(frame.columns) == ["loss", "scale", "seed", "status", "compactness", "worst"]
    assert frame.worst.isna().all()
    assert len(frame) == 8


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("NCCOURSE_RESULTS", str(tmp_path))
    assert results_folder() == tmp_path


def test_every_recorded_result_is_a_record_of_a_cell_there_is():
    studies = {study.id: study for name in ids() for study in get(name).studies}
    for path in Ledger():
        entry = read_record(path)
        study, profile = studies[entry["experiment"]], entry["profile"]
        assert path == Ledger().folder / study.id / profile / f"{entry['key']}.json"
        assert path.stat().st_size < MOST_BYTES
        cells = study.cells(profile, [entry["seed"]], entry["schedule"])
        found = [cell for cell in cells if cell.key == entry["key"]]
        assert found, f"{path} is of a setting that is no longer run: delete it"
        assert dict(found[0].coordinates) == entry["coordinates"]
