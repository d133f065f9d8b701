"""Right and wrong answers to the exercises of lesson 16."""

import sympy as sp
import torch

m = sp.Symbol("m")  # without assumptions, as a learner may well define it


def gaps(records):
    means = records.groupby(["optimizer", "loss"]).test_accuracy.mean().unstack("loss")
    return 100 * (means.bce - means.ce)


def by_hand(records):
    """Without groupby."""
    lowest = []
    for optimizer in set(records.optimizer):
        part = records[records.optimizer == optimizer]
        mean = {loss: part[part.loss == loss].test_accuracy.mean() for loss in ("ce", "bce")}
        lowest.append(100 * mean["bce"] - 100 * mean["ce"])
    return min(lowest)


def lowest_pair(records):
    wide = records.pivot(index=["optimizer", "seed"], columns="loss", values="test_accuracy")
    return 100 * (wide.bce - wide.ce).min()


def best_rival(logits, labels, *, hidden=-torch.inf):
    return logits.scatter(1, labels[:, None], hidden).max(dim=1).values


def slack(logits, labels):
    return 1 + best_rival(logits, labels) - logits.gather(1, labels[:, None])[:, 0]


def hinge(logits, labels):
    return torch.relu(slack(logits, labels)).square().mean()


def by_loop(logits, labels):
    """Sample by sample."""
    total = 0.0
    for row, label in zip(logits, labels, strict=True):
        others = torch.cat([row[:label], row[label + 1 :]])
        total = total + torch.clamp(1 + others.max() - row[label], min=0) ** 2
    return total / len(labels)


def over_all(logits, labels):
    return torch.relu(1 + logits.max(dim=1).values - logits.gather(1, labels[:, None])[:, 0]).square().mean()


def summed(logits, labels):
    margins = torch.relu(1 + logits - logits.gather(1, labels[:, None])).scatter(1, labels[:, None], 0.0)
    return margins.square().sum(dim=1).mean()


def own_zeroed(logits, labels):
    own = logits.gather(1, labels[:, None])[:, 0]
    return torch.relu(1 + best_rival(logits, labels, hidden=0.0) - own).square().mean()


TRIALS = {
    "16.1": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "plain ones"), ("c", "not seen"), (2, "expected")],
        "stub": ...,
    },
    "16.2": {
        "reference": lambda records: float(gaps(records).min()),
        "variant": by_hand,
        "mistakes": [
            (lambda records: -gaps(records).max(), "CE less BCE"),
            (lambda records: gaps(records).max(), "take the worst"),
            (lambda records: gaps(records).mean(), "hide the worst"),
            (lambda records: gaps(records).min() / 100, "one point"),
            (lambda records: abs(gaps(records).min()), "has a sign"),
            (lowest_pair, "mean over the seeds"),
            (lambda records: records.test_acuracy, "AttributeError"),
        ],
        "stub": lambda records: ...,
    },
    "16.3": {
        "reference": sp.Rational(1, 2) ** m,
        "variant": sp.exp(-m * sp.log(2)),
        "mistakes": [
            (1 / (2 * m), "multiply"),
            (m / 2, "do not add"),
            (1 - sp.Rational(1, 2) ** m, "at least once"),
            (2 * sp.Rational(1, 2) ** m, "both directions"),
        ],
        "stub": ...,
    },
    "16.4": {
        "reference": lambda records: int((records.train_accuracy == 1).sum()),
        "variant": lambda records: sum(value >= 1.0 for value in records.train_accuracy),
        "mistakes": [
            (lambda records: int((records.train_accuracy < 1).sum()), "do not fit"),
            (lambda records: float((records.train_accuracy == 1).mean()), "not a share"),
            (lambda records: int((records.train_accuracy > 0.99).sum()), "not nearly"),
        ],
        "stub": lambda records: ...,
    },
    "16.5": {
        "reference": "c",
        "variant": " c",
        "mistakes": [
            ("a", "the other table"),
            ("b", "were not tried"),
            ("d", "fitted their training set"),
            (None, "expected"),
        ],
        "stub": ...,
    },
    "16.6": {
        "reference": hinge,
        "variant": by_loop,
        "mistakes": [
            (lambda z, y: hinge(z, y) * len(y), "not the sum"),
            (lambda z, y: torch.relu(slack(z, y)).mean(), "Square"),
            (summed, "best rival"),
            (over_all, "its own rivals"),
            (lambda z, y: torch.relu(slack(z, y)).mean() ** 2, "Square first"),
            (lambda z, y: slack(z, y).square().mean(), "grows again"),
            (own_zeroed, "may win it"),
            (lambda z, y: torch.nn.functional.multi_margin_loss(z, y, p=2), "all classes"),
            (lambda z, y: hinge(z, y).detach(), "cut the graph"),
            (lambda z, y: hinge(z, y).item(), "a tensor with one element"),
        ],
        "stub": lambda logits, labels: ...,
    },
    "16.7": {
        "reference": "b",
        "variant": "B ",
        "mistakes": [("a", "without the hinge"), ("c", "not all losses"), ("d", "expected")],
        "stub": ...,
    },
}
