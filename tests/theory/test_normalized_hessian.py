"""The Hessian's spectrum against numeric Hessians: float64 over many sizes, 50 digits at extremes."""

import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import lambertw

from nccourse.theory import normalized


def etf(K: int, d: int) -> np.ndarray:
    """K unit vectors at cosines -1/(K-1), as rows in R^d, d >= K-1."""
    centred = np.eye(K) - 1 / K
    left, singular, _ = np.linalg.svd(centred)
    vertices = left[:, : K - 1] * singular[: K - 1] * math.sqrt(K / (K - 1))
    return np.hstack([vertices, np.zeros((K, d - K + 1))])


def numeric_spectrum(K, n, γ, loss, d, *, bias):
    """Eigenvalues of the Hessian in coordinates v -> (v + B u)/|v + B u|, second order at the minimum."""
    labels = torch.arange(K).repeat_interleave(n)
    vertices = torch.tensor(etf(K, d))
    base = torch.cat([vertices, vertices[labels]])
    tangents = torch.tensor(np.stack([np.linalg.svd(v[None])[2][1:] for v in base.numpy()]))
    rows, optimum = len(base), normalized.bce_bias(K, γ)
    size = rows * (d - 1)
    if size + K * bias == 0:
        return np.zeros(0)

    def objective(u):
        moved = base + torch.einsum("rt,rtd->rd", u[:size].reshape(rows, d - 1), tangents)
        moved = moved / moved.norm(dim=1, keepdim=True)
        logits = γ * moved[K:] @ moved[:K].T - optimum - (u[size:] if bias else 0.0)
        if loss == "ce":
            return torch.nn.functional.cross_entropy(logits, labels)
        own = torch.nn.functional.one_hot(labels, K).double()
        losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, own, reduction="none")
        return losses.sum(1).mean()

    hessian = torch.autograd.functional.hessian(objective, torch.zeros(size + K * bias, dtype=torch.float64))
    return torch.linalg.eigvalsh(hessian).numpy()


def listed(spectrum) -> np.ndarray:
    return np.sort([value for value, count in spectrum.values() for _ in range(count)])


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize(
    ("K", "n", "d", "γ"),
    [
        (2, 1, 1, 1.0),
        (2, 3, 2, 0.7),
        (2, 1, 4, 3.0),
        (3, 1, 2, 2.0),
        (3, 2, 3, 5.0),
        (3, 1, 5, 0.3),
        (4, 2, 3, 1.0),
        (4, 1, 4, 6.0),
        (4, 2, 6, 0.05),
        (5, 2, 4, 3.0),
        (5, 1, 5, 9.0),
        (5, 2, 7, 3.0),
        (6, 3, 6, 2.0),
    ],
)
def test_whole_spectrum(K, n, d, γ, loss, bias):
    spectrum = normalized.hessian_spectrum(K, n, γ, loss, dim=d, bias=bias)
    expected = numeric_spectrum(K, n, γ, loss, d, bias=bias)
    assert len(listed(spectrum)) == (K + n * K) * (d - 1) + K * bias
    np.testing.assert_allclose(listed(spectrum), expected, rtol=1e-11, atol=1e-13)


def exact_matrix(K, γ, loss):
    """Return the second variation over P at the minimum, and P: n = 1, d = K-1, bias trained."""
    v = _vertices(K)
    bias = mpmath.log((K - 2) + mpmath.sqrt((K - 2) ** 2 + 4 * (K - 1) * mpmath.exp(γ * K / (K - 1))))
    bias -= mpmath.log(2) + γ / (K - 1)
    odds = mpmath.exp(-γ * K / (K - 1))
    P = odds / (1 + (K - 1) * odds) if loss == "ce" else 1 / (1 + mpmath.exp(γ / (K - 1) + bias))
    directions = [(kind, k, t) for kind in "wh" for k in range(K) for t in _tangents(v[k])]
    directions += [("b", k, None) for k in range(K)]
    changes = [_logit_change(kind, k, t, v, γ) for kind, k, t in directions]
    matrix = mpmath.matrix(len(directions), len(directions))
    for i, (kind, k, t) in enumerate(directions):
        for j, (other, m, s) in enumerate(directions[: i + 1]):
            value = sum(_curvature(loss, P, own, changes[i][own], changes[j][own]) for own in range(K)) / (
                K * P
            )
            if (kind, other) == ("h", "w"):
                value += γ / K * (1 if k != m else 1 - K) * _dot(t, s)
            if kind == other != "b" and k == m:
                value += γ * _dot(t, s)
            matrix[i, j] = matrix[j, i] = value
    return matrix, P


def _vertices(K):
    """Gram-Schmidt of e_k - mean, scaled to unit length and written in an orthonormal basis of R^(K-1)."""
    centred = [[mpmath.mpf(k == j) - mpmath.mpf(1) / K for j in range(K)] for k in range(K)]
    basis = _orthonormal([], centred)
    length = mpmath.sqrt(1 - mpmath.mpf(1) / K)
    return [[_dot(row, axis) / length for axis in basis] for row in centred]


