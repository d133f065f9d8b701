"""The expressions against independent numbers: 30-digit references and the numeric packages."""

import mpmath
import pytest
import sympy as sp
import torch

from nccourse import geometry, losses, metrics, theory, ufm
from nccourse.symbolic import (
    K,
    bce_regularized,
    errata_b,
    feature_properties,
    gamma,
    n,
    normalized,
    rates,
    simplex_etf,
    standard_mode,
)
from nccourse.theory import normalized_offset


def value(expression, **numbers):
    symbols = {"K": K, "gamma": gamma, "n": n}
    return expression.subs({symbols[name]: sp.sympify(number) for name, number in numbers.items()}).evalf(30)


def close(left, right):
    return abs(left - sp.Float(right, 30)) < 1e-25 * max(1, abs(left))


@pytest.mark.parametrize(
    ("scale", "bias"),
    [
        (sp.Rational(1, 10), "2.19767652767367771272612167808"),
        (1, "2.24816436109311251819714618761"),
        (8, "4.66982537572956914034984662125"),
        (64, "29.5430567331125546181839975858"),
    ],
)
def test_bias_against_bracketed_roots(scale, bias):
    assert close(value(normalized.bce_bias(), K=10, gamma=scale), bias)


def test_minima_against_solved_models():
    at_minimum = normalized.bce_at_etf(normalized.bce_bias())
    assert close(value(at_minimum, K=10, gamma=8), "0.0697782780184344424402220141136")
    assert close(value(normalized.CE_MINIMUM, K=4, gamma=1), "0.582657653061800452302303503426")
    assert close(value(normalized.SEPARATION_SCALE, K=10), "2.54989200965059447222458115609")


@pytest.mark.parametrize(
    ("loss", "mode", "rate"),
    [
        ("ce", "ETF-", "0.0542099610534280128044671500159"),
        ("ce", "ETF+", "0.115068130973523815275332488977"),
        ("ce", "antisym", "0.169278092026951828079799638993"),
        ("ce", "align", "0.0967303383011153303313140794246"),
        ("bce", "ETF-", "0.153898440283645810362558233620"),
        ("bce", "ETF+", "0.336197789559677187791402956470"),
        ("bce", "antisym", "0.490096229843322998153961190090"),
        ("bce", "align", "0.287951771602772701333925514130"),
    ],
)
def test_rates_against_the_numeric_hessian_at_five_classes(loss, mode, rate):
    probability = rates.CE_PROBABILITY if loss == "ce" else rates.bce_probability()
    curvature = rates.CURVATURE * (1 if loss == "ce" else 1 - probability)
    over_unit = {
        "ETF-": rates.etf_mode(curvature, -1),
        "ETF+": rates.etf_mode(curvature, 1),
        "antisym": (1 + curvature) * (1 + 1 / n),
        "align": 1 + 1 / n,
    }[mode]
    assert close(value(gamma * probability * over_unit, K=5, gamma=3, n=2), rate)


def test_fastest_scales_against_maximisation():
    probability = rates.CE_PROBABILITY.subs(K, 10)
    for power, scale in ((1, rates.fastest_scale_alignment()), (2, rates.fastest_scale_etf_mode())):
        slope = sp.lambdify(gamma, sp.diff(gamma**power * probability, gamma), "mpmath")
        assert mpmath.almosteq(mpmath.findroot(slope, 2), mpmath.mpf(str(value(scale, K=10))), 1e-12)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_frames_have_the_gram_matrix_of_the_numeric_ones(classes):
    numeric = geometry.simplex_etf(classes, classes - 1)
    wanted = (numeric @ numeric.T).tolist()
    for frame in (simplex_etf.canonical_frame(classes), simplex_etf.helmert_frame(classes)):
        gram = (frame * frame.T).evalf().tolist()
        assert all(
            abs(a - b) < 1e-14
            for row, other in zip(gram, wanted, strict=True)
            for a, b in zip(row, other, strict=True)
        )


