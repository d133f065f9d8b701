import pytest

from nccourse import data
from nccourse.training import sweep, train
from nccourse.training.batch import Batch
from nccourse.training.measures import MEASURES
from nccourse.training.run import Run

MEASURED = [name for name in MEASURES if name != "seconds"]


@pytest.fixture(autouse=True)
def small_sets(digits, monkeypatch):
    """Give the sweep the small set instead of the whole, and count how often it asks."""
    reads = []

    def load(name, *, train=True):
        reads.append((name, train))
        return digits[0] if train else digits[1]

    monkeypatch.setattr(data, "load", load)
    return reads


@pytest.fixture
def alone(config):
    """Configs of a network that no batch takes."""

    def make(**fields):
        return config(model="cnn", model_options={"channels": (4,), "feature_dim": 12}, epochs=1, **fields)

    return make


def test_a_sweep_of_single_runs_is_its_runs_with_the_data_read_once(alone, digits, small_sets):
    configs = [alone(loss=loss, seed=seed) for loss in ("ce", "bce") for seed in (0, 1)]
    results = sweep(configs, progress=False)
    assert [result.config for result in results] == configs
    assert small_sets == [("digits", True), ("digits", False)]
    for plan, result in zip(configs, results, strict=True):
        single = train(plan, train_set=digits[0], test_set=digits[1], progress=False)
        assert single.metrics[MEASURED].equals(result.metrics[MEASURED])


def test_different_choices_of_one_set_are_not_confused(alone):
    configs = [alone(data_options={"per_class": n}, snapshots=9) for n in (3, 4)]
    shown = [len(result.snapshots[0].labels) for result in sweep(configs, progress=False)]
    assert shown == [30, 40]


def test_equal_configs_are_run_once(config, monkeypatch):
    ran = []
    step = Run.step_epoch
    monkeypatch.setattr(Run, "step_epoch", lambda self: (ran.append(1), step(self)))
    reported = []
    results = sweep([config(epochs=1)] * 3, on_result=reported.append, progress=False)
    assert len(ran) == len(reported) == 1
    assert results[0] is results[1] is results[2]


def test_finished_runs_are_skipped_and_the_rest_is_run(config, tmp_path, monkeypatch):
    first, second = config(epochs=1), config(epochs=1, seed=1)
    done = sweep([first], checkpoint_folder=tmp_path, progress=False)
    ran = []
    step = Run.step_epoch
    monkeypatch.setattr(Run, "step_epoch", lambda self: (ran.append(self.recorder.config), step(self)))
    both = sweep([first, second], checkpoint_folder=tmp_path, progress=False)
    assert ran == [second]
    assert both[0].metrics[MEASURED].equals(done[0].metrics[MEASURED])


def test_every_result_is_reported_as_soon_as_it_is_there(config, alone):
    configs = [alone(), config(epochs=1), alone(seed=1), config(epochs=1, seed=1)]
    reported = []
    results = sweep(configs, on_result=lambda result: reported.append(result.config), progress=False)
    assert [result.config for result in results] == configs
    assert sorted(plan.key for plan in reported) == sorted(plan.key for plan in configs)


def test_ctrl_c_ends_the_sweep_with_what_it_has(alone, monkeypatch):
    step = Run.step_epoch

    def interrupted(self):
        if self.recorder.config.seed == 1:
            raise KeyboardInterrupt
        step(self)

    monkeypatch.setattr(Run, "step_epoch", interrupted)
    reported = []
    results = sweep([alone(seed=seed) for seed in range(3)], on_result=reported.append, progress=False)
    assert [result.status for result in results] == ["completed", "interrupted"]
    assert [result.config.seed for result in reported] == [0]


def test_ctrl_c_in_a_batch_ends_all_its_runs_with_what_they_have(config, monkeypatch):
    step = Batch.step_epoch

    def interrupted(self):
        if self.members[0].progress.epoch == 2:
            raise KeyboardInterrupt
        step(self)

    monkeypatch.setattr(Batch, "step_epoch", interrupted)
    reported = []
    results = sweep([config(seed=seed) for seed in range(3)], on_result=reported.append, progress=False)
    assert [result.status for result in results] == ["interrupted"] * 3
    assert all(result.metrics.epoch.tolist() == [0, 1, 2] for result in results)
    assert "after epoch 2" in results[0].message
    assert reported == []


def test_the_bar_counts_the_epochs_of_all_runs(config, alone, capsys):
    sweep([config(), config(seed=1), alone()])
    assert "7/7" in capsys.readouterr().err


def test_no_configs_no_results():
    assert sweep([], progress=False) == []
