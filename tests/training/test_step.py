"""What happens in a step: decays, clipping, augmentation, precision, memory format, compiling."""

import functools
import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from nccourse import losses
from nccourse.data import DeviceBatches
from nccourse.training import train
from nccourse.training.measures import MEASURES
from nccourse.training.sets import DataSets
from nccourse.training.setup import learning_rate
from nccourse.training.trainer import prepare

MEASURED = [name for name in MEASURES if name != "seconds"]


def trained(config, train_set):
    """Train by hand, from the definitions alone, and return the network."""
    run = prepare(config, DataSets(train_set), torch.device("cpu"))
    model = run.recorder.model
    decays = {"head.weight": config.lambda_W, "head.b": config.lambda_b}
    batches = DeviceBatches(train_set, config.batch_size, seed=config.seed)
    for epoch in range(1, config.epochs + 1):
        for images, labels in batches.shuffled(epoch):
            features = model.features(images)
            logits = features @ model.head.W.T - model.head.b
            loss = functional.cross_entropy(logits, labels)
            loss = loss + config.lambda_H / 2 * (features**2).sum(1).mean()
            model.zero_grad()
            loss.backward()
            norm = math.sqrt(sum(float((p.grad**2).sum()) for p in model.parameters()))
            factor = 1.0 if config.clip_norm is None else min(1.0, config.clip_norm / norm)
            with torch.no_grad():
                for name, p in model.named_parameters():
                    decay = decays.get(name)
                    decay = config.weight_decay if decay is None else decay
                    p -= learning_rate(config, epoch) * (factor * p.grad + decay * p)
    return model


@pytest.mark.parametrize(
    "fields",
    [
        {"weight_decay": 0.1},
        {"lambda_W": 0.3, "lambda_b": 0.2, "weight_decay": 0.0, "model_options": {"bias_mean": 2.0}},
        {"lambda_H": 0.2},
        {"clip_norm": 0.05, "weight_decay": 0.1},
    ],
    ids=str,
)
def test_a_step_is_what_the_docstring_says(fields, config, digits):
    plan = config(momentum=0.0, epochs=2, schedule="constant", **fields)
    result = train(plan, train_set=digits[0], progress=False)
    for name, tensor in trained(plan, digits[0]).state_dict().items():
        torch.testing.assert_close(result.model.state_dict()[name], tensor, rtol=1e-3, atol=1e-5)


def test_decay_of_features_shrinks_them(config, digits):
    free, decayed = (
        train(config(epochs=10, lambda_H=decay), train_set=digits[0], progress=False).metrics.iloc[-1]
        for decay in (0.0, 1.0)
    )
    assert decayed.feature_norm < free.feature_norm / 2


def test_augmentation_draws_anew_in_each_epoch_and_the_same_in_each_run(config, digits):
    plan = config(augmentation=("flip", ("mixup", {"alpha": 0.5})))
    first, second = (train(plan, train_set=digits[0], progress=False) for _ in range(2))
    assert first.metrics[MEASURED].equals(second.metrics[MEASURED])
    plain = train(config(), train_set=digits[0], progress=False)
    assert not first.metrics.loss.equals(plain.metrics.loss)
    assert first.metrics.loss[0] == plain.metrics.loss[0]


def test_measures_see_the_images_as_they_are(config, digits):
    """Only training is augmented."""
    plan = config(augmentation=(("crop", {"padding": 3}),), learning_rate=1e-12, weight_decay=0.0)
    result = train(
        replace(plan, model_options={"widths": (8,), "batch_norm": False}),
        train_set=digits[0],
        progress=False,
    )
    assert result.metrics.nc1.iloc[0] == pytest.approx(result.metrics.nc1.iloc[-1], rel=1e-5)


def test_a_loss_of_labels_alone_refuses_mixed_targets(config, digits):
    from nccourse.errors import InputTypeError

    with pytest.raises(InputTypeError, match="no form for probabilities"):
        train(config(loss="mse", augmentation=("mixup",)), train_set=digits[0], progress=False)


def test_memory_format_changes_nothing_but_rounding(digits, config):
    fields = {"model": "resnet18", "model_options": {"stem": "cifar"}, "epochs": 1, "batch_size": 50}
    few = digits[0].select(torch.arange(50))
    kept, plain = (
        train(config(**fields, channels_last=switch), train_set=few, progress=False)
        for switch in (True, False)
    )
    weight = kept.model.backbone.state_dict()
    assert any(t.ndim == 4 and t.is_contiguous(memory_format=torch.channels_last) for t in weight.values())
    assert kept.metrics.loss.to_list() == pytest.approx(plain.metrics.loss.to_list(), rel=1e-3)


def test_a_compiled_run_is_the_same_to_rounding(config, digits, monkeypatch):
    """Traced as torch.compile does it, without a compiler for the result, which not every machine has."""
    calls = []
    original = torch.compile

    def traced(module):
        calls.append(module)
        return original(module, backend="eager")

    monkeypatch.setattr(torch, "compile", traced)
    compiled = train(config(compile=True), train_set=digits[0], progress=False)
    plain = train(config(), train_set=digits[0], progress=False)
    assert [type(module).__name__ for module in calls] == ["MLP"]
    assert compiled.metrics.loss.to_list() == pytest.approx(plain.metrics.loss.to_list(), rel=1e-4)


def test_bfloat16_trains_the_backbone_and_spares_the_head(config, digits, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    seen = set()
    cross_entropy = losses.cross_entropy

    def spy(logits, targets, **options):
        if torch.is_grad_enabled():
            seen.add((logits.dtype, bool((logits.bfloat16().float() != logits).any())))
        return cross_entropy(logits, targets, **options)

    monkeypatch.setattr(losses, "get", lambda name: functools.wraps(cross_entropy)(spy))
    coarse = train(config(precision="bfloat16", epochs=6), train_set=digits[0], progress=False)
    assert seen == {(torch.float32, True)}
    fine = train(config(epochs=6), train_set=digits[0], progress=False)
    assert coarse.metrics.loss.iloc[1] != fine.metrics.loss.iloc[1]
    assert coarse.metrics.loss.to_list() == pytest.approx(fine.metrics.loss.to_list(), rel=0.1)
    assert all(p.dtype == torch.float32 for p in coarse.model.parameters())
