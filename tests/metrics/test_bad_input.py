"""Every public function refuses bad arguments, naming what, expected and got."""

import numpy as np
import pytest
import torch

from nccourse import metrics
from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.metrics import (
    NeuralCollapse,
    accuracy,
    auroc,
    compactness,
    decision_scores,
    imbalanced_collapse,
    neural_collapse,
    oscr,
    separability,
    unbiased_accuracy,
    uniform_accuracy,
)

H, Y, W, B = torch.ones(4, 3), torch.tensor([0, 1, 0, 1]), torch.eye(3)[:2], torch.zeros(2)
Z, S = torch.ones(4, 2), torch.ones(3)
OK = torch.ones(3, dtype=torch.bool)
NAN, INF = float("nan"), float("inf")


def poisoned(tensor, value):
    copy = tensor.clone()
    copy.view(-1)[-1] = value
    return copy


def imbalanced(features=H, labels=Y, weights=W, lambda_W=0.1, lambda_H=0.1, counts=None):
    return imbalanced_collapse(features, labels, weights, lambda_W, lambda_H, counts=counts)


def stream(features=H, labels=Y, weights=W, b=None, **options):
    metric = NeuralCollapse(**{"num_classes": 2, "dim": 3, **options})
    metric.set_classifier(weights, b)
    metric.update(features, labels)
    return metric.compute()


LABELLED = {
    "neural_collapse": lambda h, y: neural_collapse(h, y, W),
    "without weights": neural_collapse,
    "compactness": compactness,
    "separability": separability,
    "imbalanced_collapse": imbalanced,
    "NeuralCollapse": stream,
}
BAD_LABELLED = [
    ((H.tolist(), Y), "features", InputTypeError, "a float tensor of shape", "list"),
    ((H.numpy(), Y), "features", InputTypeError, "a float tensor", "ndarray"),
    ((H.long(), Y), "features", InputTypeError, "a float tensor", "torch.int64"),
    ((H[0], Y), "features", InputValueError, "a float tensor of shape", "(3,)"),
    ((poisoned(H, NAN), Y), "features", InputValueError, "finite", "1 NaN or infinite"),
    ((poisoned(H, INF), Y), "features", InputValueError, "finite", "1 NaN or infinite"),
    ((poisoned(H, -INF).half(), Y), "features", InputValueError, "finite", "1 NaN or infinite"),
    (
        (torch.full((4, 3), 1.7e308, dtype=torch.float64), Y),
        "features",
        InputValueError,
        "stay below",
        "1.7e+308",
    ),
    ((H, Y.tolist()), "labels", InputTypeError, "an integer tensor", "list"),
    ((H, Y.float()), "labels", InputTypeError, "an integer tensor", "torch.float32"),
    ((H, Y == 1), "labels", InputTypeError, "an integer tensor", "torch.bool"),
    ((H, Y[:3]), "labels", InputValueError, "(4,)", "(3,)"),
    ((H, Y[:, None]), "labels", InputValueError, "(4,)", "(4, 1)"),
    ((H, Y - 1), "labels", InputValueError, "values in [0, ", "from -1 to 0"),
    ((H[:0], Y[:0]), "labels", InputValueError, "N >= 1", "(0,)"),
]


@pytest.mark.parametrize("function", LABELLED)
@pytest.mark.parametrize(("arguments", "what", "kind", "expected", "got"), BAD_LABELLED)
def test_features_and_labels(function, arguments, what, kind, expected, got):
    with pytest.raises(kind) as caught:
        LABELLED[function](*arguments)
    assert caught.value.what == what
    assert expected in caught.value.expected
    assert got in caught.value.got


