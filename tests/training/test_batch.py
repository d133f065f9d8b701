"""A batch of runs comes to what its runs come to one by one."""

import numpy as np
import pytest
import torch

from nccourse import data
from nccourse.training import sweep, train
from nccourse.training.grouping import can_join, grouped
from nccourse.training.measures import MEASURES
from nccourse.training.stacked_optimizers import StackedAdamW, StackedSGD

MEASURED = [name for name in MEASURES if name != "seconds"]


COSINE = {"head": "cosine", "scale": 8.0}
PLAIN = {"widths": (16,), "batch_norm": False}
CHOSEN = {"ratio": 3, "test_per_class": 5}


@pytest.fixture(autouse=True)
def small_sets(digits, monkeypatch):
    monkeypatch.setattr(data, "load", lambda name, *, train=True: digits[0] if train else digits[1])


@pytest.fixture
def compare():
    """Run configs as one batch and one by one, and hold the two together."""

    def run(configs, tolerance=2e-3):
        assert len(list(grouped(configs, None))) == 1
        together = sweep(configs, progress=False)
        for plan, result in zip(configs, together, strict=True):
            single = train(plan, progress=False)
            assert (result.config, result.status) == (plan, single.status)
            assert result.metrics.epoch.equals(single.metrics.epoch)
            ours, theirs = (r.metrics[MEASURED].to_numpy(float) for r in (result, single))
            np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
            for name, tensor in single.model.state_dict().items():
                torch.testing.assert_close(
                    result.model.state_dict()[name], tensor, rtol=tolerance, atol=tolerance, equal_nan=True
                )
        return together

    return run


@pytest.mark.parametrize(
    "variants",
    [
        [{**COSINE, "scale": scale, "loss": loss} for scale in (0.5, 8.0, 64.0) for loss in ("ce", "bce")],
        [{"seed": 2}, {"seed": 0}, {"seed": 2, "loss": "bce"}, {"seed": 1}, {"seed": 0, "momentum": 0.0}],
        [
            {"loss": "focal", "loss_options": {"focusing": 2.0}},
            {"loss": "mse", "loss_options": {"beta": 1.0}},
            {"loss": "label_smoothing"},
            {"loss": "mse", "loss_options": {"beta": 2.0}},
        ],
        # With batch norm some gradients are 0 but for rounding, which AdamW brings to full length.
        [{"optimizer": "adamw", "weight_decay": decay, "model_options": PLAIN} for decay in (0.0, 0.5)],
        [{"clip_norm": 0.1}, {"clip_norm": None}, {"clip_norm": 1.0, "seed": 1}],
        [{"lambda_W": 0.1, "lambda_H": 0.01}, {"lambda_b": 0.3}, {"lambda_H": 0.1, "weight_decay": 0.0}],
        [{"record": 2, "snapshots": 1}, {"record": (1, 3)}, {"schedule": "milestones", "milestones": (1, 2)}],
        [
            {"data_options": {"ratio": 3, "test_per_class": 5}, "measured_per_class": 3, "seed": s}
            for s in (0, 1)
        ],
    ],
    ids=["scales", "seeds", "losses", "adamw", "clipping", "decays", "recording", "chosen data"],
)
def test_a_batch_is_its_runs_one_by_one_to_rounding(variants, config, compare):
    compare([config(**variant) for variant in variants])


@pytest.mark.parametrize("options", [{"batch_norm": False}, {"final_relu": False}], ids=str)
@pytest.mark.parametrize("head", [COSINE, {}], ids=["cosine", "linear"])
def test_architectures_and_bias_options(options, head, config, compare):
    biases = [{"bias": False}, {"bias_mean": 3.0}, {"bias_mean": 1.0, "bias_variance": 2.0}, {}]
    common = {"widths": (16, 12), **options}
    results = compare([config(**head, model_options={**common, **bias}) for bias in biases])
    assert results[0].model.head.b.tolist() == [0.0] * 10


