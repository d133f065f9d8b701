"""Every control of every widget at both of its ends, by keyboard; what is shown then is the theory."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import numpy as np
import pytest

from nccourse.theory import contrastive, fixed_etf, imbalanced, normalized, normalized_offset, regularized
from nccourse.widgets.bias_lab import PRICE, critical_decay
from nccourse.widgets.imbalance_lab import long_tail, two_groups
from nccourse.widgets.minority_lab import SMALL_COUNT, counts_of
from nccourse.widgets.pull_push import FRAME

pytestmark = pytest.mark.browser

NUMBER = r"[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]\d+)?"
PARAMETERS = {"ce": {}, "label_smoothing": {"smoothing": 0.1}, "focal": {"focusing": 3.0}}
UNDRAWN = "This combination has no picture"


def etf_viewer(num_classes, noise, **_):
    best = -1 / (num_classes - 1)
    rows = [("Best possible", "= ", best), ("Best possible", "angle of ", math.degrees(math.acos(best)))]
    if noise == 0:
        rows += [("Largest cosine", "", best), ("Smallest cosine", "", best), ("Distance from an ETF", "", 0)]
    return rows


def scores(num_classes, scale, loss, bias=True):
    if loss == "bce" and not bias:
        lean = normalized_offset.offset_without_bias(num_classes, scale)
        return scale * (1 - 2 * lean), -scale * (1 + (num_classes - 2) * lean) / (num_classes - 1)
    return normalized.unbiased_scores(num_classes, scale)


def least_loss(num_classes, scale, loss, bias=True):
    if loss == "ce":
        return normalized.ce_minimum(num_classes, scale)
    if bias:
        return normalized.bce_minimum(num_classes, scale)
    return normalized.bce_minimum_without_bias(num_classes, scale)


def gamma_explorer(num_classes, scale, loss, bias):
    positive, negative = scores(num_classes, scale, loss, bias)
    rows = [("Positive score", words, positive) for words in ("theory ", "solved ")]
    rows += [("Negative score", words, negative) for words in ("theory ", "solved ")]
    rows += [("Loss", "bound ", least_loss(num_classes, scale, loss, bias))]
    if loss == "bce" and bias:
        best = normalized.bce_bias(num_classes, scale)
        rows += [("Bias", "theory ", best), ("Bias", "solved ", best)]
        rows += [("b separates", "γ > ", normalized.separation_scale(num_classes))]
    if loss == "ce" or bias:
        rate = normalized.local_rate(num_classes, 5, scale, loss, bias=bias)
        rows += [("Slowest mode", "1 − ", rate)]
    return rows


def convergence_lab(num_classes, scale, other_scale):
    return [
        (f"{symbol}: {loss.upper()} rate", "theory ", normalized.local_rate(num_classes, 1, γ, loss))
        for symbol, γ in (("γ₁", scale), ("γ₂", other_scale))
        for loss in ("ce", "bce")
    ]


def network_lab(num_classes, scale, loss, **_):
    positive, negative = scores(num_classes, scale, loss)
    rows = [("Positive score", "theory ", positive), ("Negative score", "theory ", negative)]
    rows += [("Loss", "minimum ", least_loss(num_classes, scale, loss))]
    return rows + [("Bias", "b* ", normalized.bce_bias(num_classes, scale))] * (loss == "bce")


def bias_lab(loss, num_classes, ratio, **_):
    lambda_b = ratio * critical_decay(num_classes)
    best = regularized.minimizer(loss, num_classes, 1, PRICE, PRICE, lambda_b)
    rows = [("Theory", "positive score ", best.positive_score), ("Theory", "negative ", best.negative_score)]
    if loss == "bce" or ratio:
        rows += [("Theory", "bias ", best.bias)]
    return [*rows, ("Objective", "", best.objective), ("Setting", "λ_b = ", lambda_b)]


def loss_lab(loss, num_classes, scaled_price, **values):
    params = {name: values[name] for name in PARAMETERS[loss]}
    price = scaled_price / num_classes
    best = regularized.minimizer(loss, num_classes, 1, price, price, **params)
    gap = best.positive_score - best.negative_score
    at_zero = contrastive.phi(loss, num_classes, 0.0, **params)
    slope = contrastive.phi_slope(loss, num_classes, 0.0, **params)
    rows = [("t*", "", -(num_classes - 1) * gap), ("t*", "each other by ", gap)]
    rows += [("Objective", "", best.objective), ("Objective", "at t*, ", at_zero)]
    return [*rows, ("Collapse to zero", "slope at zero, ", slope)]


def landscape_lab(num_classes, loss, decay, point, **_):
    if point == "zero":
        largest = contrastive.phi_slope(loss, num_classes, 0.0, **PARAMETERS[loss])
        return [("Lowest eigenvalue", "= ", decay - largest), ("Certificate", "|G| = ", largest)]
    best = regularized.minimizer(loss, num_classes, 1, decay, decay, **PARAMETERS[loss])
    return [("Objective", "", best.objective)] * (point == "all" and not best.trivial)


def imbalance_lab(num_classes, ratio, decay, shape):
    counts = {"two_groups": two_groups, "long_tail": long_tail}[shape](num_classes, ratio)
    best = imbalanced.minimizer(counts, decay, decay)
    threshold = imbalanced.collapse_count(sum(counts), num_classes, decay, decay)
    rows = [("Collapsed", "", best.collapsed.sum()), ("Collapsed", "a class with ", threshold)]
    rows += [("Margins", "", best.margins[0]), ("Margins", "largest class, ", best.margins[-1])]
    rows += [("Weights", "length ", best.weight_norms[0]), ("Weights", "and ", best.weight_norms[-1])]
    rows += [("Features", "length ", best.feature_norms[0]), ("Features", "and ", best.feature_norms[-1])]
    cosines = {"large": best.weight_cosines[0, 1], "small": best.weight_cosines[-1, -2]}
    return rows + [(f"Cosine of two {size} classes", "", x) for size, x in cosines.items() if x == x]


def minority_lab(majors, minors, ratio, decay):
    counts = counts_of(majors, minors, ratio)
    best = imbalanced.minimizer(counts, decay, decay)
    threshold = imbalanced.collapse_count(sum(counts), majors + minors, decay, decay)
    some, every = imbalanced.collapse_ratios(SMALL_COUNT, majors, minors, decay, decay)
    rows = [("Small classes collapse from", "R = ", some), ("All classes collapse from", "R = ", every)]
    rows += [("Margins", "", best.margins[0]), ("Margins", "large classes, ", best.margins[-1])]
    return [*rows, ("Threshold", "", threshold)]


def pull_push(angle, length, scale, **_):
    towards = math.radians(90 - angle)
    feature = length * np.array([math.cos(towards), math.sin(towards)])
    root = math.sqrt(scale)
    forces = fixed_etf.pull_push(root * feature[None], [0], root * FRAME)
    pull, push = (float(np.linalg.norm(force)) / root for force in forces)
    rows = [("CE pull", "length ", pull), ("CE push", "length ", push)]
    return [*rows, ("DR pull", "length ", 1 - length * math.cos(math.radians(angle)))]


def collapse_player(snapshot, **_):
    curves = {"NC1": np.geomspace(1, 1e-8, 41), "NC4": np.linspace(0.5, 0, 41)}
    return [(name, "", curve[snapshot]) for name, curve in curves.items()]


def assert_theory(widget):
    """What the read-out says now is the theory of the controls' values, to the last digit shown."""
    values, shown = widget.values(), widget.readout()
    assert UNDRAWN not in shown, (values, shown[UNDRAWN])
    for row, before, value in globals()[widget.name](**values):
        found = re.search(re.escape(before) + f"({NUMBER})", shown.get(row, ""))
        assert found, (row, before, shown)
        number = Decimal(found[1].replace(",", ""))
        digit = number.as_tuple().exponent
        assert float(number) == pytest.approx(value, rel=1e-9, abs=0.5000001 * 10.0**digit), (values, row)


def test_each_control_reaches_both_ends_by_keyboard(widget):
    for control in widget.controls():
        label, name = control["label"], control["name"]
        low, high = control["values"][0], control["values"][-1]
        for key, wanted in (("Home", low), ("End", high)):
            widget.press(label, key)
            widget.expect(**{name: wanted})
            widget.lab.eventually(lambda: assert_theory(widget))
            widget.picture()
