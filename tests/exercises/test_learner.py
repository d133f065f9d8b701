"""What a learner sees: never an exception, every outcome in words, strict runs excepted."""

import json

import pytest

from nccourse import exercises
from nccourse.exercises import Verdict, evaluate, learner, solutions
from nccourse.exercises.display import Card
from nccourse.exercises.learner import UnsolvedExerciseError


def crash(x):
    return 1 / 0


CASES = [
    ("97.1", 4, "Right: exercise 97.1, Sum\nTwo pairs make four."),
    (
        "97.1",
        5,
        "Not yet: exercise 97.1, Sum\n"
        'The sum: expected another number, got 5. Stuck? `exercises.hint("97.1")`',
    ),
    ("97.1", ..., "Not attempted: exercise 97.1, Sum\nReplace the ... by your answer."),
    ("97.1", (4, ...), "Not attempted"),
    ("97.1", {"a": [...]}, "Not attempted"),
    ("97.3", lambda x: ..., "Not attempted: exercise 97.3, Function\nThe function still returns ..."),
    (
        "97.3",
        crash,
        "Your code raised an error: exercise 97.3, Function\nZeroDivisionError: division by zero (in crash",
    ),
    ("97.2", 1, "The checker of exercise 97.2 failed\nThat is our fault, not yours"),
    ("97.9", 1, "This cannot be checked\nexercise: expected one of 97.1, 97.2, 97.3, got '97.9'"),
    (97, 1, "This cannot be checked"),
    (None, 1, "This cannot be checked"),
]


@pytest.mark.parametrize(("exercise_id", "answer", "shown"), CASES)
def test_check_shows_and_never_raises(exercise_id, answer, shown, capsys, monkeypatch):
    monkeypatch.delenv(learner.STRICT, raising=False)
    assert exercises.check(exercise_id, answer) is None
    assert capsys.readouterr().out.startswith(shown)


@pytest.mark.parametrize(("exercise_id", "answer", "shown"), CASES)
def test_a_strict_check_raises_unless_right(exercise_id, answer, shown, monkeypatch):
    monkeypatch.setenv(learner.STRICT, "1")
    if shown.startswith("Right"):
        exercises.check(exercise_id, answer)
    else:
        with pytest.raises(UnsolvedExerciseError, match=f"exercise {exercise_id}: expected a right answer"):
            exercises.check(exercise_id, answer)


def test_check_without_an_answer_is_not_attempted(capsys):
    exercises.check("97.1")
    assert capsys.readouterr().out.startswith("Not attempted")


def test_evaluate_shows_nothing_and_lets_a_fault_of_the_checker_through(capsys):
    assert evaluate("97.1", 4).verdict is Verdict.RIGHT
    assert evaluate("97.3", crash).verdict is Verdict.ERROR
    with pytest.raises(KeyError):
        evaluate("97.2", 1)
    assert capsys.readouterr().out == ""


def test_hints_come_one_by_one_and_the_last_stays(capsys, monkeypatch):
    monkeypatch.setattr(learner, "_hints_shown", learner.Counter())
    shown = []
    for _ in range(4):
        exercises.hint("97.1")
        shown.append(capsys.readouterr().out)
    assert [text.splitlines()[0] for text in shown[:3]] == [
        f"Hint {k} of 3: exercise 97.1" for k in (1, 2, 3)
    ]
    assert "Count" in shown[0]
    assert 'exercises.solution("97.1")' not in shown[1]
    assert 'exercises.solution("97.1")' in shown[2]
    assert shown[3] == shown[2]


@pytest.mark.parametrize("ask", [exercises.hint, exercises.solution])
def test_an_unknown_exercise_is_answered_politely(ask, capsys):
    ask("nonsense")
    assert "expected one of" in capsys.readouterr().out


def test_solution_shows_the_recorded_code(capsys, monkeypatch, tmp_path):
    (tmp_path / "solutions.json").write_text(json.dumps({"97.1": "answer = 2 + 2"}))
    monkeypatch.setattr(solutions, "files", lambda _: tmp_path)
    exercises.solution("97.1")
    assert "answer = 2 + 2" in capsys.readouterr().out
    exercises.solution("97.2")
    assert "None is recorded" in capsys.readouterr().out


def test_html_is_announced_escaped_and_folds_the_code():
    html = Card("Title <b>", "text with `code` & more", code="if a < b: pass")._repr_html_()
    assert html.startswith('<div role="status"')
    assert "Title &lt;b&gt;" in html
    assert "<code>code</code> &amp; more" in html
    assert "<details><summary>Show it (spoiler)</summary><pre><code>if a &lt; b: pass" in html


@pytest.mark.parametrize(("answer", "verdict"), [(4, "Right"), (5, "Not yet"), (..., "Not attempted")])
def test_html_says_the_verdict_in_words(answer, verdict):
    html = learner.outcome_card(exercises.find("97.1"), evaluate("97.1", answer))._repr_html_()
    assert f"<strong>{verdict}: exercise 97.1, Sum</strong>" in html
