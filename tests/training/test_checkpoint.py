from dataclasses import replace

import pytest
import torch

from nccourse.errors import InputValueError
from nccourse.training import train
from nccourse.training.measures import MEASURES
from nccourse.training.run import Run

MEASURED = [name for name in MEASURES if name != "seconds"]


class Killed(BaseException):
    """Ends a run as abruptly as a signal would."""


def killer(epoch, error=Killed):
    def kill(row, model):
        if row["epoch"] == epoch:
            raise error

    return kill


def assert_same_run(resumed, whole):
    assert resumed.status == whole.status
    assert resumed.metrics[["epoch", *MEASURED]].equals(whole.metrics[["epoch", *MEASURED]])
    for key, value in whole.model.state_dict().items():
        torch.testing.assert_close(resumed.model.state_dict()[key], value, rtol=0, atol=0, equal_nan=True)
    for ours, theirs in zip(resumed.snapshots, whole.snapshots, strict=True):
        assert all(
            torch.equal(vars(ours)[key], vars(theirs)[key]) for key in ("class_means", "W", "b", "features")
        )


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_a_killed_run_goes_on_bitwise_as_if_nothing_had_happened(optimizer, epoch, config, digits, tmp_path):
    plan = config(optimizer=optimizer, epochs=4, snapshots=1)
    whole = train(plan, train_set=digits[0], progress=False)
    call = {"train_set": digits[0], "checkpoint_path": tmp_path / "runs" / "one.pt", "progress": False}
    with pytest.raises(Killed):
        train(plan, on_record=killer(epoch), **call)
    assert_same_run(train(plan, **call), whole)


def test_an_interrupted_run_goes_on_too(config, digits, tmp_path):
    call = {"train_set": digits[0], "checkpoint_path": tmp_path / "one.pt", "progress": False}
    first = train(config(), on_record=killer(2, KeyboardInterrupt), **call)
    assert first.status == "interrupted"
    assert_same_run(train(config(), **call), train(config(), train_set=digits[0], progress=False))


@pytest.mark.parametrize(
    "fields", [{}, {"learning_rate": 1e30, "loss": "mse"}], ids=["completed", "diverged"]
)
def test_a_finished_run_is_not_run_again(fields, config, digits, tmp_path, monkeypatch):
    call = {"train_set": digits[0], "checkpoint_path": tmp_path / "one.pt", "progress": False}
    plan = config(**fields, model_options={"widths": (8,), "batch_norm": False})
    finished = train(plan, **call)
    monkeypatch.delattr(Run, "step_epoch")
    again = train(plan, **call)
    assert_same_run(again, finished)
    assert (again.seconds, again.message) == (finished.seconds, finished.message)


def test_a_kill_while_writing_leaves_the_last_checkpoint(config, digits, tmp_path, monkeypatch):
    path = tmp_path / "one.pt"
    call = {"train_set": digits[0], "checkpoint_path": path, "progress": False}
    save = torch.save

    def torn(state, target):
        if state["progress"]["epoch"] == 2:
            target.write_bytes(b"half a checkp")
            raise Killed
        save(state, target)

    monkeypatch.setattr(torch, "save", torn)
    with pytest.raises(Killed):
        train(config(), **call)
    monkeypatch.undo()
    assert torch.load(path, weights_only=True)["progress"]["epoch"] == 1
    assert_same_run(train(config(), **call), train(config(), train_set=digits[0], progress=False))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"learning_rate": 0.3}, "learning_rate .* in place of 0.3"),
        ({"seed": 1, "epochs": 5}, "epochs .* in place of 5, seed 0 in place of 1"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(change, named, config, digits, tmp_path):
    call = {"train_set": digits[0], "checkpoint_path": tmp_path / "one.pt", "progress": False}
    train(config(), **call)
    with pytest.raises(InputValueError, match=f"checkpoint_path: .*written with {named}"):
        train(replace(config(), **change), **call)


def test_a_checkpoint_on_other_data_is_refused(config, digits, tmp_path):
    call = {"checkpoint_path": tmp_path / "one.pt", "progress": False}
    train(config(), train_set=digits[0], **call)
    with pytest.raises(InputValueError, match="written with training data"):
        train(config(), train_set=digits[0].select(torch.arange(90)), **call)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04"])
def test_a_file_that_is_no_checkpoint_is_refused(content, config, digits, tmp_path):
    path = tmp_path / "one.pt"
    path.write_bytes(content)
    with pytest.raises(InputValueError, match=r"checkpoint_path: .*cannot be read as one"):
        train(config(), train_set=digits[0], checkpoint_path=path, progress=False)
    assert path.read_bytes() == content


def test_a_saved_model_of_another_kind_is_refused(config, digits, tmp_path):
    torch.save({"weights": torch.zeros(2)}, tmp_path / "one.pt")
    with pytest.raises(InputValueError, match="cannot be read as one"):
        train(config(), train_set=digits[0], checkpoint_path=tmp_path / "one.pt", progress=False)
