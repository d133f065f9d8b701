"""The models with decay, with H >= 0 and with a fixed classifier: objectives and their derivatives."""

import numpy as np
import pytest
import torch

from nccourse import losses
from nccourse.ufm import FixedClassifierUFM, NonnegativeUFM, RegularizedUFM
from nccourse.ufm.problems import State

RNG = np.random.default_rng(0)
CLASSIFIER = RNG.standard_normal((3, 4))
REGULARIZED = [
    RegularizedUFM(3, 2, 4, "ce", 0.02, 0.01, 0.03),
    RegularizedUFM(4, 1, 3, "bce", 0.02, 0.01),
    RegularizedUFM(3, 2, 2, "bce", 0.02, 0.05, bias=False),
    RegularizedUFM(3, 2, 4, "focal", 0.02, 0.01, 0.03, focusing=2.5),
    RegularizedUFM(3, 2, 4, "focal", 0.02, 0.01, 0.03, focusing=0.5),
    RegularizedUFM(3, 2, 4, "label_smoothing", 0.02, 0.01, 0.03, smoothing=0.3),
    RegularizedUFM(3, 2, 4, "mse", 0.02, 0.01, 0.03, kappa=2.0, beta=3.0),
]
NONNEGATIVE = [NonnegativeUFM((1, 3, 2), 4, 0.02, 0.01), NonnegativeUFM((4, 1), 1, 0.02, 0.1)]
FIXED = [FixedClassifierUFM((1, 3, 2), CLASSIFIER, 1.5, loss) for loss in ("ce", "dr")]
PROBLEMS = REGULARIZED + NONNEGATIVE + FIXED
WITH_REDUCED = PROBLEMS + [problem.reduced() for problem in PROBLEMS]
VIEWS = [(p, view) for p in WITH_REDUCED for view in ("landscape", "smooth_landscape")]


def batch_state(problem, seed=0):
    rng = np.random.default_rng(seed)
    W, H, b = problem.random_state(rng)
    b = 0.3 * rng.standard_normal(b.shape) if problem.bias else b
    return State(W[None], H[None], b[None])


def torch_objective(problem, W, H, b):
    """The objective by the package's own losses, which know nothing of unconstrained features."""
    W, H, b, labels = *(torch.tensor(array) for array in (W, H, b)), torch.tensor(problem.labels)
    weight = torch.tensor(problem.multiplicity) / problem.multiplicity.sum()
    if isinstance(problem, FixedClassifierUFM) and problem.loss == "dr":
        value = losses.dot_regression(H, labels, W, feature_norm=problem.feature_norm, reduction="none")
        return float(weight @ value)
    params = getattr(problem, "loss_params", {})
    value = float(weight @ losses.get(problem.loss)(H @ W.T - b, labels, reduction="none", **params))
    if isinstance(problem, FixedClassifierUFM):
        return value
    squares = (torch.tensor(problem.multiplicity) * H.square().sum(1)).sum()
    decay = (
        problem.lambda_W * W.square().sum() + problem.lambda_H * squares + problem.lambda_b * b.square().sum()
    )
    return value + 0.5 * float(decay)


@pytest.mark.parametrize("problem", WITH_REDUCED, ids=repr)
def test_objective(problem):
    state = batch_state(problem)
    landscape = problem.landscape([problem])
    found = landscape.evaluate(landscape.pack(state)).objective[0]
    assert found == pytest.approx(torch_objective(problem, *(array[0] for array in state)), rel=1e-12)


@pytest.mark.parametrize(
    "problem", [p for p in WITH_REDUCED if not isinstance(p, FixedClassifierUFM)], ids=repr
)
def test_smooth_objective_is_the_same(problem):
    state = batch_state(problem)
    plain, smooth = problem.landscape([problem]), problem.smooth_landscape([problem])
    assert smooth.evaluate(smooth.pack(state)).objective == pytest.approx(
        plain.evaluate(plain.pack(state)).objective, rel=1e-12
    )


@pytest.mark.parametrize("loss", ["ce", "dr"])
def test_before_a_fixed_classifier_the_smooth_objective_is_a_geometric_mean(loss):
    problem = FixedClassifierUFM((1, 3, 2), CLASSIFIER, 1.5, loss)
    state, smooth = batch_state(problem), problem.smooth_landscape([problem])
    labels = problem.labels
    scores = state.H[0] @ CLASSIFIER.T
    target = np.linalg.norm(CLASSIFIER, axis=1)[labels] * 1.5
    own = scores[np.arange(6), labels]
    each = np.logaddexp.reduce(scores, axis=1) - own
    if loss == "dr":
        each = (own - target) ** 2 / (2 * target) + target / 2
    found = smooth.evaluate(smooth.pack(state)).objective[0]
    assert found == pytest.approx(np.exp(np.log(each).mean()), rel=1e-7)


