"""Paper C's experiments: what validation chooses, and verdicts that made-up runs bear out or contradict."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from nccourse.experiments import get
from nccourse.experiments.definitions import (
    contrastive_minimum,
    four_losses,
    paper_c,
    two_extremes,
    width_and_epochs,
)
from nccourse.training import TrainConfig, train

SMALL = {
    "epochs": 4,
    "model_options": {"widths": (16,)},
    "data_options": {"validation": 0.1, "per_class": 10},
}
ORDER = tuple(paper_c.LOSSES)


def made_up(accuracy, nc1=lambda width, epochs: 0.1, **more):
    """Return records whose accuracy is a function of width, epochs, number of the loss and seed."""
    cells = itertools.product((0.25, 2.0), (5, 80), (5e-3,), enumerate(ORDER), (0, 1, 2))
    rows = []
    for width, epochs, decay, (i, loss), seed in cells:
        value = accuracy(width, epochs, i, seed)
        row = {"width": width, "epochs": epochs, "weight_decay": decay, "loss": loss, "seed": seed}
        row |= {
            "nc1": nc1(width, epochs),
            "nc2": 0.1,
            "nc3": 0.1,
            "train_accuracy": 1.0,
            "status": "completed",
        }
        row |= {paper_c.CHOSEN: value, "test_accuracy": value, "best_validation_accuracy": value}
        rows.append({**row, **more})
    return pd.DataFrame(rows)


def at_the_end(records):
    return paper_c.largest(records)


def improving(width, epochs, i, seed):
    """Accuracy that grows, with losses 2 points apart where small, 0.2 where large."""
    gap = 0.0007 if (width, epochs) == (2.0, 80) else 0.007
    return 0.9 + 0.02 * (width == 2.0) + 0.03 * (epochs == 80) + gap * i + 1e-4 * seed


def collapsing(width, epochs):
    return 0.01 if (width, epochs) == (2.0, 80) else 1.0


def test_the_best_validation_accuracy_chooses_the_epoch():
    result = train(TrainConfig(**SMALL), progress=False)
    table = result.metrics
    recorded = paper_c.measure(result)
    best = table.validation_accuracy.max()
    first = table[table.validation_accuracy == best].iloc[0]
    assert recorded["best_validation_accuracy"] == best
    assert recorded[paper_c.CHOSEN] == first.test_accuracy
    assert recorded["curves"]["epoch"] == table.epoch.tolist()


def test_a_diverged_run_chooses_nothing():
    options = {"widths": (16,), "batch_norm": False}
    config = TrainConfig(**SMALL | {"model_options": options, "learning_rate": 1e30, "batch_size": 10})
    recorded = paper_c.measure(train(config, progress=False))
    assert math.isnan(recorded[paper_c.CHOSEN])


@pytest.mark.parametrize("profile", ["ci", "laptop", "gpu"])
@pytest.mark.parametrize(
    ("one", "others"),
    [
        (four_losses.CIFAR10, width_and_epochs.OTHER_CIFAR10),
        (four_losses.CIFAR100, width_and_epochs.OTHER_CIFAR100),
    ],
)
def test_two_studies_are_the_whole_grid(one, others, profile):
    first, rest = (study.cells(profile, [0]) for study in (one, others))
    axes = one.grid(profile).axes
    assert len({cell.key for cell in (*first, *rest)}) == math.prod(map(len, axes.values()))
    assert {(c.coordinates["width"], c.coordinates["epochs"]) for c in first} == {
        (max(axes["width"]), max(axes["epochs"]))
    }


def test_the_paper_s_setting_is_run_at_profile_gpu():
    cells = width_and_epochs.OTHER_CIFAR10.cells("gpu", [0])
    assert len(cells) == 4 * 15
    for cell in cells:
        config = TrainConfig(**cell.setting)
        assert (config.learning_rate, config.momentum, config.clip_norm) == (0.1, 0.9, 2.0)
        assert (config.weight_decay, config.schedule, config.milestones) == (5e-4, "step", (3 / 7, 5 / 7))
        assert config.model_options == {"width": cell.coordinates["width"]}


def test_validation_and_not_the_test_set_chooses_the_decay():
    good = made_up(lambda *_: 0.9).assign(weight_decay=1e-3, best_validation_accuracy=0.8)
    lucky = made_up(lambda *_: 0.99).assign(weight_decay=1e-2, best_validation_accuracy=0.7)
    chosen = paper_c.tuned(pd.concat([lucky, good]))
    assert len(chosen) == len(good)
    assert set(chosen.weight_decay) == {1e-3}


def test_the_spread_is_of_means_over_seeds():
    records = at_the_end(made_up(lambda width, epochs, i, seed: 0.9 + 0.01 * (seed == i)))
    assert paper_c.spread(records) == pytest.approx(100 * 0.01 / 3)


@pytest.mark.parametrize(("change", "holds"), [({}, True), ({"nc3": 0.3}, False), ({"nc1": 0.21}, False)])
def test_collapse_is_small_values_of_all(change, holds):
    verdict = four_losses.collapsed(at_the_end(made_up(improving, collapsing)).assign(**change))
    assert verdict.holds is holds


@pytest.mark.parametrize(
    ("gap", "fitted", "holds"), [(0.002, 1.0, True), (0.004, 1.0, False), (0.002, 0.9, None)]
)
def test_same_accuracy_is_one_point_once_all_fit(gap, fitted, holds):
    records = at_the_end(made_up(lambda width, epochs, i, seed: 0.9 + gap * i))
    assert four_losses.same_accuracy(records.assign(train_accuracy=fitted)).holds is holds


def test_width_and_epochs_must_help_every_loss():
    assert width_and_epochs.width_and_epochs_help(made_up(improving)).holds

    def worse(width, epochs, i, seed):
        return improving(width, epochs, i, seed) - (0.1 if i == 2 and width == 2.0 else 0)

    verdict = width_and_epochs.width_and_epochs_help(made_up(worse))
    assert verdict.holds is False
    assert "FL" in verdict.reason


def test_closer_together_needs_collapse():
    assert width_and_epochs.closer_together(made_up(improving, collapsing)).holds is True
    assert width_and_epochs.closer_together(made_up(improving)).holds is None
    apart = made_up(lambda width, *_: _apart(width, _[1]), collapsing)
    assert width_and_epochs.closer_together(apart).holds is False


def _apart(width, i):
    return 0.9 + 0.01 * i * (width == 2.0)


def test_the_paper_s_spreads_stand_beside_ours():
    table = width_and_epochs.spreads(made_up(improving))
    assert table.paper.tolist() == [1.037, 0.36]
    assert table.ours.tolist() == pytest.approx([2.1, 0.21])
    assert table.seeds.tolist() == [3, 3]


def test_figure_8_compares_its_two_ends():
    assert two_extremes.alike_at_the_end(made_up(improving)).holds is True
    assert "2.80 and 0.90" in two_extremes.alike_at_the_end(made_up(improving)).reason
    assert two_extremes.alike_at_the_end(made_up(lambda width, e, i, s: _apart(width, i))).holds is False
    table = two_extremes.beside_paper(made_up(improving))
    accuracies = table[table.quantity == "accuracy"]
    assert len(accuracies) == 8
    assert accuracies.paper.tolist()[:2] == [0.7195, 0.6915]


def test_the_minima_are_where_the_slope_is_the_price():
    for case in (contrastive_minimum.RISING, contrastive_minimum.PEAKED):
        drawn = case.curves()
        for name, places in case.minima().items():
            for t in places:
                slope = float(np.interp(t, drawn["t"], drawn["slope"]))
                assert (
                    slope <= case.prices[name]
                    if t == 0
                    else slope == pytest.approx(case.prices[name], rel=0.01)
                )


@pytest.mark.parametrize("number", [9, 10])
def test_the_illustrations_bear_out_their_claims(number):
    assert get(f"C.fig{number}").run("ci").verdict.holds is True
