"""Paper C's expressions against the torch losses, the numeric minimizers and independent numbers."""

import mpmath
import pytest
import sympy as sp
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nccourse import losses
from nccourse.symbolic import (
    K,
    contrastive,
    contrastive_lemmas,
    contrastive_theorem,
    focal,
    mean_squared,
    n,
    statements,
)
from nccourse.symbolic.bce_regularized import BIAS_DECAY, GAP, STRENGTH
from nccourse.theory import regularized

LOSSES = {
    "ce": (losses.cross_entropy, {}, contrastive.phi_smoothed(alpha=sp.Integer(0))),
    "label_smoothing": (
        losses.label_smoothing,
        {"smoothing": 0.25},
        contrastive.phi_smoothed(alpha=sp.Rational(1, 4)),
    ),
    "focal": (losses.focal_loss, {"focusing": 3.0}, focal.loss(contrastive.partition(), sp.Integer(3))),
}


def phi(loss, classes):
    return sp.lambdify(contrastive.CONTRAST, LOSSES[loss][2].subs(K, classes), "mpmath")


@pytest.mark.parametrize("loss", LOSSES)
@given(logits=st.lists(st.floats(-4, 4), min_size=2, max_size=6), equal=st.booleans())
@settings(max_examples=15, deadline=None)
def test_each_loss_lies_above_its_function_of_the_contrast(loss, logits, equal):
    if equal:
        logits = [logits[0], *[logits[1]] * (len(logits) - 1)]
    function, parameters, _ = LOSSES[loss]
    value = function(torch.tensor([logits], dtype=torch.float64), torch.tensor([0]), **parameters).item()
    contrast = sum(logits[1:]) - (len(logits) - 1) * logits[0]
    bound = float(phi(loss, len(logits))(contrast))
    assert value >= bound - 1e-12 * max(1, bound)
    if equal:
        assert value == pytest.approx(bound, rel=1e-11, abs=1e-12)


@given(
    classes=st.integers(2, 9), share=st.floats(0.02, 0.99) | st.floats(1.01, 1.5), smoothing=st.floats(0, 0.9)
)
@settings(max_examples=30, deadline=None)
def test_scale_of_the_smoothed_minimizer(classes, share, smoothing):
    strength = share * (1 - smoothing) / classes
    numeric = regularized.minimizer("label_smoothing", classes, 1, strength, strength, smoothing=smoothing)
    values = {K: classes, STRENGTH: strength, contrastive.SMOOTHING: smoothing}
    gap = float(contrastive.smoothed_gap().subs(values)) if share < 1 else 0.0
    assert numeric.trivial == (share >= 1)
    assert numeric.positive_score - numeric.negative_score == pytest.approx(gap, abs=1e-9)
    objective = contrastive_theorem.smoothed_objective().subs({**values, GAP: gap})
    assert numeric.objective == pytest.approx(float(objective), rel=1e-10)


def test_norms_and_references_of_the_scale():
    values = {
        K: 4,
        n: 2,
        contrastive_lemmas.DECAY_W: sp.Rational(1, 100),
        contrastive_lemmas.DECAY_H: sp.Rational(1, 50),
    }
    gap = contrastive.smoothed_gap(sp.Integer(0), contrastive_theorem.PRICE).subs(values)
    norm = contrastive_theorem.squared_weight_norm(gap).subs(values)
    assert abs(gap.evalf(30) - sp.Float("3.85014760171005858682095066977", 30)) < 1e-28
    assert abs(norm.evalf(30) - sp.Float("5.77522140256508788023142600466", 30)) < 1e-28
    numeric = regularized.minimizer("ce", 4, 2, 0.01, 0.02, 0.05)
    assert numeric.weight_norm**2 == pytest.approx(float(norm), rel=1e-13)


def test_the_focal_slope_and_bend_are_derivatives():
    t = mpmath.mpf("-0.7")
    function, xi = phi("focal", 5), 1 + 4 * mpmath.e ** (t / 4)
    first, second = mpmath.diff(function, t), mpmath.diff(function, t, 2)
    values = {focal.XI: sp.Float(str(xi), 30), focal.FOCUSING: 3}
    assert float(focal.slope().subs(values) / 4) == pytest.approx(float(first), rel=1e-9)
    curvature = focal.bend_factor() * focal.bend() * (focal.XI - 1) / 16
    assert float(curvature.subs(values)) == pytest.approx(float(second), rel=1e-6)
    assert float(focal.slope_at_zero().subs({K: 5, focal.FOCUSING: 3})) == pytest.approx(
        float(mpmath.diff(function, 0)), rel=1e-9
    )