def test_runs_leave_the_batch_when_they_end(config, compare):
    variants = [{"learning_rate": 1e6, "loss": "mse"}, {}, {"stop_tolerance": 1.9}, {"seed": 1}]
    results = compare([config(model_options=PLAIN, epochs=4, **variant) for variant in variants])
    assert [result.status for result in results] == ["diverged", "completed", "converged", "completed"]
    assert results[2].metrics.epoch.tolist() == [0]


def test_a_network_that_left_keeps_its_weights(config):
    """The others go on, and must not change what is no longer theirs."""
    configs = [config(stop_tolerance=1.9), config(seed=1)]
    kept = {}

    def report(result):
        if result.status == "converged":
            kept.update({name: tensor.clone() for name, tensor in result.model.state_dict().items()})

    results = sweep(configs, on_result=report, progress=False)
    assert kept
    for name, tensor in results[0].model.state_dict().items():
        assert torch.equal(tensor, kept[name])


def test_time_is_shared_among_the_runs(config):
    results = sweep([config(seed=seed) for seed in range(4)], progress=False)
    assert len({result.seconds for result in results}) == 1
    assert all(0 <= result.metrics.seconds.iloc[-1] <= result.seconds for result in results)


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "cnn", "model_options": {}},
        {"head": "etf"},
        {"loss": "dot_regression", "head": "etf"},
        {"augmentation": ("flip",)},
        {"compile": True},
        {"precision": "bfloat16"},
        {"model_options": {"widths": (2000,)}},
        {"model_options": {"widths": 3}},
    ],
    ids=str,
)
def test_other_runs_are_alone(fields, config):
    assert can_join(config())
    assert not can_join(config(**fields))
    assert list(grouped([config(**fields), config(seed=1, **fields)], None)) == [
        [config(**fields)],
        [config(seed=1, **fields)],
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"data_options": {"per_class": 4}},
        {"data": "mnist5k"},
        {"epochs": 4},
        {"batch_size": 16},
        {"optimizer": "adamw"},
        {"head": "cosine", "scale": 2.0},
        {"measured_per_class": 2},
        {"model_options": {"widths": (16, 13)}},
        {"device": "auto"},
    ],
    ids=str,
)
def test_what_a_batch_has_in_common(fields, config):
    assert len(list(grouped([config(), config(**fields)], None))) == 2
    assert len(list(grouped([config(**fields), config(**fields, seed=1)], None))) == 1


def test_a_large_grid_is_cut_into_batches(config):
    groups = list(grouped([config(seed=seed) for seed in range(150)], None))
    assert [len(group) for group in groups] == [64, 64, 22]


@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_the_updates_are_those_of_torch(kind):
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(3, 4, 5, generator=generator)
    rates, decays = torch.tensor([0.1, 0.02, 1.0]), torch.tensor([0.0, 0.3, 0.01])
    momentum = torch.tensor([0.9, 0.0, 0.5])
    ours = start.clone()
    stacked = StackedSGD([ours], [decays], momentum) if kind == "sgd" else StackedAdamW([ours], [decays])
    theirs = [torch.nn.Parameter(part.clone()) for part in start]
    optimizers = [
        torch.optim.SGD([p], lr=float(r), momentum=float(m), weight_decay=float(d))
        if kind == "sgd"
        else torch.optim.AdamW([p], lr=float(r), weight_decay=float(d))
        for p, r, m, d in zip(theirs, rates, momentum, decays, strict=True)
    ]
    for _ in range(5):
        gradients = torch.randn(start.shape, generator=generator)
        stacked.step([ours], [gradients], rates)
        for parameter, gradient, optimizer in zip(theirs, gradients, optimizers, strict=True):
            parameter.grad = gradient.clone()
            optimizer.step()
    torch.testing.assert_close(ours, torch.stack([p.detach() for p in theirs]), rtol=1e-5, atol=1e-6)
