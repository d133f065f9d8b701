import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from nccourse import metrics
from nccourse.data import DeviceBatches, load
from nccourse.training import TrainConfig, train
from nccourse.training.measures import MEASURES
from nccourse.training.sets import load_sets

MEASURED = [name for name in MEASURES if name != "seconds"]


def test_the_defaults_make_an_mlp_collapse_on_the_digits():
    result = train(TrainConfig(epochs=40, record=40, device="cpu"), progress=False)
    first, last = result.metrics.iloc[0], result.metrics.iloc[-1]
    assert result.status == "completed"
    assert last.train_accuracy == 1.0
    assert last.test_accuracy > 0.97
    assert last.nc1 < first.nc1 / 50
    assert last.nc2 < first.nc2 / 2
    assert last.nc3 < first.nc3 / 4
    assert last.nc4 == 0
    assert last.compactness > 0.97


@pytest.mark.parametrize(
    "fields",
    [
        {"loss": "ce"},
        {"loss": "bce"},
        {"loss": "focal", "loss_options": {"focusing": 2.0}},
        {"loss": "label_smoothing"},
        {"loss": "mse", "loss_options": {"kappa": 1.0, "beta": 1.0}},
        {"loss": "dot_regression", "head": "etf"},
        {"loss": "bce", "head": "cosine", "scale": 8.0},
        {"loss": "ce", "head": "etf", "model": "cnn", "model_options": {"channels": (4,), "feature_dim": 12}},
        {"optimizer": "adamw", "learning_rate": 0.01, "schedule": "step"},
    ],
    ids=str,
)
def test_every_loss_head_and_optimizer_learns(fields, config, digits):
    plan = config(**{"schedule": "constant", "epochs": 12, "record": 12, **fields})
    result = train(plan, train_set=digits[0], progress=False)
    assert result.status == "completed"
    assert result.metrics.loss.iloc[-1] < 0.8 * result.metrics.loss.iloc[0]
    assert result.metrics.train_accuracy.iloc[-1] > 0.6  # chance is 0.1


@pytest.mark.parametrize(
    "fields", [{}, {"head": "cosine", "scale": 4.0, "loss": "ce"}], ids=["linear", "cosine"]
)
def test_the_last_row_describes_the_network_returned(fields, config, digits):
    train_set, test_set = digits
    result = train(config(**fields), train_set=train_set, test_set=test_set, progress=False)
    row, model = result.metrics.iloc[-1], result.model
    normalized = {"mean": train_set.mean, "std": train_set.std}
    images, labels = next(DeviceBatches(train_set, len(train_set), **normalized).in_order())
    test_images, test_labels = next(DeviceBatches(test_set, len(test_set), **normalized).in_order())
    with torch.no_grad():
        features, logits, test_logits = model.features(images), model(images), model(test_images)
    collapse = metrics.neural_collapse(features, labels, model.head.W.detach(), b=model.head.b.detach())
    expected = {
        "loss": float(functional.cross_entropy(logits, labels)),
        "train_accuracy": float((logits.argmax(1) == labels).double().mean()),
        "test_accuracy": float((test_logits.argmax(1) == test_labels).double().mean()),
        "nc1": collapse.nc1,
        "nc2": collapse.nc2,
        "nc3": collapse.nc3,
        "nc4": collapse.nc4,
        "compactness": metrics.compactness(features, labels),
        "separability": metrics.separability(features, labels),
    }
    W, b = model.head.W.detach(), model.head.b.detach()
    own = functional.one_hot(labels, 10).bool()
    scores = (features @ W.T).double()
    expected |= {
        "unbiased_accuracy": float((scores.argmax(1) == labels).double().mean()),
        "uniform_accuracy": metrics.uniform_accuracy(logits, labels),
        "test_uniform_accuracy": metrics.uniform_accuracy(test_logits, test_labels),
        "test_compactness": metrics.compactness(model.features(test_images).detach(), test_labels),
        "test_separability": metrics.separability(model.features(test_images).detach(), test_labels),
        "positive_mean": float(scores[own].mean()),
        "positive_sd": float(scores[own].std(correction=0)),
        "negative_mean": float(scores[~own].mean()),
        "negative_sd": float(scores[~own].std(correction=0)),
        "bias_mean": float(b.mean()),
        "bias_sd": float(b.std(correction=0)),
        "weight_norm": float(W.norm(dim=1).mean()),
        "feature_norm": float(features.norm(dim=1).mean()),
    }
    assert row[list(expected)].to_dict() == pytest.approx(expected, rel=1e-4, abs=1e-7)
    assert not model.training