@pytest.mark.parametrize(("problem", "view"), VIEWS, ids=str)
def test_gradient_and_hessian_are_those_of_the_objective(problem, view):
    """Central differences along a retraction: f along it, and the transported gradient."""
    landscape = getattr(problem, view)([problem])
    point = landscape.pack(batch_state(problem, 1))
    x, y = (landscape.project(point, v) for v in np.random.default_rng(2).standard_normal((2, *point.shape)))
    here = landscape.evaluate(point)

    def along(step):
        there = landscape.retract(point, step * x)
        found = landscape.evaluate(there)
        return found.objective[0], landscape.project(point, found.gradient)[0]

    h = 1e-5
    (up, up_gradient), (down, down_gradient) = along(h), along(-h)
    size = 1.0 + np.abs(here.gradient).max()
    assert here.gradient[0] @ x[0] == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-8 * size)
    product = here.hessian_product(x)
    np.testing.assert_allclose(
        product[0], (up_gradient - down_gradient) / (2 * h), rtol=1e-5, atol=1e-6 * size
    )
    assert np.vdot(y, product) == pytest.approx(np.vdot(x, here.hessian_product(y)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("view", ["landscape", "smooth_landscape"])
def test_a_batch_is_each_problem_alone(view):
    batches = [
        [
            RegularizedUFM(3, 2, 4, loss, 0.02, 0.01 * i, 0.1)
            for i, loss in enumerate(("bce", "ce", "focal", "mse", "label_smoothing"), 1)
        ],
        [NonnegativeUFM((1, 2, 3), 4, λ, 0.02) for λ in (0.01, 0.05)],
        [FixedClassifierUFM((1, 2, 3), scale * CLASSIFIER, 1.0 + scale) for scale in (0.5, 2.0)],
    ]
    for batch in batches:
        landscape = getattr(batch[0], view)(batch)
        states = [batch_state(problem, i) for i, problem in enumerate(batch)]
        points = landscape.pack(State(*(np.concatenate(arrays) for arrays in zip(*states, strict=True))))
        together = landscape.evaluate(points)
        products = together.hessian_product(points)
        for i, problem in enumerate(batch):
            alone = getattr(problem, view)([problem]).evaluate(points[i : i + 1])
            assert together.objective[i] == pytest.approx(alone.objective[0], rel=1e-13)
            np.testing.assert_allclose(together.gradient[i], alone.gradient[0], rtol=1e-11, atol=1e-14)
            np.testing.assert_allclose(
                products[i], alone.hessian_product(points[i : i + 1])[0], rtol=1e-10, atol=1e-13
            )
            part = landscape.take(np.array([i])).evaluate(points[i : i + 1])
            assert part.objective[0] == alone.objective[0]


def test_a_constraint_takes_from_a_gradient_what_it_cannot_follow():
    problem = NONNEGATIVE[0]
    landscape = problem.landscape([problem])
    W, H, b = (array.copy() for array in batch_state(problem))
    H[:, :, 0] = 0.0
    point = landscape.pack(State(W, H, b))
    kept = landscape.unpack(landscape.project(point, np.ones_like(point)))
    assert not kept.H[..., 0].any()
    assert kept.H[..., 1:].all()
    assert kept.W.all()
    assert landscape.unpack(landscape.project(point, -np.ones_like(point))).H.all()
    assert landscape.unpack(landscape.retract(point, -9.0 * np.ones_like(point))).H.min() == 0.0


def test_a_ball_keeps_the_part_along_its_sphere():
    problem = FIXED[0]
    landscape = problem.landscape([problem])
    rows = RNG.standard_normal((1, 6, 4))
    rows *= 1.5 / np.linalg.norm(rows, axis=2, keepdims=True)
    rows[0, 0] *= 0.5
    point = landscape.pack(State(CLASSIFIER[None], rows, np.zeros((1, 3))))
    kept = landscape.unpack(landscape.project(point, -point)).H
    np.testing.assert_allclose(kept[0, 0], -rows[0, 0])
    np.testing.assert_allclose(kept[0, 1:], 0.0, atol=1e-12)
    np.testing.assert_allclose(landscape.project(point, point), point)
    out = landscape.unpack(landscape.retract(point, 5.0 * point)).H
    np.testing.assert_allclose(np.linalg.norm(out[0], axis=1), 1.5)