CASES = [
    (lambda: neural_collapse(H, Y * 0), "labels", InputValueError, "at least two classes", "1"),
    (
        lambda: neural_collapse(H, Y * 2),
        "labels",
        InputValueError,
        "each of the 3 classes",
        "none of class 1",
    ),
    (
        lambda: neural_collapse(H, Y * 0, W),
        "labels",
        InputValueError,
        "each of the 2 classes",
        "none of class 1",
    ),
    (lambda: neural_collapse(H, Y + 1, W), "labels", InputValueError, "[0, 2)", "from 1 to 2"),
    (lambda: neural_collapse(H, Y * 0, W[:1]), "W", InputValueError, "at least two classes", "1"),
    (lambda: neural_collapse(H, Y, W[:, :2]), "W", InputValueError, "(K, 3)", "(2, 2)"),
    (lambda: neural_collapse(H, Y, W[0]), "W", InputValueError, "(K, d)", "(3,)"),
    (lambda: neural_collapse(H, Y, W.long()), "W", InputTypeError, "a float tensor", "torch.int64"),
    (lambda: neural_collapse(H, Y, poisoned(W, NAN)), "W", InputValueError, "finite", "1 NaN"),
    (lambda: neural_collapse(H, Y, W, b=S), "b", InputValueError, "(2,)", "(3,)"),
    (lambda: neural_collapse(H, Y, W, b=poisoned(B, INF)), "b", InputValueError, "finite", "1 NaN"),
    (lambda: neural_collapse(H, Y, b=B), "b", InputValueError, "None without W", "a value"),
    (lambda: neural_collapse(H, Y, variant="paperc"), "variant", InputValueError, "'paperC'", "'paperc'"),
    (lambda: neural_collapse(H, Y, variant=None), "variant", InputValueError, "'papyan'", "None"),
    (lambda: neural_collapse(H[:, :0], Y), "features", InputValueError, "d >= 1", "(4, 0)"),
    (lambda: compactness(H, Y * 0), "labels", InputValueError, "at least two classes", "1"),
    (lambda: separability(H, Y * 2), "labels", InputValueError, "each of the 3 classes", "none of class 1"),
    (lambda: NeuralCollapse(1, 3), "num_classes", InputValueError, ">= 2", "1"),
    (lambda: NeuralCollapse(2.0, 3), "num_classes", InputTypeError, "an integer", "float 2.0"),
    (lambda: NeuralCollapse(2, 0), "dim", InputValueError, ">= 1", "0"),
    (lambda: stream(H[:, :2]), "features", InputValueError, "(N, 3)", "(4, 2)"),
    (lambda: stream(H, Y + 1), "labels", InputValueError, "[0, 2)", "from 1 to 2"),
    (lambda: stream(H, Y * 0), "labels", InputValueError, "each of the 2 classes", "none of class 1"),
    (lambda: stream(weights=W.T), "W", InputValueError, "(2, 3)", "(3, 2)"),
    (lambda: stream(weights=poisoned(W, NAN)), "W", InputValueError, "finite", "1 NaN"),
    (lambda: stream(b=S), "b", InputValueError, "(2,)", "(3,)"),
    (lambda: stream(weights=None, b=B), "b", InputValueError, "None without W", "a value"),
    (lambda: imbalanced(weights=None), "W", InputTypeError, "a float tensor", "None"),
    (lambda: imbalanced(weights=W[:, :2]), "W", InputValueError, "(K, 3)", "(2, 2)"),
    (lambda: imbalanced(labels=Y * 0), "labels", InputValueError, "each of the 2 classes", "none of class 1"),
    (lambda: imbalanced(lambda_W=0), "lambda_W", InputValueError, "> 0", "0"),
    (lambda: imbalanced(lambda_H=NAN), "lambda_H", InputValueError, "> 0", "nan"),
    (lambda: imbalanced(lambda_H="1"), "lambda_H", InputTypeError, "number", "str"),
    (lambda: imbalanced(counts=[1, 2, 3]), "counts", InputValueError, "2 integers", "(3,)"),
    (lambda: imbalanced(counts=[1, 0]), "counts", InputValueError, ">= 1", "a count of 0"),
    (lambda: imbalanced(counts=[1.0, 2.0]), "counts", InputTypeError, "integers", "float"),
    (lambda: imbalanced(counts="12"), "counts", InputTypeError, "integers", "str"),
    (lambda: imbalanced(counts=[[1], [1, 2]]), "counts", InputTypeError, "integers", "list"),
    (lambda: accuracy(Z.tolist(), Y), "logits", InputTypeError, "a float tensor", "list"),
    (lambda: accuracy(Z[0], Y), "logits", InputValueError, "(N, K)", "(2,)"),
    (lambda: accuracy(poisoned(Z, NAN), Y), "logits", InputValueError, "finite", "1 NaN"),
    (lambda: accuracy(Z[:, :0], Y), "logits", InputValueError, "K >= 1", "(4, 0)"),
    (lambda: accuracy(Z, Y + 1), "labels", InputValueError, "[0, 2)", "from 1 to 2"),
    (lambda: accuracy(Z, Y[:2]), "labels", InputValueError, "(4,)", "(2,)"),
    (lambda: accuracy(Z, Y.float()), "labels", InputTypeError, "an integer tensor", "torch.float32"),
    (lambda: uniform_accuracy(Z.long(), Y), "logits", InputTypeError, "a float tensor", "torch.int64"),
    (lambda: uniform_accuracy(Z[:, :1], Y * 0), "logits", InputValueError, "K >= 2", "(4, 1)"),
    (lambda: uniform_accuracy(poisoned(Z, INF), Y), "logits", InputValueError, "finite", "1 NaN"),
    (lambda: uniform_accuracy(Z, Y - 1), "labels", InputValueError, "[0, 2)", "from -1 to 0"),
    (lambda: unbiased_accuracy(Z, Y, S), "b", InputValueError, "(2,)", "(3,)"),
    (lambda: unbiased_accuracy(Z, Y, 0.0), "b", InputTypeError, "a float tensor", "float"),
    (lambda: unbiased_accuracy(Z, Y, poisoned(B, NAN)), "b", InputValueError, "finite", "1 NaN"),
    (lambda: unbiased_accuracy(Z, Y * 2, B), "labels", InputValueError, "[0, 2)", "from 0 to 2"),
    (lambda: unbiased_accuracy(Z[0], Y, B), "logits", InputValueError, "(N, K)", "(2,)"),
    (lambda: decision_scores(H.long(), Y, W), "features", InputTypeError, "a float tensor", "torch.int64"),
    (lambda: decision_scores(poisoned(H, NAN), Y, W), "features", InputValueError, "finite", "1 NaN"),
    (lambda: decision_scores(H, Y + 1, W), "labels", InputValueError, "[0, 2)", "from 1 to 2"),
    (lambda: decision_scores(H, Y, W[:, :2]), "W", InputValueError, "(K, 3)", "(2, 2)"),
    (lambda: decision_scores(H, Y * 0, W[:1]), "W", InputValueError, "K >= 2", "(1, 3)"),
    (lambda: decision_scores(H, Y, W, S), "b", InputValueError, "(2,)", "(3,)"),
    (lambda: auroc([1.0], S), "known", InputTypeError, "a float tensor", "list"),
    (lambda: auroc(S, OK), "unknown", InputTypeError, "a float tensor", "torch.bool"),
    (lambda: auroc(S[:0], S), "known", InputValueError, "at least one", "none"),
    (lambda: auroc(S, S[None]), "unknown", InputValueError, "(N,)", "(1, 3)"),
    (lambda: auroc(poisoned(S, NAN), S), "known", InputValueError, "finite", "1 NaN"),
    (lambda: oscr(S, OK, S[:0]), "unknown_scores", InputValueError, "at least one", "none"),
    (lambda: oscr(S[0], OK, S), "known_scores", InputValueError, "(N,)", "()"),
    (lambda: oscr(S, OK[:2], S), "known_correct", InputValueError, "(3,)", "(2,)"),
    (lambda: oscr(S, S, S), "known_correct", InputTypeError, "a bool tensor", "torch.float32"),
    (lambda: oscr(S, [True] * 3, S), "known_correct", InputTypeError, "a bool tensor", "list"),
    (lambda: oscr(S, OK, poisoned(S, NAN)), "unknown_scores", InputValueError, "finite", "1 NaN"),
    (lambda: oscr(np.ones(3), OK, S), "known_scores", InputTypeError, "a float tensor", "ndarray"),
]


