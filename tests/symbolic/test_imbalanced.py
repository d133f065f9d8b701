"""Paper D's expressions against the closed form in floats, its gradient, random points and descent."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.symbolic import K, errata_d, imbalanced, imbalanced_collapse, statements
from nccourse.theory.imbalanced import collapse_count, minimizer

COUNTS = st.lists(st.integers(1, 9), min_size=2, max_size=5)
DECAYS = st.floats(0.005, 0.2)
TRIPLE = (2, 2, 2)


def numbers(counts, index, decay_W, decay_H):
    return {
        K: len(counts),
        imbalanced.COUNT: counts[index],
        imbalanced.TOTAL: sum(counts),
        imbalanced.DECAY_W: decay_W,
        imbalanced.DECAY_H: decay_H,
    }


def solution(counts, decay_W, decay_H):
    """Weights and class features of Theorem 1, each class on its own axis."""
    H = np.diag(minimizer(counts, decay_W, decay_H).feature_norms)
    return weights_for(H, counts, decay_W, decay_H), H


def weights_for(H, counts, decay_W, decay_H):
    classes = len(counts)
    V = np.sqrt(counts)[:, None] * H
    return np.sqrt(decay_H / decay_W / (classes * (classes - 1))) * (classes * V - V.sum(0))


def objective(W, H, counts, decay_W, decay_H):
    counts, Z = np.asarray(counts), H @ W.T
    shifted = Z - Z.max(1, keepdims=True)
    loss = np.log(np.exp(shifted).sum(1)) - np.diag(shifted)
    decay = decay_W * (W**2).sum() + decay_H * (counts * (H**2).sum(1)).sum()
    return (counts @ loss) / counts.sum() + decay / 2


def gradients(W, H, counts, decay_W, decay_H):
    """Gradient in W, and in one sample of each class times N."""
    counts = np.asarray(counts)
    P = np.exp(H @ W.T)
    residual = P / P.sum(1, keepdims=True) - np.eye(len(counts))
    in_W = (counts[:, None] * residual / counts.sum()).T @ H + decay_W * W
    return in_W, residual @ W / counts.sum() + decay_H * H


@given(counts=COUNTS, decay_W=DECAYS, decay_H=DECAYS)
@settings(max_examples=20, deadline=None)
def test_margin_norm_and_minimum(counts, decay_W, decay_H):
    found, share = minimizer(counts, decay_W, decay_H), 0.0
    for index, count in enumerate(counts):
        at = numbers(counts, index, decay_W, decay_H)
        slope = min(float(imbalanced.slope().subs(at)), 1 - 1 / len(counts))
        margin = float(imbalanced.margin().subs(at).subs(imbalanced.SLOPE, slope))
        assert found.margins[index] == pytest.approx(margin, abs=1e-9)
        square = imbalanced.feature_square().subs(at).subs(imbalanced.MARGIN, sp.Float(margin))
        assert found.feature_norms[index] ** 2 == pytest.approx(float(square), abs=1e-9)
        y, gap = imbalanced.SLOPE, imbalanced.MARGIN
        bound = imbalanced.bound_of_class(y, gap).subs({K: len(counts), y: slope, gap: margin})
        share += count / sum(counts) * float(bound)
    assert found.objective == pytest.approx(share, rel=1e-10)


@given(counts=COUNTS, decay=DECAYS, spread=st.floats(0.01, 3), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_no_weights_and_features_do_better(counts, decay, spread, seed):
    rng, K_ = np.random.default_rng(seed), len(counts)
    best = minimizer(counts, decay, decay / 2).objective
    W, H = solution(counts, decay, decay / 2)
    near = objective(
        W + 0.1 * spread * rng.normal(size=W.shape),
        np.maximum(H + 0.1 * spread * rng.normal(size=H.shape), 0),
        counts,
        decay,
        decay / 2,
    )
    far = objective(
        spread * rng.normal(size=(K_, K_)), spread * rng.random((K_, K_)), counts, decay, decay / 2
    )
    assert min(near, far) >= best - 1e-12
    assert objective(W, H, counts, decay, decay / 2) == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("counts", [(1, 2, 4), (5, 5), (100, 200, 300, 400), (1, 1, 6, 6)])
def test_multipliers_are_the_gradient(counts):
    decay_W, decay_H = (0.01, 0.02) if len(counts) < 4 else (0.01, 0.008)
    found = minimizer(counts, decay_W, decay_H)
    W, H = solution(counts, decay_W, decay_H)
    in_W, in_H = gradients(W, H, counts, decay_W, decay_H)
    assert np.abs(in_W).max() < 1e-14
    for k, j in np.ndindex(in_H.shape):
        at = numbers(counts, k, decay_W, decay_H) | {imbalanced.OTHER: counts[j]}
        expected = imbalanced_collapse.multiplier(length=sp.Float(found.feature_norms[j])).subs(at)
        if k != j and not found.collapsed[k]:
            assert in_H[k, j] == pytest.approx(float(expected), rel=1e-10)
        elif k == j:
            assert abs(in_H[k, j]) < 1e-14


def dead_class(angle):
    """Weights and features with class 2 at zero and the mean of class 1 at ``angle`` between axes 1 and 2."""
    length = minimizer(TRIPLE, 0.01, 0.01).feature_norms[0]
    H = length * np.array([[1, 0, 0], [0, np.cos(angle), np.sin(angle)], [0, 0, 0]])
    return weights_for(H, TRIPLE, 0.01, 0.01), H


@pytest.mark.parametrize("angle", [0.0, 0.5])
def test_a_dead_class_is_a_kkt_point_above_the_minimum(angle):
    W, H = dead_class(angle)
    best = minimizer(TRIPLE, 0.01, 0.01).objective
    assert objective(W, H, TRIPLE, 0.01, 0.01) == pytest.approx(2 / 3 * best + np.log(3) / 3, rel=1e-12)
    in_W, in_H = gradients(W, H, TRIPLE, 0.01, 0.01)
    assert np.abs(in_W).max() < 1e-14
    assert in_H[H > 0] == pytest.approx(0, abs=1e-14)
    assert in_H.min() > -1e-14


@given(seed=st.integers(0, 999), size=st.floats(1e-4, 1e-2))
@settings(max_examples=30, deadline=None)
def test_without_a_free_axis_a_dead_class_is_a_local_minimum(seed, size):
    rng, (W, H) = np.random.default_rng(seed), dead_class(0.5)
    nearby = W + size * rng.normal(size=W.shape), np.maximum(H + size * rng.normal(size=H.shape), 0)
    assert objective(*nearby, TRIPLE, 0.01, 0.01) >= objective(W, H, TRIPLE, 0.01, 0.01)


def test_a_free_axis_lets_a_dead_class_escape():
    W, H = dead_class(0.0)
    value = objective(W, H, TRIPLE, 0.01, 0.01)
    W[:, 2] += 0.01 * (np.array([0, 0, 1]) - 1 / 3)
    H[2, 2] += 0.01
    assert objective(W, H, TRIPLE, 0.01, 0.01) < value
    for _ in range(3000):
        in_W, in_H = gradients(W, H, TRIPLE, 0.01, 0.01)
        W, H = W - in_W, np.maximum(H - 2 * in_H, 0)
    best = minimizer(TRIPLE, 0.01, 0.01).objective
    assert objective(W, H, TRIPLE, 0.01, 0.01) == pytest.approx(best, rel=1e-9)


@given(
    majors=st.integers(1, 4),
    minors=st.integers(1, 4),
    minor_count=st.integers(1, 5),
    strength=st.floats(1e-4, 3e-3),
)
@settings(max_examples=20, deadline=None)
def test_the_solved_threshold_is_where_the_minority_collapses(majors, minors, minor_count, strength):
    c = imbalanced_collapse
    at = {
        K: majors + minors,
        c.MAJORS: majors,
        c.MINORS: minors,
        c.MINOR_COUNT: minor_count,
        imbalanced.DECAY_W: strength,
        imbalanced.DECAY_H: strength,
    }
    ratio = float(c.collapse_ratio().subs(at))
    total = minor_count * (ratio * majors + minors)
    if total > 0:
        assert collapse_count(total, majors + minors, strength, strength) == pytest.approx(minor_count)
        assert float(c.printed_ratio(sp.Float(total)).subs(at)) == pytest.approx(ratio)


def test_the_published_proof_loses_its_bound():
    printed, minimum = map(float, errata_d.two_size_bounds())
    assert printed == pytest.approx(1.23514, abs=1e-5)
    assert minimum == pytest.approx(minimizer((2, 2, 6, 6), 0.08, 0.08).objective, rel=1e-12)


def test_paper_d_is_complete():
    found = [entry.id for entry in statements(paper="D") if entry.kind not in ("new", "equation")]
    named = ["Lem1", "Lem2", "Thm1", "Prop1", *(f"Cor{i}" for i in range(1, 5))]
    assert found == [f"D.{name}" for name in [*named, *(f"Erratum{i}" for i in range(1, 8))]]
