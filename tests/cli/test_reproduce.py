"""nccourse reproduce, and the list of experiments."""

import pytest

from nccourse import experiments
from nccourse.cli import main
from nccourse.experiments.study import Study


def test_experiments_are_listed_one_a_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("NCCOURSE_RESULTS", str(tmp_path))
    assert main(["list", "experiments"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(experiments.ids())
    table = next(line for line in lines if line.startswith("A.table5 "))
    assert "ci runs" in table
    assert "laptop runs" in table
    assert table.endswith(experiments.get("A.table5").title)


def test_a_refit_shows_the_paper_beside_ours_and_saves_its_figure(capsys, tmp_path):
    assert main(["reproduce", "A.fig16", "--results", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "27.14" in shown
    assert "verdict: holds" in shown
    figure = tmp_path / "figures" / "A.fig16-ci.png"
    assert f"figure:  {figure}" in shown
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_settings_are_printed(capsys, tmp_path):
    assert main(["reproduce", "A.table4", "--results", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "learning_rate" in shown
    assert "verdict: holds: 84 of 84" in shown


def test_seeds_schedule_and_cluster_reach_the_study(monkeypatch, tmp_path):
    asked = {}

    def run(self, profile, seeds, schedule, **options):
        asked.update(options, profile=profile, seeds=list(seeds), schedule=schedule)
        raise KeyboardInterrupt

    monkeypatch.setattr(Study, "run", run)
    options = ["--profile", "gpu", "--seeds", "3", "--schedule", "short", "--ray", "auto"]
    assert main(["reproduce", "A.table5", *options, "--results", str(tmp_path)]) == 130
    assert asked == {
        "profile": "gpu",
        "seeds": [0, 1, 2],
        "schedule": "short",
        "results": tmp_path,
        "progress": True,
        "ray": "auto",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["A.table99"], ["'A.table99'", "nccourse list experiments"]),
        (["a.Table5"], ["'a.Table5'", "try 'A.table5'"]),
        (["A.table5", "--seeds", "0"], ["--seeds", "at least 1", "got 0"]),
        (["A.table5", "--profile", "gpu", "--schedule", "reduced"], ["'full', 'short'", "'reduced'"]),
    ],
)
def test_bad_input_says_what_was_expected_and_got(capsys, tmp_path, arguments, words):
    assert main(["reproduce", *arguments, "--results", str(tmp_path)]) == 2
    message = capsys.readouterr().err
    assert all(word in message for word in words)
    assert not list(tmp_path.iterdir())


def test_where_the_results_lie_is_said(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("NCCOURSE_RESULTS", str(tmp_path / "mine"))
    assert main(["reproduce", "D.fig3"]) == 0
    assert capsys.readouterr().out.endswith(f"results: {tmp_path / 'mine'}\n")
    assert list((tmp_path / "mine").glob("*/ci/*.json"))


def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(Study, "run", lambda *arguments, **options: pytest.fail("it ran"))
    (tmp_path / "file").write_text("")
    assert main(["reproduce", "A.table5", "--results", str(tmp_path / "file" / "results")]) == 2
    message = capsys.readouterr().err
    assert message.startswith("nccourse: --results: expected a folder to write to, got ")
    assert message.endswith("(Not a directory); try another one\n")
