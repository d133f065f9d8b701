"""NC1 to NC3 against their definitions, spelled out with d x d matrices, and the laws they obey."""

import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.geometry import random_rotation, simplex_etf
from nccourse.metrics import neural_collapse
from nccourse.metrics.precision import full_precision


def labelled(K, d, counts, *, spread=1.0, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.repeat_interleave(torch.arange(K), torch.tensor(counts))
    labels = labels[torch.randperm(len(labels), generator=generator)]
    means = torch.randn(K, d, generator=generator, dtype=torch.float64)
    noise = torch.randn(len(labels), d, generator=generator, dtype=torch.float64)
    W = means + 0.3 * torch.randn(K, d, generator=generator, dtype=torch.float64)
    return (means[labels] + spread * noise).to(dtype), labels, W


def etf_gram(K):
    return (np.eye(K) - np.ones((K, K)) / K) / math.sqrt(K - 1)


def unit(matrix):
    return matrix / np.linalg.norm(matrix)


def covariances(h, y, weighted):
    """Sigma_W, Sigma_B and the centred class means, one sample and one class at a time."""
    K, d = y.max() + 1, h.shape[1]
    means = np.stack([h[y == k].mean(0) for k in range(K)])
    C = means - (h.mean(0) if weighted else means.mean(0))
    sigma_W = sum((np.outer(x - means[k], x - means[k]) for x, k in zip(h, y, strict=True)), np.zeros((d, d)))
    return sigma_W / len(h), C.T @ C / K, C


def by_definition(variant, features, labels, W):
    h, y, W = features.double().numpy(), labels.numpy(), W.double().numpy()
    K = len(W)
    sigma_W, sigma_B, C = covariances(h, y, weighted=variant in ("paperC", "zhou"))
    trace = np.trace(sigma_W @ np.linalg.pinv(sigma_B, rcond=1e-10, hermitian=True))
    if variant == "zhou":
        W = W - W.mean(0)
    directions = C / np.linalg.norm(C, axis=1, keepdims=True)
    off_diagonal = ~np.eye(K, dtype=bool)
    nc2 = {
        "paperC": np.linalg.norm(unit(W @ W.T) - etf_gram(K)),
        "zhou": np.linalg.norm(unit(W @ W.T) - etf_gram(K)),
        "papyan": np.abs((directions @ directions.T)[off_diagonal] + 1 / (K - 1)).mean(),
        "rhubarbwu": np.linalg.norm(unit(C @ C.T) - etf_gram(K)),
    }[variant]
    nc3 = np.linalg.norm(unit(W @ C.T) - etf_gram(K))
    if variant == "papyan":
        nc3 = np.linalg.norm(unit(W) - unit(C)) ** 2
    return trace / K if variant in ("paperC", "zhou") else trace, nc2, nc3


@settings(max_examples=40, deadline=None)
@given(
    variant=st.sampled_from(["paperC", "zhou", "papyan", "rhubarbwu"]),
    d=st.integers(1, 9),
    counts=st.lists(st.integers(1, 12), min_size=2, max_size=6),
    seed=st.integers(0, 10**6),
)
def test_every_variant_is_its_definition(variant, d, counts, seed):
    features, labels, W = labelled(len(counts), d, counts, seed=seed)
    values = neural_collapse(features, labels, W, variant=variant)
    assert values[:3] == pytest.approx(by_definition(variant, features, labels, W), rel=1e-8, abs=1e-12)


def test_variants_agree_where_the_papers_do_and_differ_where_they_do_not():
    features, labels, W = labelled(4, 6, [30, 10, 5, 20])
    values = {
        name: neural_collapse(features, labels, W, variant=name) for name in ("paperC", "zhou", "papyan")
    }
    assert values["paperC"].nc1 == values["zhou"].nc1
    assert values["paperC"].nc2 != pytest.approx(values["zhou"].nc2)
    assert values["papyan"].nc1 != pytest.approx(4 * values["paperC"].nc1)  # two global means
    balanced, labels, W = labelled(4, 6, [10] * 4)
    ratio = (
        neural_collapse(balanced, labels, W, variant="papyan").nc1 / neural_collapse(balanced, labels, W).nc1
    )
    assert ratio == pytest.approx(4)


def exact_nc1(features, labels):
    """Return tr(Sigma_W Sigma_B^+)/K with 50 digits where it is delicate, 64 bits of mantissa elsewhere."""
    h, y = features.to(torch.float64).numpy().astype(np.longdouble), labels.numpy()
    K = y.max() + 1
    means = np.stack([h[y == k].mean(0) for k in range(K)])
    C = means - h.mean(0)
    with mpmath.workdps(50):
        rows = [[mpmath.mpf(str(value)) for value in row] for row in C]
        gram = mpmath.matrix(K, K)
        for i in range(K):
            for j in range(K):
                gram[i, j] = mpmath.fdot(rows[i], rows[j])
        values, vectors = mpmath.eigsy(gram)
        kept = [j for j in range(K) if values[j] > mpmath.mpf("1e-10") * max(values)]
        whiten = np.array(
            [[np.longdouble(str(vectors[i, j] / values[j])) for j in kept] for i in range(K)],
            dtype=np.longdouble,
        )
    return float((((h - means[y]) @ (C.T @ whiten)) ** 2).sum() / len(h))


def hard_case(name, dtype):
    generator = torch.Generator().manual_seed(3)
    K, d, n = 5, 40, 60
    labels = torch.arange(K).repeat(n)
    means = torch.randn(K, d, generator=generator, dtype=torch.float64)
    noise = torch.randn(K * n, d, generator=generator, dtype=torch.float64)
    if name.startswith("merged"):  # two class means at 1e-1, 1e-2, ... of the others' distance
        means[1] = means[0] + float(name.removeprefix("merged ")) * means[1]
    if name == "deeply merged":
        means[1] = means[0]
        noise = torch.randn(n, d, generator=generator, dtype=torch.float64).repeat_interleave(K, 0)
        means[1] += 1e-3 * torch.randn(d, generator=generator, dtype=torch.float64)
    if name.startswith("off centre"):
        means += float(name.removeprefix("off centre "))
    if name == "long noise":  # the scatter is almost all outside the span of the class means
        noise[:, 0] *= 1e4
        means[:, 0] = 0
    spread = {"collapsed": 1e-6, "deeply collapsed": 1e-7, "spread out": 100.0}.get(name, 0.3)
    scale = {"tiny": 1e-20, "huge": 1e20}.get(name, 1.0)
    return ((means[labels] + spread * noise) * scale).to(dtype), labels


HARD = ["collapsed", "deeply collapsed", "spread out", "merged 1e-2", "merged 1e-4", "deeply merged"]
HARD += ["off centre 1e3", "off centre 1e4", "long noise", "tiny", "huge"]


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_nc1_keeps_its_digits_in_hard_cases(name, dtype):
    features, labels = hard_case(name, dtype)
    expected = exact_nc1(features, labels)
    tolerance = 2e-7 if dtype == torch.float32 else 1e-10
    assert neural_collapse(features, labels).nc1 == pytest.approx(expected, rel=tolerance)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_features_count_at_their_exact_values(dtype):
    features, labels, W = labelled(4, 12, [20, 30, 10, 5], dtype=dtype)
    halves = neural_collapse(features, labels, W)
    assert halves == pytest.approx(neural_collapse(features.double(), labels, W), rel=1e-6)


@pytest.mark.parametrize("size", [1, 7, 64])
def test_blocks_leave_no_trace(monkeypatch, size):
    features, labels, W = labelled(3, 5, [9, 14, 6], dtype=torch.float32)
    whole = neural_collapse(features, labels, W)
    monkeypatch.setitem(neural_collapse.__globals__["residual_blocks"].__globals__["_BLOCK"], "cpu", size)
    assert neural_collapse(features, labels, W) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize(("K", "d"), [(2, 1), (2, 5), (3, 2), (5, 4), (5, 9), (10, 30)])
def test_all_four_vanish_at_collapse(K, d):
    etf = simplex_etf(K, d, norm=2.5, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(K).repeat(3)
    offset = torch.linspace(-1, 1, d, dtype=torch.float64)
    values = neural_collapse(etf[labels] + offset, labels, 0.1 * etf)
    assert values == pytest.approx((0, 0, 0, 0), abs=1e-13)


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.integers(2, 8), min_size=2, max_size=5),
    scale=st.floats(0.01, 100),
    seed=st.integers(0, 10**6),
)
def test_rotation_scale_order_and_offset_change_nothing(counts, scale, seed):
    K, d = len(counts), 6
    features, labels, W = labelled(K, d, counts, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    rotation = random_rotation(d, generator=generator)
    order = torch.randperm(len(labels), generator=generator)
    rename = torch.randperm(K, generator=generator)
    moved = scale * features @ rotation + torch.randn(d, generator=generator, dtype=torch.float64)
    renamed = torch.empty_like(W).index_copy_(0, rename, W @ rotation / scale)
    values = neural_collapse(moved[order], rename[labels][order], renamed)
    assert values[:3] == pytest.approx(neural_collapse(features, labels, W)[:3], rel=1e-8)


def test_known_value_in_one_dimension():
    # Means -1 and 1, Sigma_B = 1, Sigma_W = 1/4: NC1 = 1/8.
    features = torch.tensor([[-1.5], [-0.5], [0.5], [1.5]])
    assert neural_collapse(features, torch.tensor([0, 0, 1, 1])).nc1 == pytest.approx(0.125, rel=2e-7)


def test_the_first_sample_of_a_class_counts_like_every_other():
    features, labels, _ = labelled(3, 4, [5, 5, 5])
    order = torch.arange(14, -1, -1)
    assert neural_collapse(features, labels).nc1 == pytest.approx(
        neural_collapse(features[order], labels[order]).nc1, rel=1e-12
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_arguments_are_left_as_they_were(dtype):
    features, labels, W = labelled(3, 4, [5, 7, 3], dtype=dtype)
    b = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
    W = W.requires_grad_()
    features = features.requires_grad_()
    before = [value.detach().clone() for value in (features, labels, W, b)]
    values = neural_collapse(features, labels, W, b=b)
    assert all(torch.equal(now, then) for now, then in zip((features, labels, W, b), before, strict=True))
    assert features.grad is None
    assert all(type(value) is float for value in values)


def test_strided_and_narrow_integer_arguments():
    features, labels, W = labelled(3, 4, [5, 7, 3], dtype=torch.float32)
    wide = torch.zeros(len(labels), 8)
    wide[:, ::2] = features
    assert neural_collapse(wide[:, ::2], labels.int(), W) == neural_collapse(features, labels, W)


def test_precision_does_not_depend_on_the_training_script():
    features, labels, W = labelled(4, 32, [50] * 4, dtype=torch.float32)
    expected = neural_collapse(features, labels, W)
    chosen = torch.get_float32_matmul_precision()
    backends = (torch.backends.cuda.matmul, torch.backends.mkldnn.matmul)
    try:
        torch.set_float32_matmul_precision("medium")
        with torch.autocast("cpu", torch.bfloat16):
            assert neural_collapse(features, labels, W) == expected
        with full_precision(features.device):
            # Whether a lower precision would show in a product depends on the processor.
            assert [backend.fp32_precision for backend in backends] == ["ieee", "ieee"]
        assert torch.get_float32_matmul_precision() == "medium"
        assert [backend.fp32_precision for backend in backends] == ["tf32", "bf16"]
    finally:
        torch.set_float32_matmul_precision(chosen)
