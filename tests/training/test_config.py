import dataclasses
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.training import TrainConfig
from nccourse.training.setup import learning_rate

configs = st.builds(
    TrainConfig,
    loss=st.sampled_from(["ce", "bce", "mse"]),
    model=st.sampled_from(["mlp", "cnn"]),
    data=st.sampled_from(["digits", "mnist5k", "cifar10", "own-train.npz"]),
    model_options=st.fixed_dictionaries({}, optional={"widths": st.lists(st.integers(1, 9), min_size=1)}),
    learning_rate=st.floats(1e-6, 10),
    momentum=st.floats(0, 0.99),
    schedule=st.sampled_from(["constant", "cosine", "step"]),
    schedule_factor=st.floats(0.01, 1),
    data_options=st.fixed_dictionaries(
        {}, optional={"per_class": st.integers(1, 9), "known": st.lists(st.integers(0, 9), min_size=1)}
    ),
    augmentation=st.lists(
        st.sampled_from(["flip", ("crop", {"padding": 2}), ["mixup", {"alpha": 0.5}]]), max_size=3
    ).map(tuple),
    lambda_W=st.none() | st.floats(0, 1),
    lambda_H=st.floats(0, 1),
    clip_norm=st.none() | st.floats(0.1, 3),
    precision=st.sampled_from(["float32", "bfloat16", "auto"]),
    channels_last=st.booleans(),
    milestones=st.lists(st.floats(0, 1), max_size=3).map(tuple),
    epochs=st.integers(5, 30),
    record=st.integers(1, 9) | st.lists(st.integers(0, 5), max_size=3),
    stop_tolerance=st.none() | st.floats(1e-6, 1),
    seed=st.integers(0, 2**40),
)


@given(configs)
@settings(max_examples=40, deadline=None)
def test_a_config_survives_json(config):
    back = TrainConfig.from_dict(json.loads(json.dumps(config.to_dict())))
    assert back == config
    assert back.key == config.key


@given(configs, configs)
@settings(max_examples=40, deadline=None)
def test_keys_tell_configs_apart(first, second):
    assert (first.key == second.key) == (first == second)


@given(configs)
@settings(max_examples=30, deadline=None)
def test_the_start_and_the_end_are_always_recorded(config):
    assert {0, config.epochs} <= config.recorded_epochs <= set(range(config.epochs + 1))


def test_epochs_are_recorded_at_intervals_or_as_listed():
    assert TrainConfig(epochs=10, record=4).recorded_epochs == {0, 4, 8, 10}
    assert TrainConfig(epochs=10, record=[1, 3]).recorded_epochs == {0, 1, 3, 10}


def test_the_options_given_are_not_shared():
    options = {"widths": (8,)}
    config = TrainConfig(model_options=options)
    options["widths"] = (9,)
    assert config.model_options == {"widths": (8,)}
    assert dataclasses.replace(config, seed=1).model_options == config.model_options


@given(configs)
@settings(max_examples=30, deadline=None)
def test_learning_rates_start_at_the_initial_one_and_never_rise(config):
    rates = [learning_rate(config, epoch) for epoch in range(1, config.epochs + 1)]
    if not (config.schedule == "step" and 0 in config.milestones):
        assert rates[0] == config.learning_rate
    assert all(later <= earlier for earlier, later in pairwise(rates))
    assert rates[-1] > 0


def test_steps_come_at_the_milestones():
    config = TrainConfig(epochs=10, schedule="step", milestones=(0.5, 0.8), learning_rate=1.0)
    rates = [learning_rate(config, epoch) for epoch in range(1, 11)]
    assert rates == pytest.approx([1.0] * 5 + [0.1] * 3 + [0.01] * 2)


def test_the_cosine_is_half_way_down_at_half_time():
    config = TrainConfig(epochs=10, schedule="cosine", learning_rate=1.0)
    assert learning_rate(config, 6) == pytest.approx(0.5)


def test_milestones_can_be_epochs_and_the_factor_is_free():
    config = TrainConfig(
        epochs=10, schedule="milestones", milestones=(5, 8), schedule_factor=0.5, learning_rate=1.0
    )
    rates = [learning_rate(config, epoch) for epoch in range(1, 11)]
    assert rates == [1.0] * 5 + [0.5] * 3 + [0.25] * 2


def test_both_kinds_of_milestones_agree_where_both_can_say_it():
    steps = TrainConfig(epochs=200, schedule="step", milestones=(0.8, 0.9))
    epochs = TrainConfig(epochs=200, schedule="milestones", milestones=(160, 180))
    for epoch in range(1, 201):
        assert learning_rate(steps, epoch) == learning_rate(epochs, epoch)
