"""The set-up: instant when done, plain about what is missing, never half done."""

import ast
import importlib.util
import os
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """The script as a module of a project in an empty folder; installing is recorded, not done."""
    for name in ("bootstrap.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    spec = importlib.util.spec_from_file_location("bootstrap", tmp_path / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda place: Usage(1e12, 0, 1e12))
    module.commands = []
    monkeypatch.setattr(module, "call", lambda command: module.commands.append(command[1:3]))
    module.states = []
    monkeypatch.setattr(module, "install", lambda start: module.states.append(module.recorded()))
    return module


def pretend_environment(bootstrap, state):
    """An environment with an interpreter and uv, and this on record."""
    os.makedirs(bootstrap.BIN)
    for name in (bootstrap.PYTHON, os.path.join(bootstrap.BIN, "uv")):
        Path(name).touch(mode=0o755)
    if state is not None:
        bootstrap.record(state)


def created(bootstrap):
    return ["-m", "venv"] in bootstrap.commands


def test_old_pythons_can_read_it():
    ast.parse((ROOT / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_from_nothing_it_creates_installs_and_records(bootstrap):
    assert bootstrap.main() == 0
    assert created(bootstrap)
    assert bootstrap.states == [bootstrap.IDENTITY + bootstrap.UNFINISHED]
    assert bootstrap.recorded() == bootstrap.IDENTITY + bootstrap.fingerprint()


def test_when_done_it_does_nothing(bootstrap, capsys):
    pretend_environment(bootstrap, bootstrap.IDENTITY + bootstrap.fingerprint())
    assert bootstrap.main() == 0
    assert bootstrap.states == bootstrap.commands == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_updates_in_place(bootstrap, name):
    pretend_environment(bootstrap, bootstrap.IDENTITY + bootstrap.fingerprint())
    with open(os.path.join(bootstrap.ROOT, name), "a") as file:
        file.write("\n# changed\n")
    assert bootstrap.main() == 0
    assert len(bootstrap.states) == 1
    assert not created(bootstrap)


def test_an_interrupted_first_set_up_starts_over(bootstrap):
    pretend_environment(bootstrap, bootstrap.IDENTITY + bootstrap.UNFINISHED)
    left = Path(bootstrap.VENV, "left-over")
    left.touch()
    bootstrap.main()
    assert created(bootstrap)
    assert not left.exists()


def test_an_interrupted_update_keeps_the_environment(bootstrap):
    pretend_environment(bootstrap, bootstrap.IDENTITY + bootstrap.UPDATING)
    bootstrap.main()
    assert len(bootstrap.states) == 1
    assert not created(bootstrap)


def test_another_interpreter_or_place_starts_over(bootstrap):
    pretend_environment(bootstrap, "Python 3.2 in elsewhere\n" + bootstrap.fingerprint())
    bootstrap.main()
    assert created(bootstrap)


def test_an_environment_of_the_user_is_kept_and_completed(bootstrap):
    pretend_environment(bootstrap, None)
    mine = Path(bootstrap.VENV, "mine")
    mine.touch()
    bootstrap.main()
    assert len(bootstrap.states) == 1
    assert mine.exists()


def test_a_failed_install_is_not_recorded_as_done(bootstrap, monkeypatch):
    def fail(start):
        raise SystemExit("no network")

    monkeypatch.setattr(bootstrap, "install", fail)
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert bootstrap.recorded() == bootstrap.IDENTITY + bootstrap.UNFINISHED


def no_disk(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda place: Usage(1e12, 0, 1e9))


def no_venv_module(bootstrap, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)


def broken_environment(bootstrap, monkeypatch):
    os.makedirs(bootstrap.VENV)


@pytest.mark.parametrize(
    ("lacking", "message"),
    [(no_disk, "1.0 GB free"), (no_venv_module, "no venv module"), (broken_environment, "move it away")],
)
def test_what_is_missing_is_said_before_anything_changes(bootstrap, monkeypatch, capsys, lacking, message):
    lacking(bootstrap, monkeypatch)
    assert bootstrap.main() == 1
    assert message in capsys.readouterr().err
    assert bootstrap.states == bootstrap.commands == []


def test_an_old_python_hands_over_to_a_newer_one(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(
        bootstrap.shutil, "which", lambda name: f"/bin/{name}" if name == "python3.12" else None
    )
    called = []
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command: called.append(command[0]) or 0)
    assert bootstrap.main() == 0
    assert called == ["/bin/python3.12"]


def test_an_old_python_alone_says_so(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    assert bootstrap.main() == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("printed", "phase"),
    [
        ("Resolved 3 packages in 1s", "downloading"),
        ("Prepared 3 packages", "installing"),
        ("junk", "resolving"),
    ],
)
def test_progress_names_the_phase(bootstrap, printed, phase):
    progress = bootstrap.Progress(0)
    progress.note(printed)
    assert f" {phase}: " in progress.line()
