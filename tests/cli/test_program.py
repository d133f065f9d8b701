"""The command line as a whole: help, errors, interruption, fast start."""

import subprocess
import sys

import pytest

from nccourse.cli import doctor, main
from nccourse.cli.program import parser

COMMANDS = parser()._subparsers._group_actions[0].choices
HEAVY = ("torch", "zmq", "numpy", "sympy", "nbformat", "nbconvert", "papermill", "jupytext", "pandas")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_explains_and_gives_an_example(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    examples = shown.split("examples:\n")[1].strip().splitlines()
    assert all(line.strip().startswith(f"nccourse {name}") for line in examples)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_parse(name):
    for line in COMMANDS[name].epilog.splitlines()[1:]:
        assert callable(parser().parse_args(line.split()[1:]).action)


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["run", "--profile", "huge"]])
def test_nonsense_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: nccourse" in capsys.readouterr().err


def test_starting_imports_nothing_heavy():
    code = f"import sys, nccourse.cli.program; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_error_is_one_line(capsys, tmp_path, monkeypatch):
    monkeypatch.delenv("NCCOURSE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["list"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("nccourse: course: expected a folder that holds lessons/source")
    assert message.count("\n") == 1


def test_ctrl_c_is_one_line(capsys, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "CHECKS", (interrupted,))
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err.strip() == "nccourse: interrupted; what was finished is kept"


def test_the_package_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "nccourse", "--version"], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("nccourse ")
