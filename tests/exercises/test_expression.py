"""Expressions: any equivalent form, symbols by name, exactness asked for."""

import pytest
import sympy as sp

from nccourse.exercises import expect_expression

K = sp.Symbol("K", integer=True, positive=True)
g = sp.Symbol("gamma", positive=True)
plain_K, plain_g = sp.symbols("K gamma")
LOSS = sp.log(1 + (K - 1) * sp.exp(-g * K / (K - 1)))


@pytest.mark.parametrize(
    "answer",
    [
        LOSS,
        sp.log(1 + (plain_K - 1) * sp.exp(-plain_g * plain_K / (plain_K - 1))),
        -sp.log(1 / (1 + (K - 1) * sp.exp(-g * (1 + 1 / (K - 1))))),
        sp.expand_log(LOSS - sp.log(2)) + sp.log(2),
    ],
    ids=["same", "other assumptions", "other form", "split logarithm"],
)
def test_equivalent_forms_are_right(answer):
    assert expect_expression(answer, LOSS)


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        (sp.log(1 + K * sp.exp(-g * K / (K - 1))), "expected another expression in K, gamma"),
        (LOSS + sp.Symbol("z"), "got one in K, gamma, z"),
        ("log(K)", "got str 'log(K)'"),
        (sp.Eq(K, g), "expected an expression"),
        (True, "got bool True"),
        (None, "is a return missing?"),
        (sp.Matrix([LOSS]), "expected an expression"),
        (LOSS * (1 + sp.Float("1e-10")), "contains decimals"),
        (sp.nan, "expected an expression"),
        (sp.oo, "expected an expression"),
        (0, "got 0"),
    ],
    ids=str,
)
def test_wrong_forms_say_why(answer, phrase):
    outcome = expect_expression(answer, LOSS, name="the loss")
    assert not outcome
    assert outcome.reason.startswith("the loss: ")
    assert phrase in outcome.reason


def test_assumptions_of_the_reference_decide():
    assert expect_expression(sp.sqrt(plain_K**2), K)
    assert not expect_expression(sp.sqrt(sp.Symbol("x") ** 2), sp.Symbol("x"))


def test_a_domain_narrows_where_the_identity_must_hold():
    x = sp.Symbol("x")
    assert not expect_expression(sp.Abs(x), x)
    assert expect_expression(sp.Abs(x), x, domain={"x": (1, 2)})


def test_matrices_compare_entry_by_entry():
    gram = sp.eye(2) * K
    assert expect_expression(sp.Matrix([[plain_K, 0], [0, plain_K**2 / plain_K]]), gram)
    assert "got shape (1, 2)" in expect_expression(sp.Matrix([[K, 0]]), gram).reason
    assert "another matrix of shape (2, 2)" in expect_expression(sp.ones(2, 2) * K, gram).reason


def test_symbolic_sums_and_unknown_functions_are_compared():
    j = sp.Symbol("j", integer=True)
    assert expect_expression(sp.Sum(j, (j, 1, K)), K * (K + 1) / 2)
    f = sp.Function("f")
    assert expect_expression(f(K) + f(K), 2 * f(K))
    assert not expect_expression(f(K), 2 * f(K))


def test_a_likely_mistake_gets_its_sentence():
    mistakes = [(-LOSS, "Mind the sign."), (sp.eye(2), "Not a matrix.")]
    assert expect_expression(-LOSS, LOSS, mistakes=mistakes).reason.endswith("Mind the sign.")
