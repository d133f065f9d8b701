import pytest

from nccourse.errors import InputTypeError, InputValueError
from nccourse.models import CNN, MLP, CosineHead, ETFHead, LinearHead, Network, balanced_lengths, build


def mlp(**options):
    return build("mlp", 3, in_channels=1, image_size=8, **options)


CALLS = [
    (
        lambda: build("vgg", 3, in_channels=1, image_size=8),
        "name: expected one of 'mlp', 'cnn'",
        InputValueError,
    ),
    (lambda: build("mlp", 1, in_channels=1, image_size=8), "num_classes: .*>= 2, got 1", InputValueError),
    (
        lambda: build("mlp", 3.0, in_channels=1, image_size=8),
        "num_classes: expected an integer",
        InputTypeError,
    ),
    (lambda: build("mlp", 3, in_channels=0, image_size=8), "in_channels: .*>= 1, got 0", InputValueError),
    (lambda: build("mlp", 3, in_channels=1, image_size=0), "image_size: .*>= 1, got 0", InputValueError),
    (
        lambda: build("mlp", 3, in_channels=1, image_size=(1, 8, 8)),
        r"image_size: expected \(H, W\)",
        InputValueError,
    ),
    (
        lambda: build("mlp", 3, in_channels=1, image_size="8"),
        "image_size: expected an integer",
        InputTypeError,
    ),
    (lambda: mlp(head="arcface"), "head: expected one of 'linear', 'cosine', 'etf'", InputValueError),
    (lambda: mlp(depth=3), "depth: expected options of mlp with a linear head: .*widths", InputTypeError),
    (lambda: mlp(scale=8.0), "scale: expected options of mlp with a linear head", InputTypeError),
    (lambda: mlp(head="cosine"), "scale: expected a value, for a cosine head, got none", InputTypeError),
    (lambda: mlp(widths=()), "widths: expected at least one size", InputValueError),
    (lambda: mlp(widths=64), "widths: expected a sequence of integers, got int", InputTypeError),
    (lambda: mlp(widths="64"), "widths: expected a sequence of integers, got str", InputTypeError),
    (lambda: mlp(widths=(8, 0)), r"widths\[1\]: expected an integer >= 1, got 0", InputValueError),
    (lambda: MLP(1, (8, 8), widths=(8.0,)), r"widths\[0\]: expected an integer", InputTypeError),
    (lambda: CNN(1, (8, 3)), "image_size: expected at least 4 pixels a side for 2 blocks", InputValueError),
    (lambda: CNN(1, (8, 8), feature_dim=0), "feature_dim: .*>= 1, got 0", InputValueError),
    (lambda: CNN(1, (8, 8), channels=[8, -1]), r"channels\[1\]: .*got -1", InputValueError),
    (
        lambda: Network(MLP(1, (8, 8)), LinearHead(4, 3)),
        "head: expected in_features = 64.*got 4",
        InputValueError,
    ),
    (lambda: LinearHead(0, 3), "in_features: .*>= 1, got 0", InputValueError),
    (lambda: LinearHead(4, 3, bias_variance=-1.0), "bias_variance: .*>= 0, got -1", InputValueError),
    (
        lambda: LinearHead(4, 3, bias_mean=float("nan")),
        "bias_mean: expected a finite number",
        InputValueError,
    ),
    (
        lambda: LinearHead(4, 3, bias=False, bias_mean=1.0),
        "bias: expected True with a bias_mean",
        InputValueError,
    ),
    (lambda: CosineHead(4, 3, scale=0.0), "scale: .*> 0, got 0", InputValueError),
    (lambda: CosineHead(4, 3, scale="8"), "scale: .*got str '8'", InputTypeError),
    (lambda: ETFHead(1, 3), r"in_features: .*>= 2, got 1", InputValueError),
    (lambda: ETFHead(4, 3, weight_norm=0.0), "weight_norm: .*> 0", InputValueError),
    (
        lambda: ETFHead(4, 3, weight_norm=[1.0, 1.0]),
        "weight_norm: expected one number or 3, got 2",
        InputValueError,
    ),
    (
        lambda: ETFHead(4, 3, weight_norm=[1.0, 1.0, -1.0]),
        r"weight_norm\[2\]: .*> 0, got -1",
        InputValueError,
    ),
    (
        lambda: build("vit", 3, in_channels=1, image_size=(8, 12)),
        "image_size: expected a square whose side is a multiple of patch_size = 4",
        InputValueError,
    ),
    (
        lambda: build("vit", 3, in_channels=1, image_size=10),
        r"image_size: expected a square.*got \(10, 10\)",
        InputValueError,
    ),
    (
        lambda: build("vit", 3, in_channels=1, image_size=8, hidden_dim=30),
        "hidden_dim: expected a multiple of num_heads = 4, got 30",
        InputValueError,
    ),
    (
        lambda: build("vit", 3, in_channels=1, image_size=8, dropout=1.0),
        r"dropout: expected a number in \[0, 1\), got 1",
        InputValueError,
    ),
    (
        lambda: build("cnn9", 3, in_channels=1, image_size=8, dropout=1.0),
        r"dropout: expected a number in \[0, 1\), got 1",
        InputValueError,
    ),
    (
        lambda: build("mlp6", 3, in_channels=1, image_size=8, width=0),
        "width: .*>= 1, got 0",
        InputValueError,
    ),
    (
        lambda: build("resnet18", 3, in_channels=1, image_size=8, width=2),
        "width: expected options of resnet18 with a linear head: .*final_relu.*got width=2",
        InputTypeError,
    ),
    (lambda: balanced_lengths([1]), "counts: expected at least two class sizes, got 1", InputValueError),
    (lambda: balanced_lengths([1, 0]), r"counts\[1\]: .*>= 1, got 0", InputValueError),
    (lambda: balanced_lengths("12"), "counts: expected a sequence of integers, got str", InputTypeError),
    (lambda: balanced_lengths([1, 2], exponent="half"), "exponent: .*got str", InputTypeError),
    (lambda: ETFHead(4, 3, feature_norm=-1.0), "feature_norm: .*> 0, got -1", InputValueError),
]


@pytest.mark.parametrize(("call", "message", "error"), CALLS)
def test_bad_input_is_named(call, message, error):
    with pytest.raises(error, match=message):
        call()
