"""How the experiments on initial biases judge runs: on records made up so that the answer is plain."""

from __future__ import annotations

import pandas as pd
import pytest

from nccourse.experiments.definitions.initial_bias import SCALE, decided_by_start, forgets_variance
from nccourse.experiments.definitions.initial_bias_by_scale import where_biases_end
from nccourse.theory.normalized import bce_bias

TARGET = float(bce_bias(10, SCALE))


def runs(ends, **changes):
    """Return runs of CE, whose biases stay, and of BCE, whose biases end at ``ends``, from 0 and from 10."""
    rows = []
    for start, end in zip((0.0, 10.0), ends, strict=True):
        common = {"optimizer": "sgd", "scale": SCALE, "initial_mean": start, "train_accuracy": 1.0}
        rows.append({**common, "loss": "ce", "bias_mean": start, "positive_mean": SCALE})
        rows.append({**common, "loss": "bce", "bias_mean": end, "positive_mean": SCALE, **changes})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("rule", [decided_by_start, where_biases_end])
def test_ends_that_meet_bear_the_claim_out_and_ends_apart_do_not(rule):
    assert rule(runs((TARGET, TARGET + 0.1))).holds is True
    assert rule(runs((TARGET - 1.0, TARGET))).holds is False


@pytest.mark.parametrize("rule", [decided_by_start, where_biases_end])
def test_a_bias_of_ce_that_moves_contradicts_the_claim(rule):
    moved = runs((TARGET, TARGET))
    moved.loc[moved.loss == "ce", "bias_mean"] = TARGET
    assert rule(moved).holds is False


@pytest.mark.parametrize(
    ("rule", "changes"),
    [(decided_by_start, {"positive_mean": 0.5 * SCALE}), (where_biases_end, {"train_accuracy": 0.6})],
)
@pytest.mark.parametrize("ends", [(TARGET, TARGET), (1.0, 6.0)])
def test_runs_that_are_not_at_rest_or_have_not_learnt_say_nothing(rule, changes, ends):
    assert rule(runs(ends, **changes)).holds is None


def spreads(bce_bias_sd, bce_score_sd, accuracy=1.0):
    common = {"optimizer": "sgd", "scale": SCALE, "train_accuracy": accuracy}
    rows = []
    for variance in (0.0, 6.0):
        at = {**common, "initial_variance": variance}
        rows.append({**at, "loss": "ce", "bias_sd": 2.0, "positive_sd": 1.0})
        rows.append({**at, "loss": "bce", "bias_sd": bce_bias_sd, "positive_sd": bce_score_sd})
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("bias_sd", "score_sd", "accuracy", "holds"),
    [
        (1.0, 0.5, 1.0, True),
        (3.0, 0.5, 1.0, False),
        (1.0, 1.5, 1.0, False),
        (1.0, 0.5, 0.6, None),
        (3.0, 1.5, 0.6, None),
    ],
)
def test_the_variance_is_forgotten_where_biases_and_scores_spread_less(bias_sd, score_sd, accuracy, holds):
    assert forgets_variance(spreads(bias_sd, score_sd, accuracy)).holds is holds
