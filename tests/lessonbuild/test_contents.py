"""The table of contents and the map's data: what is on disk, with the learner's own progress."""

import pytest

from nccourse import exercises, plots
from nccourse.lessonbuild import contents, part_of, stops
from nccourse.lessonbuild.parts import PARTS

HEADER = """# ---
# jupyter:
#   nccourse:
#     title: {title}
#     objectives: [see $K$, say so]
#     prerequisites: {before}
#     minutes: 7
#     profiles:
#       ci: {{time: 1 s, memory: 1 GB}}
#       laptop: {{time: 1 s, memory: 1 GB}}
#       gpu: {{time: 1 s, memory: 1 GB}}
#     papers: []
#     theorems: []
# ---

# %%
answer = 1
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A course of three lessons and a playground, and a learner of its own."""
    monkeypatch.setenv("NCCOURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("NCCOURSE_STRICT", raising=False)
    monkeypatch.setenv("NCCOURSE_HOME", str(tmp_path))
    folder = tmp_path / "lessons" / "source"
    folder.mkdir(parents=True)
    for name, before in (
        ("02_two", '["sums"]'),
        ("04_four", '["02_two", "03_missing"]'),
        ("09_nine", '["02_two", "04_four"]'),
        ("yard", "[]"),
    ):
        (folder / f"{name}.py").write_text(HEADER.format(title=f"On {name}", before=before))


@pytest.mark.usefixtures("small")
def test_stops_hold_numbers_prerequisites_on_disk_and_progress():
    exercises.progress.remember("02.1")
    found = stops()
    assert [(stop.number, stop.before) for stop in found] == [
        ("02", ()),
        ("04", ("02",)),
        ("09", ("02", "04")),
    ]
    assert (found[0].solved, found[0].exercises) == (1, len(exercises.of_lesson("02")))
    assert found[1].solved == 0
    plots.course_map(found)


@pytest.mark.usefixtures("small")
def test_a_strict_run_shows_nobodys_progress(monkeypatch):
    exercises.progress.remember("02.1")
    monkeypatch.setenv("NCCOURSE_STRICT", "1")
    assert stops()[0].solved == 0


@pytest.mark.usefixtures("small")
def test_contents_are_grouped_and_linked():
    exercises.progress.remember("02.1")
    text = contents()
    parts = [line.strip("*") for line in text.splitlines() if line.startswith("**")]
    assert parts == ["Foundations", "Theory", "Experiments", "Laboratory"]
    total = len(exercises.of_lesson("02"))
    assert f"- [02 · On 02_two](02_two.ipynb) (7 minutes, 1 of {total} solved): see $K$; say so." in text
    assert "- [On yard](yard.ipynb) (7 minutes): see $K$; say so." in text


def test_no_lesson_is_in_two_parts():
    numbers = [number for part in PARTS.values() for number in part]
    assert len(numbers) == len(set(numbers))
    assert part_of("99") == "Experiments"
