"""Paper B's expressions against an independent numeric minimizer."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.symbolic import K, b, bce_regularized
from nccourse.symbolic.errata_b import offcentre_objective
from nccourse.theory import regularized


def test_the_offcentred_example():
    numeric = regularized.minimizer("bce", 4, 2, 0.01, 0.02, 0.05)
    assert float(offcentre_objective()) == pytest.approx(numeric.objective, rel=1e-12)
    centred = regularized.minimizer("bce", 4, 2, 0.01, 0.02, 0.05, dim=3)
    assert centred.objective == pytest.approx(0.718525, abs=1e-6)
    assert numeric.objective < centred.objective


@given(classes=st.integers(3, 8), strength=st.floats(0.01, 0.1))
@settings(max_examples=15, deadline=None)
def test_the_free_bias_minimizer(classes, strength):
    values = {K: classes, bce_regularized.STRENGTH: strength}
    numeric = regularized.minimizer("bce", classes, 1, strength, strength)
    gap = float(bce_regularized.free_bias_gap().subs(values))
    assert numeric.positive_score - numeric.negative_score == pytest.approx(gap, rel=1e-9)
    assert numeric.bias == pytest.approx(float(bce_regularized.free_bias().subs(values)), abs=1e-9)


def test_the_objective_is_least_at_the_offcentred_point():
    c, decay = bce_regularized.STRENGTH, bce_regularized.BIAS_DECAY
    numbers = {K: 4, c: sp.Rational(1, 50), decay: sp.Rational(1, 20)}
    place = {bce_regularized.GAP: bce_regularized.offcentre_gap().subs(numbers), b: sp.Rational(2, 5)}
    place[bce_regularized.OFFSET] = (4 * (bce_regularized.effective_bias() - sp.Rational(2, 5))).subs(numbers)
    objective = bce_regularized.objective().subs(numbers)
    variables = (bce_regularized.GAP, bce_regularized.OFFSET, b)
    gradient = [abs(sp.diff(objective, v).subs(place).evalf(30)) for v in variables]
    assert max(gradient) < 1e-25
    hessian = sp.hessian(objective, variables).subs(place).evalf(30)
    assert all(hessian[:i, :i].det() > 0 for i in (1, 2, 3))
