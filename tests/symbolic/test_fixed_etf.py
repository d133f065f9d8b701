"""Paper E's expressions against projected gradient steps in floats and a numeric minimizer."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from nccourse import geometry
from nccourse.symbolic import K, fixed_etf, imbalanced, statements
from nccourse.symbolic.fixed_etf import COSINE, FEATURE_ENERGY, STEP, WEIGHT_ENERGY
from nccourse.theory.fixed_etf import dot_regression_factor

SETTINGS = [(4, 1, 1, 5), (10, 4, 4, 5), (3, 2, 1, 2)]


def weights(classes, energy, dim):
    return np.sqrt(energy) * geometry.simplex_etf(classes, dim).numpy()


def step(h, W, rate, energy, loss="ce"):
    """One projected gradient step of a feature of class 0."""
    if loss == "ce":
        p = np.exp(W @ h)
        gradient = (p / p.sum() - np.eye(len(W))[0]) @ W
    else:
        scale = np.linalg.norm(W[0]) * np.sqrt(energy)
        gradient = (W[0] @ h / scale - 1) * W[0]
    moved = h - rate * gradient
    return moved * min(1, np.sqrt(energy) / np.linalg.norm(moved))


def at_angle(W, theta, direction, energy):
    own = W[0] / np.linalg.norm(W[0])
    return np.sqrt(energy) * (np.cos(theta) * own + np.sin(theta) * direction)


def angle(h, W):
    return np.arctan2(np.linalg.norm(h - (h @ W[0]) * W[0] / (W[0] @ W[0])), h @ W[0] / np.linalg.norm(W[0]))


def direction(W, inside):
    """A unit vector orthogonal to w_0, within the span of the weights or orthogonal to it."""
    difference = (W[1] - W[2]) if inside else np.linalg.svd(W)[2][-1]
    return difference / np.linalg.norm(difference)


def evaluated(expression, classes, weight_energy, feature_energy, rate):
    values = {K: classes, WEIGHT_ENERGY: weight_energy, FEATURE_ENERGY: feature_energy, STEP: rate}
    return float(expression.subs(values))


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("inside", [False, True])
def test_cross_entropy_contracts_by_the_factor(setting, inside):
    classes, weight_energy, feature_energy, rate = setting
    W = weights(classes, weight_energy, classes + 1)
    h = at_angle(W, 1e-5, direction(W, inside), feature_energy)
    contraction = angle(step(h, W, rate, feature_energy), W) / 1e-5
    factor = fixed_etf.in_span_factor if inside else fixed_etf.out_of_span_factor
    expected = evaluated(factor(fixed_etf.pull()), *setting)
    assert contraction == pytest.approx(abs(expected), rel=1e-4)


@given(theta=st.floats(0.05, 1.5), setting=st.sampled_from(SETTINGS))
@settings(max_examples=20, deadline=None)
def test_cross_entropy_out_of_span_is_exact_at_every_angle(theta, setting):
    classes, weight_energy, feature_energy, rate = setting
    W = weights(classes, weight_energy, classes + 1)
    h = at_angle(W, theta, direction(W, inside=False), feature_energy)
    move = evaluated(fixed_etf.pull(sp.Float(np.cos(theta))), *setting)
    reached = angle(step(h, W, rate, feature_energy), W)
    assert np.tan(reached) == pytest.approx(np.sin(theta) / (np.cos(theta) + move), rel=1e-10)
    optimum = at_angle(W, 0, direction(W, inside=False), feature_energy)
    number = ((step(h, W, rate, feature_energy) - optimum) ** 2).sum() / ((h - optimum) ** 2).sum()
    symbolic = fixed_etf.regularity(sp.Float(move), sp.Float(np.cos(theta)))
    assert number == pytest.approx(float(symbolic), rel=1e-9)
    dot = dot_regression_factor(np.cos(theta))
    assert (number < dot) == (move > 1 - np.cos(theta))


@given(theta=st.floats(0.01, 1.5))
@settings(max_examples=20, deadline=None)
def test_dot_regression_follows_its_solution(theta):
    W, rate = weights(4, 2.0, 5), np.sqrt(3.0 / 2.0)
    h = at_angle(W, theta, direction(W, inside=True), 3.0)
    for _ in range(50):
        h = step(h, W, rate, 3.0, "dr")
    assert np.sin(angle(h, W)) ** -2 == pytest.approx(50 + np.sin(theta) ** -2, rel=1e-9)
    symbolic = fixed_etf.regularity(1 - COSINE).subs(COSINE, sp.Float(np.cos(theta)))
    assert dot_regression_factor(np.cos(theta)) == pytest.approx(float(symbolic), rel=1e-12)


@pytest.mark.parametrize("relative", [0.5, 1.0, 3.0])
def test_no_fixed_step_makes_dot_regression_linear(relative):
    W = weights(4, 1.0, 5)
    h = at_angle(W, 1.0, direction(W, inside=False), 1.0)
    for _ in range(4000):
        h = step(h, W, relative, 1.0, "dr")
    assert angle(h, W) ** 2 * 4000 == pytest.approx(1 / relative, rel=0.01)


@pytest.mark.parametrize(("classes", "energy"), [(10, 4.0), (4, 1.0)])
def test_the_best_step(classes, energy):
    W, curvature = weights(classes, energy, classes), energy / (classes - 1)
    unit = evaluated(fixed_etf.pull(), classes, energy, energy, 1)

    def worst(g):
        rate = g / unit
        return max(
            angle(step(at_angle(W, 1e-5, direction(W, inside), energy), W, rate, energy), W) / 1e-5
            for inside in (False, True)
        )

    expected = curvature / (curvature + 2)
    assert worst(2 / curvature) == pytest.approx(expected, rel=1e-3)
    assert min(worst(1.8 / curvature), worst(2.2 / curvature)) > expected


@pytest.mark.parametrize(("classes", "weight_energy", "feature_energy"), [(3, 1.0, 2.0), (5, 2.0, 1.0)])
def test_the_minimizer_is_along_the_weight(classes, weight_energy, feature_energy):
    W = weights(classes, weight_energy, classes)
    found = minimize(
        lambda h: np.log(np.exp(W @ h).sum()) - W[0] @ h,
        0.1 * np.ones(classes),
        constraints={"type": "ineq", "fun": lambda h: feature_energy - h @ h},
        options={"ftol": 1e-14},
    )
    assert found.x == pytest.approx(np.sqrt(feature_energy / weight_energy) * W[0], abs=1e-5)
    minimum = imbalanced.class_loss(-K / (K - 1) * fixed_etf.LENGTHS)
    assert found.fun == pytest.approx(evaluated(minimum, classes, weight_energy, feature_energy, 1), abs=1e-9)


def test_paper_e_is_complete():
    theorems = {entry.id for entry in statements(paper="E", kind="theorem")}
    assert theorems == {"E.Thm1", "E.Thm2"}
    errata = [entry.id for entry in statements(paper="E", kind="erratum")]
    assert errata == [f"E.Erratum{i}" for i in range(1, 8)]
