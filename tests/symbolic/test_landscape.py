"""Paper C's landscape and errata against torch Hessians, interval arithmetic and 30-digit references."""

import math

import mpmath
import pytest
import sympy as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse import geometry, losses
from nccourse.symbolic import K, errata_c_focal, focal, focal_convexity, landscape, n
from nccourse.symbolic.bce_regularized import GAP
from nccourse.symbolic.contrastive import SMOOTHING
from nccourse.symbolic.contrastive_lemmas import DECAY_H, DECAY_W, rank_one_gradient, rank_one_point


def hessian_at_zero(loss, classes, samples, decay_w, decay_h):
    dim, labels = 2, torch.arange(classes).repeat_interleave(samples)
    split = classes * dim

    def objective(x):
        weights, features = x[:split].reshape(classes, dim), x[split:].reshape(-1, dim)
        decay = decay_w / 2 * weights.square().sum() + decay_h / 2 * features.square().sum()
        return loss(features @ weights.T, labels) + decay

    start = torch.zeros(split + len(labels) * dim, dtype=torch.float64)
    return torch.linalg.eigvalsh(torch.autograd.functional.hessian(objective, start))


@pytest.mark.parametrize(
    ("loss", "slope", "reference"),
    [
        (losses.cross_entropy, landscape.zero_slope(sp.Integer(0)), "-0.161847391838273939527037756270"),
        (
            lambda z, y: losses.label_smoothing(z, y, smoothing=0.1),
            landscape.zero_slope(sp.Rational(1, 10)),
            "-0.144177573797316058978632316799",
        ),
        (
            lambda z, y: losses.focal_loss(z, y, focusing=2.0),
            (focal.slope_at_zero() / sp.sqrt(n)).subs(focal.FOCUSING, 2),
            "-0.176401410973642818078366688828",
        ),
    ],
)
def test_least_eigenvalue_at_zero(loss, slope, reference):
    values = {K: 4, n: 2, DECAY_W: sp.Rational(1, 100), DECAY_H: sp.Rational(1, 50)}
    eigenvalue = landscape.saddle_eigenvalue(slope).subs(values)
    assert abs(eigenvalue.evalf(30) - sp.Float(reference, 30)) < 1e-26
    spectrum = hessian_at_zero(loss, 4, 2, 0.01, 0.02)
    assert spectrum[0].item() == pytest.approx(float(eigenvalue), rel=1e-12)


def test_the_slope_at_zero_needs_no_smoothing_to_be_cross_entropys():
    assert landscape.zero_slope().subs(SMOOTHING, 0) == landscape.zero_slope(sp.Integer(0))


def focal_curvature(probability, beta, classes):
    """Least Hessian eigenvalue of the focal loss, the other classes equally likely; zero for the shift."""
    rest = math.log((1 - probability) / (classes - 1))
    logits = torch.tensor([[math.log(probability)] + [rest] * (classes - 1)], dtype=torch.float64)
    hessian = torch.autograd.functional.hessian(
        lambda z: losses.focal_loss(z.reshape(1, -1), torch.tensor([0]), focusing=beta), logits.ravel()
    )
    return torch.linalg.eigvalsh(hessian)[0].item()


@pytest.mark.parametrize(
    ("beta", "threshold"),
    [(2.0, "0.0578463790860252953162041368170"), (3.0, "0.0574969081782181690131255498953")],
)
def test_where_the_focal_loss_is_convex(beta, threshold):
    value = focal_convexity.convexity(sp.Float(threshold, 30), sp.Integer(int(beta)))
    assert abs(value) < 1e-27
    assert focal_curvature(float(threshold) * 0.99, beta, 5) < -1e-6
    assert focal_curvature(float(threshold) * 1.01, beta, 5) > -1e-12


