import pytest
import torch

from nccourse.errors import InputTypeError, InputValueError, MissingDataError
from nccourse.training import TrainConfig, sweep, train
from nccourse.training.setup import resolve_device

FIELDS = [
    ({"model": "vgg"}, "model: expected one of 'mlp', 'cnn'", InputValueError),
    ({"data": "imagenet"}, "data: expected one of 'digits'.*got 'imagenet'", InputValueError),
    ({"data": 7}, "data: expected a name or a path, got int", InputTypeError),
    ({"loss": "hinge"}, "loss: expected one of 'ce', 'bce'", InputValueError),
    ({"head": "arcface"}, "head: expected one of", InputValueError),
    ({"head": "cosine"}, "scale: expected a number > 0 with a cosine head, got None", InputTypeError),
    ({"head": "cosine", "scale": -1.0}, "scale: .*> 0, got -1", InputValueError),
    ({"scale": 8.0}, "scale: expected None with a linear head, got 8.0; try head=", InputValueError),
    ({"model_options": [1]}, "model_options: expected a mapping of options, got list", InputTypeError),
    ({"model_options": {"widths": torch.ones(2)}}, "model_options: expected plain values", InputTypeError),
    ({"loss_options": "x"}, "loss_options: expected a mapping", InputTypeError),
    ({"optimizer": "lion"}, "optimizer: expected one of 'sgd', 'adamw'", InputValueError),
    ({"learning_rate": 0.0}, "learning_rate: .*> 0, got 0", InputValueError),
    ({"learning_rate": float("nan")}, "learning_rate: expected a finite number", InputValueError),
    ({"learning_rate": "0.1"}, "learning_rate: .*got str", InputTypeError),
    ({"momentum": 1.0}, r"momentum: expected a number in \[0, 1\), got 1.0", InputValueError),
    ({"weight_decay": -1e-4}, "weight_decay: .*>= 0", InputValueError),
    ({"schedule": "linear"}, "schedule: expected one of 'constant', 'cosine', 'step'", InputValueError),
    ({"milestones": 0.5}, "milestones: expected a sequence of numbers, got float", InputTypeError),
    ({"milestones": (0.5, 60)}, r"milestones: .*in \[0, 1\], got 60", InputValueError),
    ({"epochs": 0}, "epochs: .*>= 1, got 0", InputValueError),
    ({"epochs": 2.5}, "epochs: expected an integer", InputTypeError),
    ({"batch_size": 0}, "batch_size: .*>= 1, got 0", InputValueError),
    ({"record": 0}, "record: .*>= 1, got 0", InputValueError),
    ({"record": (1, 500)}, r"record: .*in \[0, 120\], got 500", InputValueError),
    ({"record": "all"}, "record: expected an integer", InputTypeError),
    ({"snapshots": -1}, "snapshots: .*>= 0, got -1", InputValueError),
    ({"stop_tolerance": 0.0}, "stop_tolerance: .*> 0", InputValueError),
    ({"seed": -1}, "seed: .*>= 0, got -1", InputValueError),
    ({"device": "tpu"}, "device: expected one of 'auto', 'cpu', 'cuda', 'mps'", InputValueError),
    ({"gamma": 8.0}, "field of TrainConfig: expected one of 'model'.*got 'gamma'", InputValueError),
]


@pytest.mark.parametrize(("fields", "message", "error"), FIELDS, ids=str)
def test_a_field_outside_its_domain_is_named(fields, message, error):
    with pytest.raises(error, match=message):
        TrainConfig.from_dict(fields)


CALLS = [
    (lambda c, d: TrainConfig.from_dict([1]), "fields: expected a mapping, got list", InputTypeError),
    (lambda c, d: train({"model": "mlp"}), "config: expected a TrainConfig, got dict", InputTypeError),
    (
        lambda c, d: train(c(), train_set=d.images),
        "train_set: expected ImageData or None, got Tensor",
        InputTypeError,
    ),
    (
        lambda c, d: train(c(), train_set=d, test_set=3),
        "test_set: expected ImageData or None, got int",
        InputTypeError,
    ),
    (lambda c, d: train(c(data="nowhere-train.npz")), "nowhere-train.npz: .*no such file", MissingDataError),
    (
        lambda c, d: train(c(model_options={"depth": 3}), train_set=d),
        "depth: expected options of mlp",
        InputTypeError,
    ),
    (
        lambda c, d: train(c(loss_options={"focusing": 3}), train_set=d, progress=False),
        "loss_options: expected one of .*got 'focusing'",
        InputValueError,
    ),
    (
        lambda c, d: train(c(batch_size=33), train_set=d, progress=False),
        "batch_size: expected no single sample left over .*got 33 for 100 samples",
        InputValueError,
    ),
    (lambda c, d: sweep(c()), "configs: expected a sequence of TrainConfig, got TrainConfig", InputTypeError),
    (lambda c, d: sweep(5), "configs: expected a sequence of TrainConfig, got int", InputTypeError),
    (lambda c, d: sweep([c(), {}]), r"configs\[1\]: expected a TrainConfig, got dict", InputTypeError),
]


@pytest.mark.parametrize(("call", "message", "error"), CALLS)
def test_bad_input_is_named(call, message, error, config, digits):
    with pytest.raises(error, match=message):
        call(config, digits[0])


def test_a_device_this_machine_lacks_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(InputValueError, match="device: expected one this machine has: cpu, got 'cuda'"):
        resolve_device("cuda")
    assert resolve_device("auto") == torch.device("cpu")