def _tangents(v):
    return _orthonormal([v], [[mpmath.mpf(i == axis) for i in range(len(v))] for axis in range(len(v))])


def _orthonormal(known, rows):
    found = []
    for row in rows:
        for other in (*known, *found):
            row = [p - _dot(row, other) * q for p, q in zip(row, other, strict=True)]
        length = mpmath.sqrt(_dot(row, row))
        if length > 1e-10:
            found.append([p / length for p in row])
    return found


def _dot(x, y):
    return mpmath.fsum(p * q for p, q in zip(x, y, strict=True))


def _logit_change(kind, k, t, v, γ):
    """Change of the logits [sample][class] along one direction."""
    K = len(v)
    change = [[mpmath.mpf(0)] * K for _ in range(K)]
    for other in range(K):
        if kind == "w":
            change[other][k] = γ * _dot(t, v[other])
        elif kind == "h":
            change[k][other] = γ * _dot(t, v[other])
        else:
            change[other][k] = mpmath.mpf(-1)
    return change


def _curvature(loss, P, own, x, y):
    K = len(x)
    if loss == "bce":
        mine = (K - 1) * P
        return sum(x[j] * y[j] * (mine * (1 - mine) if j == own else P * (1 - P)) for j in range(K))
    p = [1 - (K - 1) * P if j == own else P for j in range(K)]
    return _dot([a * c for a, c in zip(p, x, strict=True)], y) - _dot(p, x) * _dot(p, y)


