"""The networks built on torchvision's: published sizes, stems, the last ReLU, weights."""

import pytest
import torch
from torch import nn
from torchvision.models import resnet

from nccourse import models
from nccourse.errors import InputValueError, MissingDataError
from nccourse.models.densenet import DenseNet
from nccourse.models.mlp6 import MLP6
from nccourse.models.resnet import ResNet
from nccourse.models.resnet32 import ResNet32


def size(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("name", "stem", "num_classes", "options", "dim", "parameters"),
    [
        # torchvision's documentation, ImageNet.
        ("resnet18", "imagenet", 1000, {}, 512, 11_689_512),
        ("resnet34", "imagenet", 1000, {}, 512, 21_797_672),
        ("resnet50", "imagenet", 1000, {}, 2048, 25_557_032),
        ("resnet101", "imagenet", 1000, {}, 2048, 44_549_160),
        ("wide_resnet50", "imagenet", 1000, {"width": 2}, 2048, 68_883_240),
        ("densenet121", "imagenet", 1000, {}, 1024, 7_978_856),
        # The variants for CIFAR in common use.
        ("resnet18", "cifar", 10, {}, 512, 11_173_962),
        ("resnet50", "cifar", 10, {}, 2048, 23_520_842),
        ("densenet121", "cifar", 10, {}, 1024, 6_956_298),
    ],
)
def test_sizes_are_the_published_ones(name, stem, num_classes, options, dim, parameters):
    model = models.build(name, num_classes, in_channels=3, image_size=32, stem=stem, **options)
    assert model.backbone.out_features == dim
    assert size(model) == parameters


def test_the_wide_network_of_18_layers_has_the_size_its_authors_give():
    # Zagoruyko and Komodakis (2016), Table 8: WRN-18-2.0 has 45.6 million parameters, WRN-18-1.0 11.7.
    for width, millions in ((2, 45.6), (1, 11.7)):
        model = models.build(
            "wide_resnet18", 1000, in_channels=3, image_size=224, stem="imagenet", width=width
        )
        assert size(model) / 1e6 == pytest.approx(millions, abs=0.05)


def test_resnet32_has_the_size_its_authors_give():
    # He et al. (2016), Table 6: 0.46 million.
    model = models.build("resnet32", 10, in_channels=3, image_size=32)
    assert size(model) == 464_154


def test_dense_blocks_have_the_size_their_authors_give():
    # Huang et al. (2017), Table 2: DenseNet-BC with depth 100 and growth 12 has 0.8 million parameters.
    backbone = DenseNet(3, (32, 32), growth=12, blocks=(16, 16, 16), first_channels=24)
    assert backbone.out_features == 342
    assert size(backbone) + size(models.LinearHead(342, 10)) == 769_162


def test_densenet150_is_paper_es():
    model = models.build("densenet150", 10, in_channels=3, image_size=32)
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    assert model.backbone.out_features == 510
    # With the classifier 148 layers.
    assert len(convolutions) == 147


@pytest.mark.parametrize(("width", "dim"), [(0.25, 128), (0.5, 256), (1, 512), (2, 1024)])
def test_wide_resnet18_scales_its_stages(width, dim):
    model = models.build("wide_resnet18", 10, in_channels=3, image_size=32, width=width)
    assert model.backbone.out_features == dim
    assert model.features(torch.rand(2, 3, 8, 8)).shape == (2, dim)


@pytest.mark.parametrize("width", [0.25, 0.5])
def test_wide_resnet50_scales_the_inside_of_its_blocks(width):
    model = models.build("wide_resnet50", 10, in_channels=3, image_size=32, width=width)
    assert model.backbone.out_features == 2048
    assert model.backbone.body.layer1[0].conv2.out_channels == 64 * width
    assert model.features(torch.rand(2, 3, 16, 16)).shape == (2, 2048)


def resolution_at_the_end(backbone, image_size):
    """Side of the last maps, seen by a hook on what makes them."""
    sides = []
    maps = backbone.body.layer4 if isinstance(backbone, ResNet) else backbone.maps
    hook = maps.register_forward_hook(lambda module, inputs, output: sides.append(output.shape[-1]))
    with torch.no_grad():
        backbone.eval()(torch.rand(1, 3, image_size, image_size))
    hook.remove()
    return sides[0]


@pytest.mark.parametrize("name", ["resnet18", "wide_resnet18", "densenet121"])
@pytest.mark.parametrize(("stem", "side"), [("cifar", 8), ("imagenet", 2), (None, 8)])
def test_the_stem_decides_the_resolution(name, stem, side):
    options = {} if stem is None else {"stem": stem}
    model = models.build(name, 5, in_channels=3, image_size=64, **options)
    assert resolution_at_the_end(model.backbone, 64) == side


def test_large_images_get_the_imagenet_stem():
    model = models.build("resnet18", 5, in_channels=3, image_size=96)
    assert resolution_at_the_end(model.backbone, 96) == 3


