"""The short commands: list, theorems, data, build, lab, and the browser they look for."""

import nbformat
import pytest

from nccourse import symbolic
from nccourse.cli import main
from nccourse.cli.browser import find_browser
from nccourse.cli.lab import command_line
from nccourse.cli.progress import ProgressLine


def test_lessons_are_listed_one_a_line(course, capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["01_passes", "02_fails"]
    assert all("7 min" in line for line in lines)


def test_theorems_are_listed_with_their_status(capsys):
    assert main(["list", "theorems"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(symbolic.statements())
    assert all(line.endswith("]") for line in lines)


def test_a_verified_theorem_passes(capsys):
    assert main(["theorems", "ETF.Gram"]) == 0
    assert capsys.readouterr().out.strip() == str(symbolic.statement("ETF.Gram"))


def test_a_regressed_theorem_fails(capsys, monkeypatch):
    from dataclasses import replace

    entry = symbolic.statement("ETF.Gram")
    weaker = next(verdict for verdict in symbolic.Verdict if verdict is not entry.status)
    monkeypatch.setattr(symbolic, "statement", lambda name: replace(entry, status=weaker))
    assert main(["theorems", "ETF.Gram"]) == 1
    assert "[REGRESSED]" in capsys.readouterr().out


def test_data_lists_and_locates(capsys, tmp_path):
    assert main(["data", "list", "--root", str(tmp_path)]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert any(line.split()[:2] == ["digits", "found"] for line in listed)
    assert any(line.split()[:2] == ["cifar10", "missing"] for line in listed)
    assert main(["data", "where", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path)


def test_packaged_sets_need_no_download(capsys):
    assert main(["data", "download", "digits"]) == 0
    assert capsys.readouterr().out.count("digits, ") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["theorems", "A.Thm99"], ["A.Thm99", "a registered statement"]),
        (["data", "download", "imagenet"], ["NAME", "'digits'", "'imagenet'"]),
        (["data", "download"], ["NAME", "'digits'"]),
        (["build", "09"], ["lesson", "01_passes", "'09'"]),
        (["build", "--check", "09"], ["lesson", "01_passes", "'09'"]),
    ],
)
def test_bad_input_says_what_was_expected_and_got(course, capsys, arguments, words):
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert all(word in message for word in words)


def test_build_says_what_it_wrote_and_then_that_nothing_changed(course, capsys):
    assert main(["build", "01"]) == 0
    assert "01_passes: wrote lessons/01_passes.ipynb" in capsys.readouterr().out
    assert nbformat.read(course / "lessons" / "01_passes.ipynb", as_version=4).cells
    assert main(["build", "01"]) == 0
    assert capsys.readouterr().out.strip() == "01_passes: unchanged"


def test_lab_serves_this_machine_alone(course):
    arguments = command_line(course, port=8890, browser=False, as_root=True)
    assert {"--ip=127.0.0.1", "--port=8890", "--no-browser", "--allow-root"} <= set(arguments)
    assert f"--ServerApp.root_dir={course}" in arguments
    assert "--LabApp.default_url=/lab/tree/lessons" in arguments
    assert not any("token" in argument for argument in arguments)


def test_lab_opens_the_first_lesson(course):
    (course / "lessons" / "00_start_here.ipynb").touch()
    arguments = command_line(course, port=8888, browser=True, as_root=False)
    assert "--LabApp.default_url=/lab/tree/lessons/00_start_here.ipynb" in arguments
    assert not {"--no-browser", "--allow-root"} & set(arguments)


def test_a_named_browser_comes_first(tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.touch(mode=0o755)
    monkeypatch.setenv("NCCOURSE_BROWSER", str(browser))
    assert find_browser() == browser


def test_progress_returns_what_the_work_returns():
    line = ProgressLine(2)
    assert line.run("01_one", lambda advance: advance(3, 12) or "done") == "done"
    assert str(line).startswith("[1/2] 01_one  ━━━━━━┄")
    assert "3/12 cells" in str(line)


def test_progress_raises_what_the_work_raises():
    with pytest.raises(ZeroDivisionError):
        ProgressLine(1).run("01_one", lambda advance: 1 / 0)