@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize("γ", ["1e-6", "5", "300"])
def test_spectrum_at_extreme_scales_in_many_digits(γ, loss):
    with mpmath.workdps(400):  # at γ = 300 a probability differs from 1 by e^-400
        matrix, P = exact_matrix(4, mpmath.mpf(γ), loss)
    with mpmath.workdps(50):
        values = sorted(mpmath.eigsy(matrix, eigvals_only=True))
        logs = [float(mpmath.log(value * P)) for value in values if value > 1e-30]
    spectrum = listed(normalized.hessian_spectrum(4, 1, float(γ), loss, dim=3, log=True))
    assert np.isneginf(spectrum).sum() == len(spectrum) - len(logs) == 3 + (loss == "ce")
    np.testing.assert_allclose(spectrum[-len(logs) :], logs, rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize("K", [3, 100, 10_000])
@pytest.mark.parametrize("n", [1, 5000])
def test_standard_block_with_many_classes(K, n, loss):
    """The block as a quadratic form in (w, h, b): ζ_kj = s e_k + r e_j for j != k, ζ_kk = -b e_k."""
    for γ in (1e-6, 3.0, 1000.0):
        with mpmath.workdps(900):
            block, P = _standard_block(K, n, mpmath.mpf(γ), loss)
        with mpmath.workdps(60):
            exact = [float(mpmath.log(value * P)) for value in sorted(mpmath.eigsy(block, eigvals_only=True))]
        spectrum = normalized.hessian_spectrum(K, n, γ, loss, log=True)
        found = [spectrum[f"in:std{i}"][0] for i in range(3)]
        np.testing.assert_allclose(found, exact, rtol=1e-13, atol=1e-12)


def _standard_block(K, n, γ, loss):
    odds, bias = mpmath.exp(-γ * K / (K - 1)), mpmath.mpf(0)
    if loss == "bce":
        bias = (
            mpmath.log((K - 2) + mpmath.sqrt((K - 2) ** 2 + 4 * (K - 1) / odds)) - mpmath.log(2) - γ / (K - 1)
        )
    P = odds / (1 + (K - 1) * odds) if loss == "ce" else 1 / (1 + mpmath.exp(γ / (K - 1) + bias))
    own, root = 1 - (K - 1) * P, mpmath.sqrt(n)

    def form(w, h, b):
        s = γ / mpmath.sqrt(K - 2) * (w + h / ((K - 1) * root))
        r = γ / mpmath.sqrt(K - 2) * (w / (K - 1) + h / root) - b
        sphere = γ * P * (w**2 + h**2 / n - 2 * w * h / ((K - 1) * root))
        wrong = (K - 1) * (s**2 + r**2) - 2 * s * r
        if loss == "bce":
            return sphere + ((K - 1) * P * own * b**2 + P * (1 - P) * wrong) / K
        return sphere + (own * b**2 + P * wrong - (P * ((K - 1) * s - r) - own * b) ** 2) / K

    units = [[int(i == j) for j in range(3)] for i in range(3)]
    return mpmath.matrix(
        [
            [
                (form(*(a + c for a, c in zip(x, y, strict=True))) - form(*x) - form(*y)) / (2 * P)
                for y in units
            ]
            for x in units
        ]
    ), P


@given(
    K=st.integers(2, 60),
    n=st.integers(1, 50),
    extra=st.integers(0, 40),
    γ=st.floats(1e-3, 200.0),
    loss=st.sampled_from(["ce", "bce"]),
    bias=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_multiplicities_fill_the_tangent_space(K, n, extra, γ, loss, bias):
    d = K - 1 + extra
    spectrum = normalized.hessian_spectrum(K, n, γ, loss, dim=d, bias=bias)
    assert sum(count for _, count in spectrum.values()) == K * (n + 1) * (d - 1) + K * bias
    assert all(value >= 0.0 and count > 0 for value, count in spectrum.values())
    wide = normalized.hessian_spectrum(K, n, γ, loss, bias=bias)
    rate = normalized.local_rate(K, n, γ, loss, bias=bias)
    assert rate == pytest.approx(min(value for value, _ in wide.values() if value > 0.0), rel=1e-12)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_spectrum_over_scales(loss, bias):
    scales = np.geomspace(1e-6, 1e3, 7)
    with np.errstate(all="raise", under="ignore"):
        together = normalized.hessian_spectrum(10, 3, scales, loss, bias=bias)
        rates = normalized.local_rate(10, 3, scales, loss, bias=bias)
    for i, γ in enumerate(scales):
        for mode, (value, count) in normalized.hessian_spectrum(10, 3, γ, loss, bias=bias).items():
            assert together[mode][1] == count
            assert together[mode][0][i] == pytest.approx(value, rel=1e-14)
        assert rates[i] == pytest.approx(normalized.local_rate(10, 3, γ, loss, bias=bias), rel=1e-14)


@pytest.mark.parametrize(("loss", "exponent"), [("ce", 10 / 9), ("bce", 5 / 9)])
def test_rates_fall_exponentially(loss, exponent):
    fall = np.diff(normalized.local_rate(10, 1, np.array([4e4, 4e4 + 1]), loss, bias=False, log=True))[0]
    assert fall == pytest.approx(-exponent, abs=1e-4)


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize(("K", "power"), [(2, 1), (3, 1), (4, 2), (10, 2)])
def test_small_scales_slow_down_quadratically_from_four_classes(K, power, n):
    slope = np.diff(normalized.local_rate(K, n, np.array([1e-6, 1e-5]), "ce", log=True))[0] / math.log(10)
    assert slope == pytest.approx(power, abs=1e-4)
    if power == 2:
        limit = normalized.local_rate(K, n, 1e-7, "ce") / 1e-14
        assert limit == pytest.approx(4 / ((n + 1) * (K - 1) * K), rel=1e-5)


@pytest.mark.parametrize(
    ("loss", "bias", "peak"),
    [("ce", False, 2.651), ("bce", False, 4.318), ("ce", True, 2.295), ("bce", True, 2.174)],
)
def test_scale_that_converges_fastest(loss, bias, peak):
    scales = np.linspace(1.5, 5.0, 7001)
    fastest = scales[np.argmax(normalized.local_rate(10, 1, scales, loss, bias=bias))]
    assert fastest == pytest.approx(peak, abs=1e-3)


def test_peaks_of_single_modes_are_lambert_values():
    scales, K = np.linspace(1.0, 4.0, 30001), 10
    spectrum = normalized.hessian_spectrum(K, 1, scales, "ce", dim=K)
    align = (K - 1) / K * (1 + lambertw((K - 1) / math.e).real)
    assert scales[np.argmax(spectrum["out:align"][0])] == pytest.approx(align, abs=2e-4)
    angles = (K - 1) / K * (2 + lambertw(2 * (K - 1) / math.e**2).real)
    assert scales[np.argmax(spectrum["in:ETF-"][0])] == pytest.approx(angles, abs=2e-4)


@pytest.mark.parametrize(
    ("loss", "mode", "K", "n", "γ", "bias", "expected"),
    [  # 30-digit references, cut to 20
        ("ce", "in:ETF-", 5, 2, 3.0, True, 0.054209961053427810328),
        ("ce", "in:std0", 5, 2, 3.0, True, 0.022796620563406584340),
        ("ce", "in:std1", 5, 2, 3.0, False, 0.10910758717433042402),
        ("ce", "out:uniform-h", 10, 1, 8.0, False, 0.0011019347364556045232),
        ("bce", "in:antisym", 5, 2, 3.0, True, 0.49009622984332299815),
        ("bce", "in:std0", 10, 1, 8.0, True, 0.0050291073515300398538),
        ("bce", "in:ETF-", 10, 1, 0.1, True, 0.00019815606376032933712),
    ],
)
def test_reference_values(loss, mode, K, n, γ, bias, expected):
    value, _ = normalized.hessian_spectrum(K, n, γ, loss, bias=bias)[mode]
    assert value == pytest.approx(expected, rel=1e-14)