@pytest.mark.parametrize("depth", [18, 50])
def test_the_imagenet_network_is_torchvisions_and_can_start_from_its_weights(depth, tmp_path):
    torch.manual_seed(0)
    reference = getattr(resnet, f"resnet{depth}")().eval()
    torch.save(reference.state_dict(), tmp_path / "weights.pt")
    ours = ResNet(3, (64, 64), depth=depth, stem="imagenet", weights=str(tmp_path / "weights.pt")).eval()
    images = torch.rand(2, 3, 64, 64)
    features = ours(images)
    torch.testing.assert_close(features @ reference.fc.weight.T + reference.fc.bias, reference(images))


@pytest.mark.parametrize("depth", [18, 50])
def test_without_the_final_relu_only_that_relu_is_missing(depth, tmp_path):
    torch.manual_seed(0)
    torch.save(getattr(resnet, f"resnet{depth}")().state_dict(), tmp_path / "weights.pt")
    common = {"depth": depth, "stem": "imagenet", "weights": tmp_path / "weights.pt"}
    plain = ResNet(3, (64, 64), **common).eval()
    signed = ResNet(3, (64, 64), final_relu=False, **common).eval()
    maps = []
    signed.body.layer4.register_forward_hook(lambda module, inputs, output: maps.append(output))
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        features = signed(images)
        torch.testing.assert_close(maps[0].relu().mean(dim=(2, 3)), plain(images))
    torch.testing.assert_close(maps[0].mean(dim=(2, 3)), features)


def test_padded_shortcuts_carry_the_image_and_zeros():
    from nccourse.models.resnet32 import _PaddedShortcut

    x = torch.rand(2, 3, 8, 6)
    padded = _PaddedShortcut(3)(x)
    assert padded.shape == (2, 6, 4, 3)
    torch.testing.assert_close(padded[:, 1:4], x[:, :, ::2, ::2])
    assert not padded[:, 0].any()
    assert not padded[:, 4:].any()


def test_resnet32_takes_more_channels_for_more_classes():
    model = models.build("resnet32", 100, in_channels=3, image_size=32, channels=32, head="etf")
    assert model.head.W.shape == (100, 128)
    with pytest.raises(InputValueError, match=r"in_features: .*>= 99, got 64"):
        models.build("resnet32", 100, in_channels=3, image_size=32, head="etf")


def test_mlp6_has_six_layers_of_the_papers_widths():
    for width in (1024, 2048):
        backbone = MLP6(3, (32, 32), width=width)
        layers = [module for module in backbone.modules() if isinstance(module, nn.Linear)]
        assert [layer.out_features for layer in layers] == [width] * 6
        assert backbone.out_features == width


def test_dropout_of_the_open_set_network_is_of_whole_channels_and_only_in_training():
    torch.manual_seed(0)
    backbone = models.build("cnn9", 3, in_channels=3, image_size=16, dropout=0.5).backbone
    images = torch.rand(2, 3, 16, 16)
    assert torch.equal(backbone.eval()(images), backbone(images))
    assert not torch.equal(backbone.train()(images), backbone(images))


@pytest.mark.parametrize(
    ("call", "message", "error"),
    [
        (
            lambda: ResNet(3, (8, 8), depth=20),
            "depth: expected one of 18, 34, 50, 101, got 20",
            InputValueError,
        ),
        (lambda: ResNet(3, (8, 8), depth=18, stem="patch"), "stem: expected one of 'cifar'", InputValueError),
        (lambda: ResNet(3, (8, 8), depth=18, width=0), "width: .*> 0, got 0", InputValueError),
        (lambda: ResNet(3, (8, 8), depth=18, width=0.001), "width: expected at least 1/64", InputValueError),
        (
            lambda: ResNet(3, (8, 8), depth=18, weights="none.pt"),
            "none.pt: expected a file of weights, got none",
            MissingDataError,
        ),
        (lambda: ResNet32(3, (8, 8), channels=0), "channels: .*>= 1, got 0", InputValueError),
        (
            lambda: models.build("densenet121", 5, in_channels=3, image_size=4),
            "image_size: expected at least 8 pixels a side for 4 blocks with the cifar stem",
            InputValueError,
        ),
        (
            lambda: models.build("densenet121", 5, in_channels=3, image_size=28, stem="imagenet"),
            "image_size: expected at least 32 pixels",
            InputValueError,
        ),
        (
            lambda: DenseNet(3, (8, 8), growth=0, blocks=(2,), first_channels=4),
            "growth: .*>= 1, got 0",
            InputValueError,
        ),
    ],
)
def test_bad_input_is_named(call, message, error):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("content", [b"nothing", b""])
def test_a_file_that_holds_no_weights_is_refused(content, tmp_path):
    (tmp_path / "weights.pt").write_bytes(content)
    with pytest.raises(InputValueError, match="weights: expected a state dict of torchvision's network"):
        ResNet(3, (64, 64), depth=18, weights=tmp_path / "weights.pt")


def test_weights_of_another_network_are_refused(tmp_path):
    torch.save(ResNet(3, (64, 64), depth=18, width=0.25).body.state_dict(), tmp_path / "weights.pt")
    with pytest.raises(InputValueError, match="weights: expected a state dict of torchvision's network"):
        ResNet(3, (64, 64), depth=18, weights=tmp_path / "weights.pt")
    torch.save([1.0], tmp_path / "weights.pt")
    with pytest.raises(InputValueError, match="weights: expected a state dict of torchvision's network"):
        ResNet(3, (64, 64), depth=18, weights=tmp_path / "weights.pt")
