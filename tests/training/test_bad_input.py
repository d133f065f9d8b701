import pytest
import torch

from nccourse.errors import InputTypeError, InputValueError, MissingDataError
from nccourse.training import TrainConfig, sweep, train
from nccourse.training.setup import has_bfloat16, resolve_device, resolve_precision

FIELDS = [
    ({"model": "vgg"}, "model: expected one of 'mlp', 'cnn'", InputValueError),
    ({"data": "MNSIT"}, "data: expected one of .*; try 'mnist'", InputValueError),
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
    ({"schedule": "milestones"}, "milestones: expected an integer in .* got float", InputTypeError),
    (
        {"schedule": "milestones", "milestones": (130,)},
        r"milestones: .*in \[0, 120\], got 130",
        InputValueError,
    ),
    ({"schedule_factor": 0.0}, "schedule_factor: .*> 0", InputValueError),
    ({"schedule_factor": 1.5}, "schedule_factor: .*<= 1", InputValueError),
    ({"data_options": [3]}, "data_options: expected a mapping of options, got list", InputTypeError),
    (
        {"data_options": {"classes": 3}},
        "data_options: .*one of 'known'.*got 'classes'",
        InputValueError,
    ),
    (
        {"data_options": {"per_class": 3, "ratio": 10}},
        "data_options: expected at most one of per_class, first_per_class.* step, got per_class and ratio",
        InputValueError,
    ),
    (
        {"data_options": {"minority": 3}},
        "data_options: expected minority together",
        InputValueError,
    ),
    (
        {"augmentation": "flip"},
        "augmentation: expected a sequence of names and pairs.*got str",
        InputTypeError,
    ),
    ({"augmentation": ("blur",)}, "augmentation: expected one of 'crop'.*got 'blur'", InputValueError),
    ({"augmentation": (("crop", 4),)}, "augmentation crop: expected a mapping", InputTypeError),
    ({"augmentation": (4,)}, "augmentation: expected a sequence of names and pairs", InputTypeError),
    ({"lambda_W": -1.0}, "lambda_W: .*>= 0", InputValueError),
    ({"lambda_H": None}, "lambda_H: expected a finite number", InputTypeError),
    ({"lambda_b": "x"}, "lambda_b: .*got str", InputTypeError),
    (
        {"head": "cosine", "scale": 2.0, "lambda_H": 0.1},
        "lambda_H: expected 0 with",
        InputValueError,
    ),
    ({"head": "etf", "lambda_W": 0.1}, "lambda_W: expected None with an etf head", InputValueError),
    ({"clip_norm": 0.0}, "clip_norm: .*> 0", InputValueError),
    ({"measured_per_class": 0}, "measured_per_class: .*>= 1, got 0", InputValueError),
    ({"precision": "float16"}, "precision: expected one of 'float32', 'bfloat16', 'auto'", InputValueError),
    ({"channels_last": 1}, "channels_last: expected True or False, got 1", InputTypeError),
    ({"compile": "yes"}, "compile: expected True or False, got 'yes'", InputTypeError),
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


CPU = torch.device("cpu")


def instructions(monkeypatch, *names):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(names, True) | {"avx2": True})


def test_bfloat16_is_never_chosen_where_the_cpu_has_no_instructions_for_it(monkeypatch):
    instructions(monkeypatch)
    assert resolve_precision("auto", CPU) is resolve_precision("float32", CPU) is torch.float32
    with pytest.raises(InputValueError, match=r"precision: expected float32 or auto .*bfloat16"):
        resolve_precision("bfloat16", CPU)


@pytest.mark.parametrize("name", ["amx_bf16", "avx512_bf16"])
def test_bfloat16_is_chosen_where_the_cpu_has_instructions_for_it(name, monkeypatch):
    instructions(monkeypatch, name)
    assert resolve_precision("auto", CPU) is resolve_precision("bfloat16", CPU) is torch.bfloat16


def test_bfloat16_on_a_gpu_is_that_of_the_hardware(monkeypatch):
    asked = []
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: asked.append(including_emulation)
    )
    assert not has_bfloat16(torch.device("cuda"))
    assert asked == [False]