def test_equal_configs_give_equal_runs_and_seeds_different_ones(config, digits):
    runs = [train(config(seed=seed), train_set=digits[0], progress=False).metrics for seed in (5, 5, 6)]
    assert runs[0][MEASURED].equals(runs[1][MEASURED])
    assert not runs[0].loss.equals(runs[2].loss)


def test_how_often_it_is_measured_does_not_change_the_run(config, digits):
    runs = [train(config(record=every), train_set=digits[0], progress=False) for every in (1, 3)]
    assert [len(run.metrics) for run in runs] == [4, 2]
    assert runs[0].metrics.loss.iloc[-1] == runs[1].metrics.loss.iloc[-1]


def test_the_global_generator_is_left_alone(config, digits):
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    train(config(), train_set=digits[0], progress=False)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_weight_decay_reaches_every_parameter(config, digits):
    decayed = config(weight_decay=0.5, learning_rate=0.1, epochs=20, schedule="constant", record=20)
    result = train(decayed, train_set=digits[0], progress=False)
    free = train(replace(decayed, weight_decay=0.0), train_set=digits[0], progress=False)
    for shrunk, normal in zip(result.model.parameters(), free.model.parameters(), strict=True):
        assert float(shrunk.detach().norm()) < 0.7 * float(normal.detach().norm())


def test_a_diverging_run_says_so_and_what_to_try(config, digits):
    wild = config(loss="mse", learning_rate=1e6, model_options={"widths": (16,), "batch_norm": False})
    result = train(wild, train_set=digits[0], progress=False)
    assert result.status == "diverged"
    assert "try a learning_rate below 1e+06" in result.message
    assert result.message in repr(result)
    assert not math.isfinite(result.metrics.loss.iloc[-1])
    assert math.isnan(result.metrics.nc1.iloc[-1])
    assert result.metrics.epoch.iloc[-1] == 1


@pytest.mark.parametrize("fields", [{}, {"optimizer": "adamw"}, {"loss": "bce"}], ids=str)
def test_a_run_whose_weights_overflow_has_diverged(fields, config, digits):
    """The only step of an epoch has a finite loss, and the features after it are finite too."""
    plain = {"widths": (16,), "batch_norm": False}
    wild = config(learning_rate=1e30, batch_size=128, model_options=plain, **fields)
    result = train(wild, train_set=digits[0], progress=False)
    assert result.status == "diverged"
    assert math.isnan(result.metrics.loss.iloc[-1])


def test_ctrl_c_returns_what_was_recorded(config, digits):
    def interrupt(row, model):
        if row["epoch"] == 2:
            raise KeyboardInterrupt

    result = train(config(), train_set=digits[0], on_record=interrupt, progress=False)
    assert result.status == "interrupted"
    assert result.metrics.epoch.tolist() == [0, 1, 2]


def largest_deviation(model, images, labels):
    """The left side of paper A's Eq. 217, sample by sample."""
    worst = 0.0
    with torch.no_grad():
        features, W = model.features(images), model.head.W
    for feature, label in zip(features, labels.tolist(), strict=True):
        for k, weight in enumerate(W):
            target = 1.0 if k == label else -1 / (len(W) - 1)
            worst = max(worst, abs(float(feature @ weight / (feature.norm() * weight.norm())) - target))
    return worst


def test_it_stops_at_the_first_recorded_epoch_within_tolerance(config, digits):
    images, labels = next(DeviceBatches(digits[0], 100).in_order())
    seen = []

    def watch(row, model):
        seen.append(largest_deviation(model.eval(), images, labels))

    fields = {"head": "etf", "loss": "dot_regression", "epochs": 30, "record": 5}
    free = train(config(**fields), train_set=digits[0], on_record=watch, progress=False)
    assert free.status == "completed"
    tolerance = (seen[0] + min(seen)) / 2
    rows = 1 + next(index for index, deviation in enumerate(seen) if deviation <= tolerance)
    assert 1 < rows < len(seen)
    stopped = train(config(**fields, stop_tolerance=tolerance), train_set=digits[0], progress=False)
    assert stopped.status == "converged"
    assert stopped.metrics.epoch.tolist() == free.metrics.epoch.tolist()[:rows]


