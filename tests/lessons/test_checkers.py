"""Every exercise's checker, tried on the answers in ``checkers_NN.py``.

Each exercise needs a reference, a variant that is right in another way, at least three plausible mistakes
with words their reason must hold, and the untouched stub.
"""

import runpy
from pathlib import Path

import pytest

from nccourse.exercises import Verdict, all_exercises, evaluate

KEYS = {"reference", "variant", "mistakes", "stub"}
MINIMUM_MISTAKES = 3

TRIALS = {
    key: trial
    for path in sorted(Path(__file__).parent.glob("checkers_*.py"))
    for key, trial in runpy.run_path(str(path))["TRIALS"].items()
}


def each(part):
    return [pytest.param(key, trial[part], id=key) for key, trial in TRIALS.items() if part in trial]


MISTAKES = [
    pytest.param(key, answer, phrase, id=f"{key}-{number}")
    for key, trial in TRIALS.items()
    for number, (answer, phrase) in enumerate(trial.get("mistakes", ()))
]


def test_every_exercise_has_its_trials_and_every_trial_its_exercise():
    assert set(TRIALS) == set(all_exercises())


@pytest.mark.parametrize("key", TRIALS)
def test_trials_are_complete(key):
    trial = TRIALS[key]
    assert set(trial) == KEYS
    assert len(trial["mistakes"]) >= MINIMUM_MISTAKES
    assert all(phrase.strip() for _, phrase in trial["mistakes"]), "every mistake names words of its reason"


@pytest.mark.parametrize(("key", "answer"), each("reference"))
def test_reference_is_right(key, answer):
    outcome = evaluate(key, answer)
    assert outcome.verdict is Verdict.RIGHT, outcome.reason


@pytest.mark.parametrize(("key", "answer"), each("variant"))
def test_variant_is_right(key, answer):
    outcome = evaluate(key, answer)
    assert outcome.verdict is Verdict.RIGHT, outcome.reason


@pytest.mark.parametrize(("key", "answer"), each("stub"))
def test_stub_is_not_attempted(key, answer):
    assert evaluate(key, answer).verdict is Verdict.NOT_ATTEMPTED


@pytest.mark.parametrize(("key", "answer", "phrase"), MISTAKES)
def test_mistake_says_why(key, answer, phrase):
    outcome = evaluate(key, answer)
    assert outcome.verdict in (Verdict.WRONG, Verdict.ERROR)
    assert phrase in outcome.reason


@pytest.mark.parametrize("key", TRIALS)
def test_the_checker_bears_any_answer(key):
    for answer in (None, "text", 10**400, object(), [], {}, lambda: None, float("nan")):
        assert evaluate(key, answer).verdict is not Verdict.RIGHT