@pytest.mark.parametrize(("call", "what", "kind", "expected", "got"), CASES)
def test_everything_else(call, what, kind, expected, got):
    with pytest.raises(kind) as caught:
        call()
    error = caught.value
    assert isinstance(error, NCCourseError)
    assert error.what == what
    assert expected in error.expected
    assert got in error.got
    assert str(error).startswith(what)


def test_a_layer_in_place_of_its_weights_is_explained():
    with pytest.raises(InputTypeError, match=r"W: expected a float tensor.*try its tensor: W=layer\.weight"):
        neural_collapse(H, Y, torch.nn.Linear(3, 2))


@pytest.mark.filterwarnings("ignore:The ``compute`` method:UserWarning")
def test_computing_before_the_first_batch_is_explained():
    with pytest.raises(InputValueError, match=r"got none; try update\(features, labels\) first"):
        NeuralCollapse(2, 3).compute()


def test_all_public_names_complete_by_tab():
    assert set(metrics.__all__) <= set(dir(metrics))


def test_a_transposed_classifier_is_recognised():
    features, labels = torch.randn(40, 6), torch.arange(40) % 4
    with pytest.raises(InputValueError, match=r"W: expected .*\(K, 6\), got shape \(6, 4\); try W\.T"):
        neural_collapse(features, labels, torch.randn(6, 4))
