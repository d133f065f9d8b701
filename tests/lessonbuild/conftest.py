"""A small course in a temporary folder, with one lesson and its exercise."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from nccourse import exercises
from nccourse.lessonbuild import Course

HEADER = """\
# ---
# jupyter:
#   nccourse:
#     title: A toy
#     objectives:
#       - add two numbers
#       - check the sum
#     prerequisites: ["98_before", sums]
#     minutes: 5
#     profiles:
#       ci: {time: 1 s, memory: 1 GB}
#       laptop: {time: 1 s, memory: 1 GB}
#       gpu: {time: 1 s, memory: 1 GB}
#     papers: [A]
#     theorems: [A Theorem 1]
# ---

"""

BODY = """\
# %% [markdown]
# ## Question
# How much is $1 + 1$?

# %% tags=["parameters"]
size = 2
scale = 1.5
label = "toy"

# %%
import sys

import nccourse.exercises

sys.path_importer_cache.clear()
nccourse.exercises.__path__.append("EXERCISES")

from nccourse import exercises

# %% [markdown]
# ## Exercises
#
# ### {{exercise 99.1}}
# Add.

# %% tags=["exercise"]
# begin solution
answer = 1 + 1
# stub
# answer = ...  # your sum
# end solution
exercises.check("99.1", answer)

# %% tags=["nbval-check-output"]
print(label, size * scale)

# %% [markdown]
# ## Recap
# Two.
#
# ## References
# None.
"""

EXERCISES = """\
from nccourse.exercises import exercise, expect_number


@exercise("99.1", title="Sum", difficulty=1, minutes=1, hints=("Count.", "On fingers.", "Both hands."))
def total(answer):
    return expect_number(answer, 2, name="the sum")
"""


class Toy:
    """The course and a way to rewrite its only master."""

    def __init__(self, root: Path) -> None:
        self.course = Course(root)
        self.course.source.mkdir(parents=True)
        self.master = self.course.source / "99_toy.py"
        self.exercises = root / "defined"
        self.exercises.mkdir()
        (self.exercises / "lesson_99.py").write_text(EXERCISES)
        self.body = BODY.replace("EXERCISES", str(self.exercises))
        self.write()

    def write(self, *changes: tuple[str, str]) -> None:
        text = HEADER + self.body
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.master.write_text(text)

    def define(self, patch: pytest.MonkeyPatch) -> None:
        """Let this process find the exercises, as the lesson's own cell does for its kernel."""
        patch.setattr(exercises, "__path__", [*exercises.__path__, str(self.exercises)])
        # Executed from its text: a temporary file of the package would turn up in the coverage report.
        module = ModuleType("nccourse.exercises.lesson_99")
        exec(EXERCISES, vars(module))
        patch.setitem(sys.modules, module.__name__, module)


@pytest.fixture(scope="session")
def make_toy() -> type[Toy]:
    return Toy


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    toy = Toy(tmp_path)
    toy.define(monkeypatch)
    return toy
