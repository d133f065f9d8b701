"""Experiments: every one runs, compares, judges and draws; the interface as lessons use it."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.figure import Figure

from nccourse.errors import InputTypeError, InputValueError, MissingDataError
from nccourse.experiments import PROFILES, entries, get, ids, recorded, side_by_side, verdicts
from nccourse.experiments.experiment import KINDS
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows

from .conftest import shortened


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """Cells that experiments share are run once."""
    return tmp_path_factory.mktemp("results")


@pytest.mark.parametrize("name", ids())
def test_every_experiment_runs_at_ci(name, ledger):
    experiment = get(name)
    if experiment.study is not None:
        experiment = replace(experiment, study=tuple(map(shortened, experiment.studies)))
    result = experiment.run("ci", results=ledger)
    comparison = result.compare()
    assert {"quantity", "paper", "ours", "sd", "seeds", "profile", "verdict"} <= set(comparison.columns)
    assert comparison.attrs["claim"] == experiment.claim
    assert result.verdict.reason
    assert len(side_by_side(comparison)) or experiment.kind == "illustration"
    assert name in repr(result)
    if experiment.figure is not None:
        assert isinstance(result.figure(), Figure)
        assert experiment.alt


@pytest.mark.parametrize("name", ids())
def test_every_experiment_says_what_it_is(name):
    experiment = get(name)
    assert experiment.id == name
    assert experiment.kind == entries()[name].kind
    assert experiment.title == entries()[name].title
    assert experiment.claim.endswith(".")
    assert (experiment.kind == "run") == bool(experiment.studies)
    assert (".fig" not in name) or experiment.figure is not None
    for study in experiment.studies:
        assert study.id in entries()
        for profile in study.profiles:
            grid = study.grid(profile)
            assert grid.about
            cells = grid.cells(seed=0)
            assert len({cell.key for cell in cells}) == len(cells) > 0


def test_every_table_and_figure_of_the_papers_is_defined():
    assert ids() == tuple(entries())
    assert len(ids()) == 57


def test_studies_of_one_name_are_one():
    by_name = {}
    for name in ids():
        for study in get(name).studies:
            assert by_name.setdefault(study.id, study) is study


def test_57_tables_and_figures_are_catalogued():
    assert len(entries()) == 57
    assert {entry.kind for entry in entries().values()} == set(KINDS)
    papers = {paper: sum(name.startswith(paper) for name in entries()) for paper in "ABCDE"}
    assert papers == {"A": 27, "B": 7, "C": 10, "D": 3, "E": 10}


def test_a_comparison_lays_paper_and_ours_side_by_side(experiment):
    comparison = experiment.run("ci", seed=[0, 2]).compare()
    assert list(comparison.columns) == [
        *("loss", "scale", "quantity", "paper", "ours", "sd", "seeds", "profile", "verdict")
    ]
    row = comparison[(comparison.loss == "bce") & (comparison.scale == 8)].iloc[0]
    assert (row.paper, row.ours, row.seeds, row.profile, row.verdict) == (0.997, 9.0, 2, "ci", "holds")
    assert row.sd == pytest.approx(math.sqrt(2))
    assert comparison.attrs["about"] == "nothing at all"


def test_one_seed_has_no_deviation(experiment):
    assert experiment.run("ci").compare().sd.isna().all()


def test_the_ledger_gives_the_same_comparison(experiment, tmp_path):
    ran = experiment.run("ci", seed=1, results=tmp_path)
    pd.testing.assert_frame_equal(experiment.compare(results=tmp_path), ran.compare())


def test_the_largest_recorded_profile_is_compared(experiment, tmp_path):
    experiment.run("ci", results=tmp_path)
    experiment.run("gpu", schedule="short", results=tmp_path)
    recorded = experiment.recorded(results=tmp_path)
    assert recorded.profile == "gpu"
    assert recorded.provenance()["schedule"] == "short"
    assert experiment.recorded("ci", results=tmp_path).profile == "ci"


def test_states(experiment, tmp_path):
    assert [experiment.state(p, results=tmp_path) for p in PROFILES] == ["runs", "not applicable", "runs"]
    experiment.run("ci", results=tmp_path)
    assert experiment.state("ci", results=tmp_path) == "recorded"


def test_what_is_not_recorded_says_how_to_run_it(experiment, tmp_path):
    with pytest.raises(MissingDataError, match=r"nccourse reproduce A\.table5 --profile ci"):
        experiment.compare(results=tmp_path)


def test_a_figure_that_is_not_there_is_explained(experiment):
    with pytest.raises(InputValueError, match="compare"):
        experiment.run("ci").figure()


def test_no_seed_is_refused(experiment):
    with pytest.raises(InputTypeError, match="seed"):
        experiment.run("ci", seed=[])


def test_an_unknown_experiment_is_explained():
    with pytest.raises(
        InputValueError, match=r"nccourse list experiments.*got 'A\.table55'; try 'A\.table5'"
    ):
        get("A.table55")


def test_an_experiment_is_registered_once_and_as_what_it_is(experiment):
    for wrong, words in (
        (experiment, "not defined yet"),
        (replace(experiment, id="A.table12"), "catalogue"),
        (replace(experiment, id="B.fig1"), "illustration"),
    ):
        with pytest.raises(InputValueError, match=words):
            register(wrong)


def test_rows_must_name_all_keys_of_the_paper(experiment):
    rows = Rows(("loss", "scale"), {"compactness": "compactness"}, "A.table5")
    with pytest.raises(InputValueError, match="optimizer"):
        rows(experiment.run("ci").records)


def test_side_by_side_shows_words_and_gaps():
    rows = {
        "setting": [1, 2],
        "quantity": ["optimizer"] * 2,
        "paper": ["sgd", "adamw"],
        "ours": ["sgd", math.nan],
    }
    shown = side_by_side(pd.DataFrame(rows).assign(sd=math.nan))
    assert shown["optimizer", "ours"].tolist() == ["sgd", "–"]


@pytest.mark.parametrize(
    ("value", "deviation", "shown"),
    [
        (94.6, 1.7e-14, "94.6 ± 0"),
        (94.6, 0.0, "94.6 ± 0"),
        (94.6, 0.0049, "94.6 ± 0"),
        (94.6, 0.0051, "94.6 ± 0.0051"),
        (-0.25, 0.01, "-0.25 ± 0.01"),
        (3e-9, 2e-9, "3e-09 ± 2e-09"),
        (0.0, 1e-3, "0 ± 0.001"),
        (12.0, math.nan, "12"),
    ],
)
def test_a_deviation_below_the_rounding_of_its_value_is_none(value, deviation, shown):
    row = {"loss": "ce", "quantity": "accuracy", "paper": 90.0, "ours": value, "sd": deviation}
    assert side_by_side(pd.DataFrame([row]))["accuracy", "ours"].tolist() == [shown]


def test_what_is_recorded_of_several_says_how_to_make_the_rest(tmp_path, monkeypatch, capsys):
    get("E.fig4").run("ci", seed=range(2), results=tmp_path)
    monkeypatch.setenv("NCCOURSE_RESULTS", str(tmp_path))
    found = recorded("A.fig2", "E.fig4", "B.fig1")
    assert list(found) == ["E.fig4", "B.fig1"]
    assert "A.fig2" in capsys.readouterr().out
    assert found["E.fig4"].origin.startswith("ci, 2 seeds, ")
    assert found["B.fig1"].origin == "nothing is run"
    shown = verdicts(found).to_html()
    assert get("E.fig4").claim in shown
    assert str(found["E.fig4"].verdict) in shown
