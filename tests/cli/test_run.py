"""``nccourse run``: lessons executed, the site written, failures told."""

import nbformat
import pytest

from nccourse.cli import main
from nccourse.cli.run import distribute, parse
from nccourse.errors import NCCourseError
from nccourse.lessonbuild import find_master


def lessons(*names):
    return [find_master(name).lesson for name in names]


def test_a_failing_lesson_does_not_stop_the_others(course, capsys):
    assert main(["run", "02", "01", "--parameters", "size=5"]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("02_fails: failed after")
    assert "cell 3" in printed[0]
    assert printed[0].endswith("ZeroDivisionError: division by zero")
    assert printed[1].startswith("01_passes: passed in")
    assert printed[2].startswith("1 of 2 lessons passed")

    executed = nbformat.read(course / "build" / "executed" / "01_passes.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0].text == "size is 5\n"

    site = course / "build" / "site"
    index, failed = (site / name for name in ("index.html", "02_fails.html"))
    assert "✓ 1 passed" in index.read_text()
    assert "✗ failed · cell 3" in index.read_text()
    assert "ZeroDivisionError" in failed.read_text()
    assert "from an earlier run" not in failed.read_text()


def test_an_earlier_run_stays_on_the_site(course, capsys):
    main(["run", "02"])
    assert main(["run", "01"]) == 0
    index = (course / "build" / "site" / "index.html").read_text()
    assert "✓ 1 passed" in index
    assert "✗ 1 failed" in index


def test_output_goes_where_asked(course, tmp_path, capsys):
    output = tmp_path / "elsewhere"
    assert main(["run", "1", "--output", str(output)]) == 0
    assert str(output / "site" / "index.html") in capsys.readouterr().out
    assert (output / "site" / "01_passes.html").is_file()
    assert not (course / "build").exists()


def test_a_course_without_lessons_has_an_index(course, capsys):
    for master in (course / "lessons" / "source").iterdir():
        master.unlink()
    assert main(["run"]) == 0
    assert "No lesson has been executed yet" in (course / "build" / "site" / "index.html").read_text()


def test_ctrl_c_keeps_what_is_finished(course, capsys, monkeypatch):
    from nccourse.cli.progress import ProgressLine

    wait = ProgressLine._draw

    def interrupt_the_second(line):
        if line.number == 2:
            raise KeyboardInterrupt
        wait(line)

    monkeypatch.setattr(ProgressLine, "_draw", interrupt_the_second)
    nbformat.write(nbformat.v4.new_notebook(), course / "solutions" / "02_fails.ipynb")
    assert main(["run"]) == 130
    index = (course / "build" / "site" / "index.html").read_text()
    assert "✓ 1 passed" in index
    assert "1 not run" in index


@pytest.mark.parametrize(
    ("pair", "value"),
    [("n=6", 6), ("n=-0.5", -0.5), ("n=True", True), ("n=digits", "digits"), ("n=a=b", "a=b"), ("n=", "")],
)
def test_values_are_literals_or_text(pair, value):
    assert parse([pair]) == {"n": value}


@pytest.mark.parametrize("pair", ["n", "=3", "two words=3", "--n=3"])
def test_a_parameter_needs_a_name_and_a_value(pair):
    with pytest.raises(NCCourseError, match="--parameters: expected KEY=VALUE, got"):
        parse([pair])


def test_lessons_get_only_the_parameters_they_have(course):
    path = course / "solutions" / "02_fails.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = "profile = 'ci'\ndepth = 3"
    nbformat.write(notebook, path)
    given = distribute(lessons("01", "02"), {"size": 5, "depth": 1}, "laptop")
    assert given == {"01_passes": {"size": 5}, "02_fails": {"profile": "laptop", "depth": 1}}
    assert distribute(lessons("02"), {}, "ci") == {"02_fails": {}}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "09"], ["lesson", "one of 01_passes, 02_fails", "'09'"]),
        (["run", "--parameters", "sise=3"], ["--parameters", "one of size", "sise"]),
        (["run", "--parameters", "size=big"], ["size", "int", "'big'"]),
        (["run", "--parameters", "size"], ["--parameters", "KEY=VALUE", "size"]),
    ],
)
def test_bad_input_says_what_was_expected_and_got(course, capsys, arguments, words):
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert all(word in message for word in words)


def test_a_missing_solution_says_how_to_build_it(course, capsys):
    (course / "solutions" / "01_passes.ipynb").unlink()
    assert main(["run"]) == 2
    assert "try nccourse build 01" in capsys.readouterr().err
