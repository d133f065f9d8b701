"""``nccourse doctor``: each problem is found, and comes with what to do."""

import sys
from collections import namedtuple
from importlib.metadata import PackageNotFoundError, version

import pytest

from nccourse import data
from nccourse.cli import diagnosis, doctor, main
from nccourse.cli.diagnosis import State

Usage = namedtuple("Usage", "total used free")


def instead(name, answer):
    """A ``version`` that answers for one package; None means that it is not installed."""

    def lookup(package):
        if package != name:
            return version(package)
        if answer is None:
            raise PackageNotFoundError(package)
        return answer

    return lookup


def worst(check):
    findings = list(check())
    return max(findings, key=lambda finding: list(State).index(finding.state))


def test_a_good_machine_passes(course, capsys):
    assert main(["doctor"]) == 0
    printed = capsys.readouterr().out
    assert "Everything essential works." in printed
    assert all(word in printed for word in ("Python", "torch", "Device", "digits", "ipywidgets", "GB free"))


def test_brief_leaves_out_what_is_well(course, capsys):
    assert main(["doctor", "--brief"]) == 0
    printed = capsys.readouterr().out
    assert "Everything essential works." in printed
    assert not any(line.startswith("ok") for line in printed.splitlines())


def test_one_essential_problem_fails(course, capsys, monkeypatch):
    monkeypatch.setattr(diagnosis, "version", instead("sympy", None))
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "BROKEN  sympy: not installed\n        -> make setup" in printed
    assert "1 essential problem" in printed


@pytest.mark.parametrize(
    ("name", "answer", "check", "words"),
    [
        ("torch", "1.0", "packages", ">=2.11"),
        ("numpy", None, "packages", "not installed"),
        ("jupyterlab_widgets", "1.0.0", "widgets", "do not match"),
        ("jupyterlab_widgets", None, "widgets", "not installed"),
    ],
)
def test_wrong_versions_are_broken(monkeypatch, name, answer, check, words):
    monkeypatch.setattr(diagnosis, "version", instead(name, answer))
    finding = worst(getattr(diagnosis, check))
    assert finding.state is State.BROKEN
    assert words in finding.found
    assert finding.advice


def test_a_front_end_that_jupyterlab_cannot_find_is_broken(monkeypatch, tmp_path):
    monkeypatch.setattr(diagnosis, "_extensions", lambda: [tmp_path])
    assert worst(diagnosis.widgets).state is State.BROKEN


@pytest.mark.parametrize(
    ("current", "state"),
    [
        ((3, 10, 1), State.BROKEN),
        ((3, 11, 0), State.GOOD),
        ((3, 13, 9), State.GOOD),
        ((3, 15, 0), State.NOTE),
    ],
)
def test_python_versions(monkeypatch, current, state):
    monkeypatch.setattr(sys, "version_info", current)
    assert worst(diagnosis.python).state is state


def test_missing_downloads_are_a_note_with_the_command(monkeypatch):
    sets = [
        data.Description("digits", "scikit-learn", True, ""),
        data.Description("mnist", "x", False, "get it"),
    ]
    monkeypatch.setattr(data, "describe", lambda: sets)
    finding = worst(diagnosis.data)
    assert (finding.state, finding.found) == (State.NOTE, "not here: mnist")
    assert "get it" in finding.advice


def test_a_missing_packaged_set_is_broken(monkeypatch):
    monkeypatch.setattr(data, "describe", lambda: [data.Description("digits", "scikit-learn", False, "")])
    assert worst(diagnosis.data).state is State.BROKEN


def test_a_full_disk_and_no_browser_are_notes(course, monkeypatch):
    monkeypatch.setattr(diagnosis.shutil, "disk_usage", lambda place: Usage(1e9, 1e9, 1e6))
    monkeypatch.setattr(diagnosis, "find_browser", lambda: None)
    for check in (diagnosis.course, diagnosis.browser):
        assert worst(check).state is State.NOTE
        assert worst(check).advice


def test_outside_a_course_is_a_note(monkeypatch, tmp_path):
    monkeypatch.delenv("NCCOURSE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert worst(diagnosis.course).state is State.NOTE


def test_every_check_is_run(monkeypatch):
    assert {check.__name__ for check in doctor.CHECKS} == {
        "python", "packages", "device", "data", "widgets", "course", "browser",
    }  # fmt: skip
