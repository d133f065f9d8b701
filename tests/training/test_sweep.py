import pytest

from nccourse.training import sweep, sweeps, train
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

    monkeypatch.setattr(sweeps, "load", load)
    return reads


def test_a_sweep_is_its_runs_one_by_one_with_the_data_read_once(config, digits, small_sets):
    configs = [config(loss=loss, seed=seed, epochs=1) for loss in ("ce", "bce") for seed in (0, 1)]
    results = sweep(configs, progress=False)
    assert [result.config for result in results] == configs
    assert small_sets == [("digits", True), ("digits", False)]
    for plan, result in zip(configs, results, strict=True):
        alone = train(plan, train_set=digits[0], test_set=digits[1], progress=False)
        assert alone.metrics[MEASURED].equals(result.metrics[MEASURED])


def test_finished_runs_are_skipped_and_the_rest_is_run(config, tmp_path, monkeypatch):
    first, second = config(epochs=1), config(epochs=1, seed=1)
    done = sweep([first], checkpoint_folder=tmp_path, progress=False)
    ran = []
    step = Run.step_epoch
    monkeypatch.setattr(Run, "step_epoch", lambda self: (ran.append(self.config), step(self)))
    both = sweep([first, second], checkpoint_folder=tmp_path, progress=False)
    assert ran == [second]
    assert both[0].metrics[MEASURED].equals(done[0].metrics[MEASURED])


def test_ctrl_c_ends_the_sweep_with_what_it_has(config, monkeypatch):
    step = Run.step_epoch

    def interrupted(self):
        if self.config.seed == 1:
            raise KeyboardInterrupt
        step(self)

    monkeypatch.setattr(Run, "step_epoch", interrupted)
    results = sweep([config(epochs=1, seed=seed) for seed in range(3)], progress=False)
    assert [result.status for result in results] == ["completed", "interrupted"]


def test_no_configs_no_results():
    assert sweep([], progress=False) == []