@pytest.mark.parametrize(("classes", "beta"), [(4, 2), (4, 3), (10, 3), (17, 2)])
def test_the_focal_threshold_of_zero_is_second_order_below_eighteen_classes(classes, beta):
    threshold = float(focal.slope_at_zero().subs({K: classes, focal.FOCUSING: beta}))
    for factor, trivial in ((0.999, False), (1.001, True)):
        c = threshold * factor
        assert regularized.minimizer("focal", classes, 1, c, c, focusing=float(beta)).trivial == trivial


def test_the_focal_transition_at_thirty_classes():
    def trivial(c):
        return regularized.minimizer("focal", 30, 1, c, c, focusing=3.0).trivial

    assert not trivial(0.04122888)
    assert trivial(0.04122889)
    assert float(focal.slope_at_zero().subs({K: 30, focal.FOCUSING: 3})) < 0.0412


@given(
    classes=st.integers(2, 5),
    share=st.floats(0.2, 1.0),
    seed=st.integers(0, 10**6),
    size=st.floats(0.1, 3.0),
)
@settings(max_examples=25, deadline=None)
def test_no_configuration_beats_the_collapsed_one_where_the_focal_loss_is_safe(classes, share, seed, size):
    c = share / (classes - 1)
    weights, features, biases = _gaussian(classes, seed, size)
    logits = features @ weights.T - biases
    value = losses.focal_loss(logits, torch.arange(classes)) + c / 2 * (
        weights.square().sum() + features.square().sum()
    )
    assert value.item() >= regularized.minimizer("focal", classes, 1, c, c).objective - 1e-12


def _gaussian(classes, seed, size):
    generator = torch.Generator().manual_seed(seed)
    shapes = (classes, classes), (classes, classes), (classes,)
    return (size * torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)


@given(
    classes=st.integers(2, 7),
    strength=st.floats(0.01, 0.6),
    kappa=st.floats(0.3, 3),
    target=st.floats(0.5, 3),
    bias=st.sampled_from([True, False]),
)
@settings(max_examples=30, deadline=None)
def test_mean_squared_error_with_a_free_bias_and_without(classes, strength, kappa, target, bias):
    numeric = regularized.minimizer(
        "mse", classes, 1, strength, strength, kappa=kappa, beta=target, bias=bias
    )
    values = {K: classes, STRENGTH: strength, mean_squared.KAPPA: kappa, mean_squared.TARGET: target}
    scale = mean_squared.mse_gap() if bias else mean_squared.TARGET - K * STRENGTH / (2 * mean_squared.KAPPA)
    gap = float(scale.subs(values))
    assume(abs(gap) > 1e-9)
    gap = max(gap, 0.0)
    assert numeric.positive_score - numeric.negative_score == pytest.approx(gap, abs=1e-9)
    assert numeric.trivial == (gap == 0.0)
    if not bias:
        assert numeric.negative_score == pytest.approx(0, abs=1e-9)


@given(
    classes=st.integers(2, 6),
    strength=st.floats(0.05, 2),
    decay=st.floats(0, 2),
    kappa=st.floats(0.3, 3),
    target=st.floats(0.3, 3),
)
@settings(max_examples=50, deadline=None)
def test_when_mean_squared_error_collapses_to_zero(classes, strength, decay, kappa, target):
    values = {K: classes, BIAS_DECAY: decay, mean_squared.KAPPA: kappa, mean_squared.TARGET: target}
    shift = float(mean_squared.shift_at_zero().subs(values))
    gap_margin = classes * strength - 2 * (kappa * target - (kappa - 1) * shift)
    lean_margin = strength - decay * shift
    assume(min(abs(gap_margin), abs(lean_margin)) > 1e-9)
    numeric = regularized.minimizer("mse", classes, 1, strength, strength, decay, kappa=kappa, beta=target)
    assert numeric.trivial == (gap_margin > 0 and lean_margin > 0)


@given(classes=st.integers(3, 7), strength=st.floats(0.02, 0.5), decay=st.floats(0, 2))
@settings(max_examples=40, deadline=None)
def test_when_binary_cross_entropy_collapses_to_zero(classes, strength, decay):
    def slope(b):
        return 1 / (1 + mpmath.exp(-b)) - (classes - 1) / (1 + mpmath.exp(b)) + decay * classes * b

    bias = float(mpmath.findroot(slope, (0, 5), solver="illinois"))
    gap_margin, lean_margin = classes * strength - 1, strength - decay * bias
    assume(min(abs(gap_margin), abs(lean_margin)) > 1e-9)
    numeric = regularized.minimizer("bce", classes, 1, strength, strength, decay)
    assert numeric.trivial == (gap_margin > 0 and lean_margin > 0)


def test_every_numbered_statement_of_the_paper_is_listed():
    numbered = {"C.Def1", "C.Thm1", "C.Thm2", "C.Cor1", "C.Cor2", *(f"C.Lem{i}" for i in range(1, 10))}
    listed = {entry.id for entry in statements(paper="C")}
    assert numbered <= listed
    assert {f"C.Erratum{i}" for i in range(1, 7)} <= listed