@given(odds=st.floats(-4, 1), beta=st.floats(0.2, 6), classes=st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_the_sign_of_the_exact_condition_is_that_of_the_hessian(odds, beta, classes):
    probability = 1 / (1 + math.exp(-odds))
    condition = float(focal_convexity.convexity(sp.Float(probability), sp.Float(beta)))
    curvature = focal_curvature(probability, beta, classes)
    assert condition < 1e-3 or curvature > -1e-9
    assert condition > -1e-3 or curvature < 0


def test_the_roots_of_both_bounds():
    root = focal_convexity.printed_root()
    assert abs(root.evalf(30) - sp.Float("0.203187869979979953838479062062", 30)) < 1e-28
    with mpmath.workdps(30):
        largest = mpmath.findroot(
            sp.lambdify(focal_convexity.OWN, focal_convexity.every_exponent(), "mpmath"), 0.058
        )
        assert abs(largest - mpmath.mpf("0.0584444332955670832815918384898")) < 1e-27
        worst = sp.lambdify(focal_convexity.OWN, focal_convexity.worst_exponent(), "mpmath")(largest)
        assert abs(worst - mpmath.mpf("2.3818630626432655711")) < 1e-18


def enclosure(expression):
    """Return an interval that contains an exact number, by 50-digit interval arithmetic."""
    rules = {"exp": mpmath.iv.exp, "log": mpmath.iv.log, "mpf": mpmath.iv.mpf}
    mpmath.iv.dps = 50
    return sp.lambdify((), expression, [rules, "mpmath"])()


def test_the_focal_counterexample_in_interval_arithmetic():
    dead = enclosure(errata_c_focal.dead_class_objective())
    left, right = sp.Rational(8167, 10000), sp.Rational(8168, 10000)
    collapsed = enclosure(errata_c_focal.collapsed_lower_bound(left, right))
    zero = enclosure(focal.loss(sp.Integer(30), sp.Integer(3)))
    assert isinstance(dead, type(mpmath.iv.mpf(1)))
    assert dead.delta < 1e-45
    assert dead.b < collapsed.a
    assert dead.b < zero.a


def test_the_focal_counterexample():
    dead = errata_c_focal.dead_class_objective()
    assert abs(dead.evalf(50) - sp.Float("3.07217276117314550517907619506", 30)) < 1e-8
    assert abs(dead.evalf(50) - torch_objective_with_dead_classes()) < 1e-13
    collapsed = focal.collapsed_objective().subs(errata_c_focal.FOCAL_CASE)
    with mpmath.workdps(50):
        function = sp.lambdify(GAP, collapsed, "mpmath")
        gap = mpmath.findroot(lambda u: mpmath.diff(function, u), mpmath.mpf("0.8167"))
        assert abs(function(gap) - mpmath.mpf("3.07219702325823230711512539551")) < 1e-28
        assert abs(function(0) - mpmath.mpf("3.07228899782808546114642332117")) < 1e-28


def torch_objective_with_dead_classes():
    """The whole objective of paper C at W, H, b of the counterexample, d = 31."""
    active, gap, low = errata_c_focal.ACTIVE, 49 / 60, -0.03
    frame = geometry.simplex_etf(active, 31)
    size = gap * (active - 1) / active
    weights = torch.zeros(30, 31, dtype=torch.float64)
    weights[:active] = math.sqrt(size) * frame
    biases = torch.full((30,), low, dtype=torch.float64)
    biases[:active] = -4 * low / active
    loss = losses.focal_loss(weights @ weights.T + biases, torch.arange(30), focusing=3.0)
    decay = 0.041225 * weights.square().sum() + 0.005 * biases.square().sum()
    return (loss + decay).item()


def test_lemma_7_fails_at_the_reference_decays_too():
    def equations(score, bias):
        """Stationarity in w and in b_1 of W = (0, w, -w), H = W', b = (b_1, -b_1/2, -b_1/2)."""
        lean = mpmath.exp(-3 * bias / 2)
        first = 1 / (1 + 2 * lean)
        total = 1 + lean * (mpmath.exp(score) + mpmath.exp(-score))
        pull = 1 - lean * (mpmath.exp(score) - mpmath.exp(-score)) / total
        return [pull / 3 - 0.05, (1 - first - 2 / total) / 3 - 0.1 * bias]

    score, bias = mpmath.findroot(equations, (4, 0.6))
    assert float(bias) == pytest.approx(0.577789323989383123734542389699, abs=1e-12)
    assert float(score) > 0


def test_the_rank_one_point_is_critical_and_its_decays_positive():
    assert all(sp.simplify(entry) == 0 for entry in rank_one_gradient())
    point = {name: float(value) for name, value in rank_one_point().items()}
    assert point["decay"] > 0
    assert point["bias_decay"] > 0
    assert point["bias_1"] != point["bias_2"]
