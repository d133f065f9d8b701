"""Reading masters and finding them."""

import pytest

from nccourse.errors import MissingDataError
from nccourse.lessonbuild import LessonError, find_course, find_master, lessons


def test_cells_know_their_line(toy):
    lines = toy.master.read_text().splitlines()
    master = find_master("99", toy.course)
    assert len(master.cells) == 7
    for cell in master.cells:
        assert lines[cell.line - 1].startswith("# %%")
        for number, text in cell.lines:
            assert lines[number - 1].removeprefix("# " if cell.kind == "markdown" else "").strip("#") in text


def test_the_header_describes_the_lesson(toy):
    (lesson,) = lessons(toy.course)
    assert (lesson.number, lesson.name, lesson.title, lesson.minutes) == ("99", "99_toy", "A toy", 5)
    assert lesson.objectives == ("add two numbers", "check the sum")
    assert lesson.prerequisites == ("98_before", "sums")
    assert (lesson.papers, lesson.theorems) == (("A",), ("A Theorem 1",))
    assert lesson.profiles["ci"].memory == "1 GB"
    assert lesson.notebook == toy.course.root / "lessons" / "99_toy.ipynb"
    assert lesson.solution == toy.course.root / "solutions" / "99_toy.ipynb"


def test_lessons_come_in_order_and_drafts_are_ignored(toy):
    (toy.course.source / "03_earlier.py").write_text(toy.master.read_text())
    (toy.course.source / "_draft.py").touch()
    assert [lesson.number for lesson in lessons(toy.course)] == ["03", "99"]


@pytest.mark.parametrize("name", ["99", "99_toy", "lessons/source/99_toy.py", "99_toy.ipynb"])
def test_a_lesson_is_found_by_any_of_its_names(toy, name):
    assert find_master(name, toy.course).lesson.name == "99_toy"


@pytest.mark.parametrize("digits", ["3", "03"])
def test_a_single_digit_will_do(toy, digits):
    (toy.course.source / "03_earlier.py").write_text(toy.master.read_text())
    assert find_master(digits, toy.course).lesson.number == "03"


@pytest.mark.parametrize("name", ["98", "toy", "", "9"])
def test_an_unknown_lesson_lists_the_known(toy, name):
    with pytest.raises(LessonError, match="lesson: expected one of 99_toy, got"):
        find_master(name, toy.course)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("#     title: A toy\n", "", "header: expected nccourse: with"),
        ("#     title: A toy", "#     title: A toy\n#     colour: red", "header: expected nccourse: with"),
        ("title: A toy", "title: 3", "header: title: expected words, got 3"),
        ("      - check the sum\n", "\n", "header: objectives: expected a list of at least 2"),
        ("minutes: 5", "minutes: soon", "header: minutes: expected an integer >= 1, got 'soon'"),
        ("minutes: 5", "minutes: 0", "header: minutes: expected an integer >= 1, got 0"),
        ("papers: [A]", "papers: A", "header: papers: expected a list"),
        ('["98_before", sums]', "[98]", "header: prerequisites: expected a list"),
        ("laptop: {", "desktop: {", "header: profiles: expected ci, laptop, gpu"),
        ("gpu: {time: 1 s, memory: 1 GB}", "gpu: {time: 1 s}", "header: profiles: expected {time"),
        (
            "gpu: {time: 1 s, memory: 1 GB}",
            "gpu: {time: 1, memory: 1 GB}",
            "header: profiles: expected {time",
        ),
        ("# ---\n\n", "# ---\n\nimport this\n\n", "cells: expected every cell after its own `# %%` line"),
    ],
)
def test_a_wrong_header_is_named(toy, old, new, what):
    toy.write((old, new))
    with pytest.raises(LessonError, match=r"^99_toy\.py: ") as caught:
        lessons(toy.course)
    assert what in str(caught.value)


def test_a_master_without_header_is_refused(toy):
    toy.master.write_text("# %%\nx = 1\n")
    with pytest.raises(LessonError, match="header: expected nccourse:"):
        lessons(toy.course)


def test_the_course_is_found_from_within(toy, monkeypatch):
    assert find_course(toy.course.source).root == toy.course.root
    monkeypatch.chdir(toy.course.lessons)
    monkeypatch.delenv("NCCOURSE_HOME", raising=False)
    assert find_course().root == toy.course.root
    monkeypatch.chdir("/")
    monkeypatch.setenv("NCCOURSE_HOME", str(toy.course.root))
    assert find_course().root == toy.course.root


def test_outside_a_course_the_way_back_is_named(tmp_path):
    with pytest.raises(
        MissingDataError, match=r"course: expected .*lessons/source.*try setting NCCOURSE_HOME"
    ):
        find_course(tmp_path)
