"""The state of a batch that was stopped."""

from dataclasses import replace

import pytest
import torch

from nccourse import data
from nccourse.training import sweep
from nccourse.training.batch import Batch
from nccourse.training.measures import MEASURES

MEASURED = [name for name in MEASURES if name != "seconds"]


class Killed(BaseException):
    """Ends a sweep as abruptly as a signal would."""


@pytest.fixture(autouse=True)
def small_sets(digits, monkeypatch):
    monkeypatch.setattr(data, "load", lambda name, *, train=True: digits[0] if train else digits[1])


@pytest.fixture
def configs(config):
    return [config(epochs=4, seed=seed, snapshots=1) for seed in range(3)]


@pytest.fixture
def stopped(configs, tmp_path, monkeypatch):
    """The folder of a sweep that was killed in its third epoch, and how many epochs were trained since."""
    step, trained = Batch.step_epoch, []

    def killed(self):
        if self.members[0].progress.epoch == 2:
            raise Killed
        step(self)

    monkeypatch.setattr(Batch, "step_epoch", killed)
    with pytest.raises(Killed):
        sweep(configs, checkpoint_folder=tmp_path, progress=False)
    monkeypatch.setattr(Batch, "step_epoch", lambda self: (trained.append(1), step(self)))
    return tmp_path, trained


def assert_close(ours, theirs):
    for left, right in zip(ours, theirs, strict=True):
        torch.testing.assert_close(
            torch.tensor(left.metrics[MEASURED].to_numpy(float)),
            torch.tensor(right.metrics[MEASURED].to_numpy(float)),
            rtol=1e-3,
            atol=1e-3,
            equal_nan=True,
        )
        assert [shot.epoch for shot in left.snapshots] == [shot.epoch for shot in right.snapshots]


@pytest.mark.parametrize("chosen", [[0, 1, 2], [2, 0], [1]], ids=str)
def test_it_goes_on_with_all_or_some_of_its_runs(chosen, configs, stopped):
    """Where the results of some runs are stored elsewhere, only the others are asked for."""
    folder, trained = stopped
    some = [configs[index] for index in chosen]
    resumed = sweep(some, checkpoint_folder=folder, progress=False)
    assert len(trained) == 2
    assert_close(resumed, sweep(some, progress=False))


def test_a_new_run_does_not_begin_in_the_middle(configs, config, stopped):
    folder, trained = stopped
    more = [*configs, config(epochs=4, seed=3, snapshots=1)]
    resumed = sweep(more, checkpoint_folder=folder, progress=False)
    assert len(trained) == 4
    assert_close(resumed, sweep(more, progress=False))


def test_other_training_data_begin_anew(configs, stopped, digits, monkeypatch):
    folder, trained = stopped
    fewer = digits[0].select(torch.arange(90))
    monkeypatch.setattr(data, "load", lambda name, *, train=True: fewer if train else digits[1])
    sweep(configs, checkpoint_folder=folder, progress=False)
    assert len(trained) == 4


@pytest.mark.parametrize("content", [b"", b"torn", b"PK\x03\x04"])
def test_a_file_that_is_none_is_passed_over(content, configs, stopped):
    folder, trained = stopped
    (path,) = folder.glob("batch-*.pt")
    path.write_bytes(content)
    sweep(configs, checkpoint_folder=folder, progress=False)
    assert len(trained) == 4


def test_what_a_kill_left_half_written_goes_with_its_file(configs, stopped):
    folder, _ = stopped
    (path,) = folder.glob("batch-*.pt")
    path.with_name(path.name + ".part").write_bytes(b"torn")
    sweep(configs[:2], checkpoint_folder=folder, progress=False)
    sweep(configs, checkpoint_folder=folder, progress=False)
    assert list(folder.glob("batch-*")) == []


def test_finished_runs_of_a_batch_are_not_run_again(configs, stopped):
    folder, trained = stopped
    first = sweep(configs, checkpoint_folder=folder, progress=False)
    trained.clear()
    reported = []
    again = sweep(configs, checkpoint_folder=folder, on_result=reported.append, progress=False)
    assert trained == []
    assert len(reported) == 3
    for before, after in zip(first, again, strict=True):
        assert before.metrics.equals(after.metrics)
        for name, tensor in before.model.state_dict().items():
            assert torch.equal(after.model.state_dict()[name], tensor)


def test_a_run_of_a_batch_can_be_looked_at_alone(configs, stopped):
    """Its checkpoint is one of `train`, which refuses it for another config."""
    from nccourse.errors import InputValueError
    from nccourse.training import train

    folder, _ = stopped
    sweep(configs, checkpoint_folder=folder, progress=False)
    path = folder / f"{configs[0].key}.pt"
    assert train(configs[0], checkpoint_path=path, progress=False).status == "completed"
    with pytest.raises(InputValueError, match="written with seed 0 in place of"):
        train(replace(configs[0], seed=9), checkpoint_path=path, progress=False)
