"""Every loss refuses bad input, naming the argument, what it expected and what it got."""

# ruff: noqa: E501 (one case a line)

import numpy as np
import pytest
import torch

from nccourse import losses
from nccourse.errors import InputTypeError, InputValueError, NCCourseError

z = torch.zeros(2, 3)
y = torch.tensor([0, 1])
W = torch.eye(3)
every = [losses.get(name) for name in losses.NAMES]
soft = [losses.cross_entropy, losses.binary_cross_entropy, losses.label_smoothing]
hard = [losses.focal_loss, losses.mean_squared_error]


def dot(features=z, targets=y, classifier=W, **options):
    return losses.dot_regression(features, targets, classifier, **options)


CASES = [
    *[(lambda f=f: f(np.zeros((2, 3)), y), "logits: expected a float tensor of shape (N, K), got ndarray", InputTypeError) for f in every],
    *[(lambda f=f: f(z.long(), y), "logits: expected a float tensor of shape (N, K), got dtype torch.int64", InputTypeError) for f in every],
    *[(lambda f=f: f(z[0], y), "logits: expected a float tensor of shape (N, K), got shape (3,)", InputValueError) for f in every],
    *[(lambda f=f: f(z[:, :1], y), "logits: expected shape (N, K) with N >= 1 and K >= 2, got shape (2, 1)", InputValueError) for f in every],
    *[(lambda f=f: f(z[:0], y[:0]), "logits: expected shape (N, K) with N >= 1 and K >= 2, got shape (0, 3)", InputValueError) for f in every],
    *[(lambda f=f: f(z, [0, 1]), "targets: expected", InputTypeError) for f in every],
    *[(lambda f=f: f(z, y[:1]), "targets: expected an integer tensor of shape (2,), got shape (1,)", InputValueError) for f in [*every, dot]],
    *[(lambda f=f: f(z, torch.tensor([0, 3])), "targets: expected values in [0, 3), got values from 0 to 3", InputValueError) for f in [*every, dot]],
    *[(lambda f=f: f(z, torch.tensor([-100, 1])), "targets: expected values in [0, 3), got values from -100 to 1", InputValueError) for f in [*every, dot]],
    *[(lambda f=f: f(z, y.float()), "got dtype torch.float32, shape (2,)", InputTypeError) for f in [*every, dot]],
    *[(lambda f=f: f(z, y == 1), "targets: expected an integer tensor of shape (2,), got dtype torch.bool", InputTypeError) for f in [*every, dot]],
    *[(lambda f=f: f(z, y, reduction="batchmean"), "reduction: expected one of 'mean', 'sum', 'none', got 'batchmean'", InputValueError) for f in [*every, dot]],
    *[(lambda f=f: f(z, z.softmax(dim=1)), "this loss has no form for probabilities, got dtype torch.float32, shape (2, 3); try targets.argmax(dim=1)", InputTypeError) for f in hard],
    *[(lambda f=f: f(z, z.long()), "targets: expected a float tensor of shape (2, 3), got dtype torch.int64", InputTypeError) for f in [*soft, dot]],
    *[(lambda f=f: f(z, torch.ones(2, 4) / 4), "targets: expected a float tensor of shape (2, 3), got shape (2, 4)", InputValueError) for f in [*soft, dot]],
    *[(lambda f=f: f(z, torch.ones(2, 3)), "targets: expected rows of probabilities, >= 0 with sum 1, got 2 of 2 rows that are not", InputValueError) for f in [*soft, dot]],
    *[(lambda f=f: f(z, torch.tensor([[1.5, -0.5, 0.0], [1.0, 0.0, 0.0]])), "got 1 of 2 rows that are not", InputValueError) for f in [*soft, dot]],
    *[(lambda f=f: f(z, torch.full((2, 3), float("nan"))), "targets: expected rows of probabilities", InputValueError) for f in [*soft, dot]],
    *[(lambda f=f: f(z, torch.tensor(0)), "targets: expected class indices, an integer tensor of shape (N,), or probabilities of shape (N, K), got shape ()", InputValueError) for f in [*soft, dot]],
    (lambda: losses.cross_entropy(z, y, class_weights=[1.0, 2.0]), "class_weights: expected 3 numbers, one a class, got 2", InputValueError),
    (lambda: losses.cross_entropy(z, y, class_weights=[1.0, 0.0, 2.0]), "class_weights[1]: expected a finite number > 0, got 0.0", InputValueError),
    (lambda: losses.cross_entropy(z, y, class_weights=2.0), "class_weights: expected a sequence of 3 numbers, or None, got float", InputTypeError),
    (lambda: losses.cross_entropy(z, y, class_weights=torch.ones(2)), "class_weights: expected a float tensor of shape (3,), got shape (2,)", InputValueError),
    (lambda: losses.cross_entropy(z, y, class_weights=-torch.ones(3)), "class_weights: expected finite numbers > 0, got some that are not", InputValueError),
    (lambda: losses.focal_loss(z, y, focusing=-1.0), "focusing: expected a finite number >= 0, got -1.0", InputValueError),
    (lambda: losses.focal_loss(z, y, focusing=float("nan")), "focusing: expected a finite number >= 0, got nan", InputValueError),
    (lambda: losses.focal_loss(z, y, focusing="2"), "focusing: expected a finite number >= 0, got str '2'", InputTypeError),
    (lambda: losses.label_smoothing(z, y, smoothing=1.5), "smoothing: expected a finite number in [0, 1], got 1.5", InputValueError),
    (lambda: losses.label_smoothing(z, y, smoothing=None), "smoothing: expected a finite number in [0, 1], got NoneType", InputTypeError),
    (lambda: losses.mean_squared_error(z, y, kappa=0.0), "kappa: expected a finite number > 0, got 0.0", InputValueError),
    (lambda: losses.mean_squared_error(z, y, beta=float("inf")), "beta: expected a finite number > 0, got inf", InputValueError),
    (lambda: dot(features=z.tolist()), "features: expected a float tensor of shape (N, d), got list", InputTypeError),
    (lambda: dot(features=z[0]), "features: expected a float tensor of shape (N, d), got shape (3,)", InputValueError),
    (lambda: dot(classifier=torch.eye(4)), "classifier: expected a float tensor of shape (K, 3), got shape (4, 4)", InputValueError),
    (lambda: dot(classifier=W.long()), "classifier: expected a float tensor of shape (K, 3), got dtype torch.int64", InputTypeError),
    (lambda: dot(classifier=W[:1]), "classifier: expected K >= 2 rows, got shape (1, 3)", InputValueError),
    (lambda: dot(classifier=torch.zeros(3, 3)), "classifier: expected no zero row, got a row of zeros", InputValueError),
    (lambda: dot(feature_norm=0.0), "feature_norm: expected a finite number > 0, got 0.0", InputValueError),
    (lambda: dot(feature_norm="1"), "feature_norm: expected a finite number > 0, got str '1'", InputTypeError),
    (lambda: dot(z[:0], y[:0]), "targets: expected an integer tensor of shape (N,), N >= 1, got shape (0,)", InputValueError),
    (lambda: losses.get("hinge"), "name: expected one of 'ce', 'bce', 'focal', 'label_smoothing', 'mse', got 'hinge'", InputValueError),
    (lambda: losses.get(0), "name: expected one of 'ce'", InputValueError),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message", "kind"), CASES)
def test_bad_input_is_explained(call, message, kind):
    with pytest.raises(kind) as error:
        call()
    assert isinstance(error.value, NCCourseError)
    assert message in str(error.value)
