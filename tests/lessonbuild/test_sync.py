"""Each way in which a generated file can be out of step, without running anything."""

import nbformat
import pytest

from nccourse.lessonbuild import differences, find_master
from nccourse.lessonbuild.notebooks import generate


def give_output(notebook):
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", name="stdout", text="2")]


def change_kernel(notebook):
    notebook.metadata.kernelspec.name = "python311"


def drop_cell(notebook):
    del notebook.cells[1]


def retag(notebook):
    notebook.cells[2].metadata.tags = ["hidden"]


def reidentify(notebook):
    notebook.cells[2].id = "another"


def edit(notebook):
    notebook.cells[2].source += "\nmore = 1"


def leave(notebook):
    pass


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (leave, None),
        (give_output, "lessons/99_toy.ipynb holds outputs"),
        (change_kernel, "lessons/99_toy.ipynb: metadata differ"),
        (drop_cell, "lessons/99_toy.ipynb: 7 cells instead of 8"),
        (retag, "lessons/99_toy.ipynb: metadata of cell 2 differs"),
        (reidentify, "lessons/99_toy.ipynb: id of cell 2 differs"),
        (edit, "lessons/99_toy.ipynb: source of cell 2 differs"),
    ],
)
def test_a_lesson_out_of_step_says_how(toy, change, found):
    master = find_master("99", toy.course)
    notebook = generate(master, "lesson")
    change(notebook)
    nbformat.write(notebook, master.lesson.notebook)
    said = [text for text in differences("99", toy.course) if text.startswith("lessons/")]
    assert said == ([f"{found}; run `nccourse build 99`"] if found else [])


def test_missing_and_unexecuted_files_are_named(toy):
    master = find_master("99", toy.course)
    assert [text.split(";")[0] for text in differences("99", toy.course)] == [
        "lessons/99_toy.ipynb is missing",
        "solutions/99_toy.ipynb is missing",
        "solutions.json: solutions of lesson 99 differ",
    ]
    master.lesson.solution.parent.mkdir()
    nbformat.write(generate(master, "solution"), master.lesson.solution)
    assert "solutions/99_toy.ipynb has not been executed" in " ".join(differences("99", toy.course))
