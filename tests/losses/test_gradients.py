"""Gradients are the papers' closed forms, and first and second derivatives those of finite differences."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck
from torch.nn.functional import one_hot
from torch.testing import assert_close

from nccourse import losses

laws = settings(max_examples=20, deadline=None)
SOFT = ["ce", "bce", "label_smoothing"]
seeds = st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))


def normal(*shape, generator):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def derivative(function, at):
    at = at.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(function(at), at)
    return gradient


@laws
@given(st.integers(2, 6), st.integers(1, 5), seeds)
def test_gradients_in_the_scores(num_classes, num_samples, generator):
    # Paper B, Eqs. 18, 19, which leave out the 1/N of the mean.
    logits = 3 * normal(num_samples, num_classes, generator=generator)
    labels = torch.randint(num_classes, (num_samples,), generator=generator)
    target = one_hot(labels, num_classes).double()
    found = derivative(lambda z: losses.cross_entropy(z, labels), logits)
    assert_close(found, (logits.softmax(dim=1) - target) / num_samples)
    found = derivative(lambda z: losses.binary_cross_entropy(z, labels), logits)
    assert_close(found, (logits.sigmoid() - target) / num_samples)


class Model:
    """The normalized model of paper A, n samples a class, and what its gradients are made of."""

    def __init__(self, generator, num_classes=4, samples_per_class=3, dim=5, scale=2.0):
        self.scale, self.num_classes = scale, num_classes
        self.labels = torch.arange(num_classes).repeat_interleave(samples_per_class)
        self.W = normal(num_classes, dim, generator=generator)
        self.H = normal(len(self.labels), dim, generator=generator)
        self.b = normal(num_classes, generator=generator)

    def objective(self, loss, **replaced):
        W, H, b = (replaced.get(name, getattr(self, name)) for name in ("W", "H", "b"))
        return loss(self.scale * H @ W.T - b, self.labels)

    def residual(self, loss, sample, k):
        """Return what multiplies w_k in the gradient of one sample: Eq. 208's fractions, or Eq. 214's."""
        z = [self.scale * float(w @ self.H[sample]) - float(b) for w, b in zip(self.W, self.b, strict=True)]
        own = k == int(self.labels[sample])
        if loss is losses.cross_entropy:
            return math.exp(z[k]) / sum(math.exp(value) for value in z) - own
        if own:
            return -math.exp(-z[k]) / (1 + math.exp(-z[k]))
        return math.exp(z[k]) / (1 + math.exp(z[k]))


@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.binary_cross_entropy])
def test_gradients_in_features_weights_and_biases(loss):
    # Paper A, Eqs. 208, 209 (BCE), 214, 215 (CE); paper B, Eqs. 20, 21 without decay, its indices in order.
    model = Model(torch.Generator().manual_seed(0))
    num_samples = len(model.labels)
    residuals = torch.tensor(
        [[model.residual(loss, i, k) for k in range(model.num_classes)] for i in range(num_samples)],
        dtype=torch.float64,
    )
    gradient_in_H = derivative(lambda H: model.objective(loss, H=H), model.H)
    gradient_in_W = derivative(lambda W: model.objective(loss, W=W), model.W)
    gradient_in_b = derivative(lambda b: model.objective(loss, b=b), model.b)
    for i, row in enumerate(residuals):
        summed = sum(factor * w for factor, w in zip(row, model.W, strict=True))
        assert_close(gradient_in_H[i], model.scale / num_samples * summed)
    for k, column in enumerate(residuals.T):
        summed = sum(factor * h for factor, h in zip(column, model.H, strict=True))
        assert_close(gradient_in_W[k], model.scale / num_samples * summed)
        assert_close(gradient_in_b[k], -column.sum() / num_samples)


@laws
@given(st.integers(2, 12), st.floats(-30, 30), st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]))
def test_focal_loss_with_equal_negatives_has_the_slope_of_its_contrastive_bound(num_classes, t, focusing):
    # Paper C, B.2: φ'(t) = (ξ-1)^γ (ξ - 1 + γ log ξ) / ((K-1) ξ^(γ+1)), ξ = 1 + (K-1) e^{t/(K-1)},
    # t the sum of the K-1 differences z_j - z_k.
    negatives = num_classes - 1

    def phi(total):
        row = torch.cat([torch.zeros(1, dtype=torch.float64), (total / negatives).expand(negatives)])
        return losses.focal_loss(row[None], torch.tensor([0]), focusing=focusing)

    found = derivative(phi, torch.tensor(t, dtype=torch.float64))
    excess = negatives * math.exp(t / negatives)
    log_xi = math.log1p(excess)
    slope = excess**focusing * (excess + focusing * log_xi) / (negatives * (1 + excess) ** (focusing + 1))
    assert float(found) == pytest.approx(slope, rel=1e-11)


@laws
@given(st.integers(2, 6), st.floats(0, 4), seeds)
def test_focal_gradient_points_along_the_residual(num_classes, focusing, generator):
    # Paper C, (36): ∇ = η(p_k)(e_k - p), η(p) = β p (1-p)^(β-1) log p - (1-p)^β.
    logits = 2 * normal(1, num_classes, generator=generator)
    p = logits.softmax(dim=1)[0]
    certainty = p[0]
    eta = (
        focusing * certainty * (1 - certainty) ** (focusing - 1) * certainty.log()
        - (1 - certainty) ** focusing
    )
    found = derivative(lambda z: losses.focal_loss(z, torch.tensor([0]), focusing=focusing), logits)
    assert_close(found[0], eta * (torch.eye(num_classes, dtype=torch.float64)[0] - p), rtol=1e-9, atol=1e-14)


def test_squared_gradients():
    generator = torch.Generator().manual_seed(0)
    logits, labels = normal(3, 4, generator=generator), torch.tensor([1, 3, 0])
    target = one_hot(labels, 4).double()
    found = derivative(
        lambda z: losses.mean_squared_error(z, labels, kappa=3.0, beta=2.0, reduction="sum"), logits
    )
    assert_close(found, 2 * (1 + 2 * target) * (logits - 2 * target))


def test_dot_regression_only_pulls():
    # Paper E, Eq. 15, which holds on features of length feature_norm.
    generator = torch.Generator().manual_seed(0)
    classifier, labels = normal(4, 3, generator=generator), torch.tensor([1, 3, 0])
    features = 1.7 * torch.nn.functional.normalize(normal(3, 3, generator=generator))
    found = derivative(
        lambda h: losses.dot_regression(h, labels, classifier, feature_norm=1.7, reduction="sum"), features
    )
    cosine = torch.nn.functional.cosine_similarity(features, classifier[labels])
    assert_close(found, -(1 - cosine)[:, None] * classifier[labels])


@pytest.mark.parametrize("gap", [5.0, 60.0, 300.0])
@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.binary_cross_entropy])
def test_hessian_keeps_its_digits_for_certain_predictions(loss, gap):
    logits = torch.tensor([[gap, 0.0, -gap]], dtype=torch.float64)
    found = torch.autograd.functional.hessian(lambda z: loss(z, torch.tensor([0])), logits)[0, :, 0]
    # 1 - p of the label, summed from the others: subtracting from 1 would leave nothing.
    p = logits.softmax(dim=1)[0]
    missing = p[1] + p[2]
    if loss is losses.cross_entropy:
        exact = torch.diag(p) - p[:, None] * p
        exact[0, 0] = p[0] * missing
    else:
        exact = torch.diag(logits[0].sigmoid() * (-logits[0]).sigmoid())
    assert_close(found, exact, rtol=1e-11, atol=1e-17 * float(found.abs().max()))


@pytest.mark.parametrize("num_classes", [2, 3, 10])
def test_focal_loss_is_convex_where_its_docstring_says(num_classes):
    # Eigenvalue along e_y - p, on the boundary (2γ+1)(1-p) + γ(1-(1+γ)p) log p = 0 and to either side.
    focusing, boundary = 2.3819, 0.0584444
    for certainty, convex in ((boundary * 1.01, True), (boundary * 0.97, False)):
        rest = torch.full((num_classes - 1,), (1 - certainty) / (num_classes - 1))
        logits = torch.cat([torch.tensor([certainty]), rest]).double().log()[None]
        hessian = torch.autograd.functional.hessian(
            lambda z: losses.focal_loss(z, torch.tensor([0]), focusing=focusing), logits
        )[0, :, 0]
        assert (float(torch.linalg.eigvalsh(hessian)[0]) > -1e-12) == convex


LABELS = torch.tensor([0, 3, 1])
PROBABILITIES = torch.tensor([[0.1, 0.2, 0.3, 0.4], [0.0, 1.0, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0]])


@pytest.mark.parametrize(
    ("name", "targets"),
    [*((name, LABELS) for name in losses.NAMES), *((name, PROBABILITIES) for name in SOFT)],
)
def test_first_and_second_derivatives_by_finite_differences(name, targets):
    logits = normal(3, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()

    def loss(z):
        return losses.get(name)(z, targets, reduction="none")

    assert gradcheck(loss, logits)
    assert gradgradcheck(loss, logits)


def test_dot_regression_derivatives_by_finite_differences():
    generator = torch.Generator().manual_seed(0)
    features = normal(3, 4, generator=generator).requires_grad_()
    classifier = normal(5, 4, generator=generator).requires_grad_()
    labels = torch.tensor([4, 0, 4])
    assert gradcheck(lambda h, w: losses.dot_regression(h, labels, w), (features, classifier))
    assert gradgradcheck(lambda h, w: losses.dot_regression(h, labels, w), (features, classifier))