def test_snapshots_hold_what_a_picture_needs(config, digits):
    train_set = digits[0]
    result = train(config(snapshots=3, record=2), train_set=train_set, progress=False)
    assert [snapshot.epoch for snapshot in result.snapshots] == [0, 2, 3]
    last = result.snapshots[-1]
    images, labels = next(DeviceBatches(train_set, 100).in_order())
    with torch.no_grad():
        features = result.model.features(images)
    means = torch.stack([features[labels == k].mean(0) for k in range(10)])
    torch.testing.assert_close(last.class_means, means, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(last.W, result.model.head.W.detach())
    torch.testing.assert_close(last.b, result.model.head.b.detach())
    assert last.labels.tolist() == [k for k in range(10) for _ in range(3)]
    torch.testing.assert_close(last.features[3:6], features[labels == 1][:3])
    assert not torch.equal(result.snapshots[0].W, last.W)


def test_a_snapshot_has_the_means_of_the_test_set_too(config, digits):
    test_set = digits[1]
    result = train(config(snapshots=1), train_set=digits[0], test_set=test_set, progress=False)
    assert result.snapshots[-1].test_class_means.isfinite().all()
    normalized = {"mean": digits[0].mean, "std": digits[0].std}
    images, labels = next(DeviceBatches(test_set, len(test_set), **normalized).in_order())
    with torch.no_grad():
        features = result.model.features(images)
    means = torch.stack([features[labels == k].mean(0) for k in range(10)])
    torch.testing.assert_close(result.snapshots[-1].test_class_means, means, rtol=1e-4, atol=1e-5)


def test_fewer_samples_can_be_measured_without_changing_the_run(config, digits):
    few, whole = (
        train(config(measured_per_class=n, snapshots=3), train_set=digits[0], progress=False)
        for n in (2, None)
    )
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(few.model.state_dict()[name], tensor)
    assert len(few.snapshots[0].labels) == 20
    chosen = digits[0].select(few_of_each(digits[0].labels, 2))
    model = whole.model
    normalized = {"mean": digits[0].mean, "std": digits[0].std}
    images, labels = next(DeviceBatches(chosen, 20, **normalized).in_order())
    with torch.no_grad():
        expected = metrics.neural_collapse(model.features(images), labels, model.head.W, b=model.head.b)
    assert few.metrics.nc1.iloc[-1] == pytest.approx(expected.nc1, rel=1e-4)


def few_of_each(labels, number):
    return torch.cat([torch.nonzero(labels == k).flatten()[:number] for k in range(10)])


def test_validation_accuracy_is_that_of_the_held_back_samples(config):
    options = {"validation": 0.2, "per_class": 20, "test_per_class": 3}
    result = train(config(data_options=options), progress=False)
    sets = load_sets(result.config)
    normalized = {"mean": sets.train.mean, "std": sets.train.std}
    images, labels = next(DeviceBatches(sets.validation, len(sets.validation), **normalized).in_order())
    with torch.no_grad():
        expected = metrics.accuracy(result.model(images), labels)
    assert result.metrics.validation_accuracy.iloc[-1] == expected


def test_imbalanced_measures_are_those_of_the_decays(config, digits):
    plan = config(lambda_W=1e-2, lambda_H=1e-3, model_options={"widths": (16,), "bias": False})
    result = train(plan, train_set=digits[0], progress=False)
    images, labels = next(DeviceBatches(digits[0], 100).in_order())
    W = result.model.head.W.detach()
    with torch.no_grad():
        features = result.model.features(images)
    expected = metrics.imbalanced_collapse(features, labels, W, 1e-2, 1e-3 / 100)
    last = result.metrics.iloc[-1]
    assert (last.imbalanced_nc2, last.imbalanced_nc3) == pytest.approx((expected.nc2, expected.nc3), rel=1e-4)
    for fields in (
        {"lambda_W": 1e-2},
        {"lambda_H": 1e-3},
        {"lambda_W": 1e-2, "lambda_H": 1e-3, "loss": "bce"},
    ):
        other = train(config(**fields, epochs=1), train_set=digits[0], progress=False)
        assert other.metrics.imbalanced_nc3.isna().all()


def test_a_test_set_may_lack_a_class(config, digits):
    lacking = digits[1].select(torch.nonzero(digits[1].labels != 3).flatten())
    result = train(config(epochs=1), train_set=digits[0], test_set=lacking, progress=False)
    assert result.metrics.test_accuracy.notna().all()
    assert result.metrics.test_compactness.isna().all()


def test_an_npz_pair_is_trained_and_tested_on(tmp_path, config):
    import numpy as np

    for part in ("train", "test"):
        data = load("digits", train=part == "train")
        np.savez(tmp_path / f"own-{part}.npz", images=data.images[:, 0].numpy(), labels=data.labels.numpy())
    own = train(config(data=str(tmp_path / "own-train.npz"), epochs=1), progress=False)
    packaged = train(config(epochs=1), progress=False)
    assert own.metrics[MEASURED].equals(packaged.metrics[MEASURED])


def test_the_progress_bar_can_be_seen_and_switched_off(config, digits, capsys):
    train(config(epochs=1), train_set=digits[0], progress=False)
    assert capsys.readouterr().err == ""
    train(config(epochs=1), train_set=digits[0])
    assert "mlp on digits, ce: 100%" in capsys.readouterr().err
