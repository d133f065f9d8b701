"""Numbers: relative tolerance, any numeric type, a reason that does not give the answer away."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.exercises import Verdict, expect_number

FINITE = st.floats(min_value=-1e6, max_value=1e6).filter(lambda x: abs(x) > 1e-6)


@pytest.mark.parametrize(
    "answer",
    [0.25, Fraction(1, 4), sp.Rational(1, 4), np.float64(0.25), np.array([0.25]), torch.tensor(0.25)],
    ids=lambda answer: type(answer).__name__,
)
def test_every_numeric_type_is_accepted(answer):
    assert expect_number(answer, sp.Rational(1, 4))


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        ("0.25", "got str '0.25'"),
        (None, "is a return missing?"),
        (True, "got bool True"),
        (0.25 + 0j, "got complex"),
        ([0.25], "got list"),
        (np.array([0.25, 0.25]), "got an array of shape (2,)"),
        (sp.Symbol("x"), "got x"),
        (10**400, "got an integer of very many digits"),
        (float("nan"), "got nan"),
        (float("inf"), "got inf"),
        (sp.I, "got I"),
    ],
    ids=str,
)
def test_what_is_no_number_is_named(answer, got):
    outcome = expect_number(answer, 0.25, name="the cosine")
    assert outcome.verdict is Verdict.WRONG
    assert outcome.reason.startswith("the cosine: expected a number, ")
    assert got in outcome.reason


@settings(max_examples=50, deadline=None)
@given(exact=FINITE, share=st.floats(min_value=-3, max_value=3))
def test_tolerance_is_relative(exact, share):
    tolerance = 1e-3
    if abs(abs(share) - 1) > 1e-6:
        accepted = bool(expect_number(exact * (1 + share * tolerance), exact, tolerance=tolerance))
        assert accepted == (abs(share) < 1)


@settings(max_examples=50, deadline=None)
@given(exact=FINITE, answer=FINITE)
def test_a_reason_never_shows_the_exact_value(exact, answer):
    outcome = expect_number(answer, exact)
    if not outcome and f"{answer:.6g}" != f"{exact:.6g}":
        assert f"{exact:.6g}" not in outcome.reason.replace(f"{answer:.6g}", "")


def test_zero_takes_the_tolerance_as_absolute():
    assert expect_number(1e-10, 0)
    assert not expect_number(1e-8, 0)


def test_a_tiny_value_is_not_accepted_as_zero():
    assert not expect_number(0.0, 1e-30)


def test_a_likely_mistake_gets_its_sentence():
    mistakes = [(0.5, "Mind the sign."), (0.75, "Mind the factor.")]
    assert expect_number(0.75, 0.25, mistakes=mistakes).reason.endswith("Mind the factor.")
    assert "Mind" not in expect_number(0.6, 0.25, mistakes=mistakes).reason