@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_the_standard_block_has_the_eigenvalues_of_the_numeric_hessian(loss):
    probability = rates.CE_PROBABILITY if loss == "ce" else rates.bce_probability()
    unknowns = (standard_mode.WEIGHT, standard_mode.FEATURE, standard_mode.BIAS)
    total = probability * sum(standard_mode.standard_squares(loss, probability))
    block = sp.hessian(total.subs({K: 6, n: 2, gamma: 3}).evalf(30), unknowns) / 2
    found = torch.linalg.eigvalsh(torch.tensor(block.tolist(), dtype=torch.float64))
    spectrum = theory.normalized.hessian_spectrum(6, 2, 3.0, loss)
    assert found.tolist() == pytest.approx([float(spectrum[f"in:std{i}"][0]) for i in range(3)], rel=1e-12)


def test_the_counterexample_in_the_least_dimension_is_a_state_of_the_model():
    side, pair, lean, other = 2.4, 2.59, 1.63, 1.84
    plane = geometry.simplex_etf(3, 2)
    directions = torch.zeros(5, 4, dtype=torch.float64)
    directions[:3, :2], directions[3:, 2] = side * plane, torch.tensor([pair, -pair], dtype=torch.float64)
    offset = torch.zeros(5, 4, dtype=torch.float64)
    offset[:, 3] = torch.tensor([lean] * 3 + [other] * 2, dtype=torch.float64)
    biases = torch.tensor([0.15] * 3 + [0.27] * 2, dtype=torch.float64)
    weights, features = directions + offset, directions - offset
    value = losses.binary_cross_entropy(features @ weights.T - biases, torch.arange(5))
    value = value + 0.005 * (weights.square().sum() + features.square().sum()) + 0.025 * biases.square().sum()
    assert float(value) == pytest.approx(float(errata_b.three_and_two()), rel=1e-13)
    solution = ufm.solve(ufm.RegularizedUFM(5, 1, 4, "bce", 0.01, 0.01, 0.05))
    assert solution.objective < float(value)


@pytest.mark.parametrize(("classes", "strength", "decay", "q"), [(4, "0.02", "0.05", "0.06608")])
def test_the_bound_of_centred_frames_is_reached_by_the_best_of_them(classes, strength, decay, q):
    symbols = {K: classes, bce_regularized.STRENGTH: strength, bce_regularized.BIAS_DECAY: decay}
    numbers = {symbol: sp.Rational(value) for symbol, value in symbols.items()}
    bound = float(bce_regularized.centred_lower_bound(sp.Rational(q)).subs(numbers))
    best = theory.regularized.minimizer(
        "bce", classes, 1, float(strength), float(strength), float(decay), dim=classes - 1
    )
    assert bound <= best.objective == pytest.approx(bound, rel=1e-8)


def test_properties_of_features_are_those_of_the_metrics():
    generator = torch.Generator().manual_seed(0)
    angles = 6.0 * torch.rand(6, generator=generator, dtype=torch.float64)
    features = torch.stack([angles.cos(), angles.sin()], dim=1)
    found = feature_properties.separability(sp.Matrix(features.tolist()), 3)
    assert float(found) == pytest.approx(
        float(metrics.separability(features, torch.arange(6) % 3)), rel=1e-12
    )
    bipolar = sp.Matrix([1, -1, -1, 1, -1, 1])
    lines = torch.tensor([[float(x)] for x in bipolar], dtype=torch.float64)
    expected = float(metrics.compactness(lines, torch.arange(6) % 3))
    assert float(feature_properties.compactness(bipolar, 3)) == pytest.approx(expected, rel=1e-12)


def test_leaning_without_a_bias_is_what_theory_minimises():
    own, other = feature_properties.lean_scores()
    numbers = {K: 10, feature_properties.LEAN: sp.Rational(normalized_offset.offset_without_bias(10, 3.0))}
    margins = [float(3 * score.subs(numbers)) for score in (own, other)]
    loss = float(torch.nn.functional.softplus(-torch.tensor(margins[0], dtype=torch.float64)))
    loss += 9 * float(torch.nn.functional.softplus(torch.tensor(margins[1], dtype=torch.float64)))
    assert loss == pytest.approx(normalized_offset.bce_minimum_without_bias(10, 3.0), rel=1e-12)
