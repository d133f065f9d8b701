import pytest
import torch

from nccourse import models

HEADS = {"linear": {}, "cosine": {"scale": 8.0}, "etf": {"weight_norm": 2.0}}
LARGE = ("resnet34", "resnet50", "resnet101", "wide_resnet50", "densenet121", "densenet150")
SMALL = tuple(name for name in models.NAMES if name not in LARGE)
# The classes of these are tried whole at other depths.
DEEPER = ("resnet34", "resnet101", "wide_resnet50")
# The networks whose features can be negative whatever their options.
SIGNED = ("cnn9", "vit")


def build(name, num_classes, channels, size, **options):
    if name == "mlp6":
        options.setdefault("width", 32)
    return models.build(name, num_classes, in_channels=channels, image_size=size, **options)


def assert_one_convention(model, images):
    features = model.eval().features(images)
    assert features.shape == (len(images), model.backbone.out_features)
    torch.testing.assert_close(model(images), features @ model.head.W.T - model.head.b)
    return features


@pytest.mark.parametrize("head", models.HEADS)
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("channels", "size"), [(1, 8), (3, 28)])
def test_every_network_obeys_the_one_convention_with_every_head(name, head, channels, size):
    torch.manual_seed(0)
    model = build(name, 5, channels, size, head=head, **HEADS[head])
    assert_one_convention(model, torch.rand(4, channels, size, size))


@pytest.mark.parametrize("name", LARGE)
def test_large_networks_obey_it_too(name):
    torch.manual_seed(0)
    assert_one_convention(build(name, 5, 3, 8), torch.rand(2, 3, 8, 8))


@pytest.mark.parametrize("final_relu", [True, False])
@pytest.mark.parametrize("name", [name for name in models.NAMES if name not in (*SIGNED, *DEEPER)])
def test_features_are_non_negative_exactly_with_a_final_relu(name, final_relu):
    torch.manual_seed(0)
    model = build(name, 3, 1, 8, final_relu=final_relu).eval()
    with torch.no_grad():
        assert bool((model.features(torch.rand(6, 1, 8, 8)) < 0).any()) is not final_relu


@pytest.mark.parametrize("name", SIGNED)
def test_some_networks_have_no_final_relu(name):
    torch.manual_seed(0)
    assert bool((build(name, 3, 1, 8).eval().features(torch.rand(6, 1, 8, 8)) < 0).any())


@pytest.mark.parametrize("name", [name for name in SMALL if name != "vit"])
def test_images_need_not_be_square(name):
    torch.manual_seed(0)
    assert_one_convention(build(name, 3, 3, (32, 28)), torch.rand(2, 3, 32, 28))


@pytest.mark.parametrize("name", [name for name in models.NAMES if name not in DEEPER])
def test_every_parameter_learns(name):
    torch.manual_seed(0)
    size = 8 if name in LARGE else 16
    model = build(name, 3, 1, size)
    labels = torch.arange(6) % 3
    loss = torch.nn.functional.cross_entropy(model(torch.rand(6, 1, size, size)), labels)
    loss.backward()
    still = [key for key, value in model.named_parameters() if value.grad is None or not value.grad.any()]
    assert not still


@pytest.mark.parametrize("name", ["cnn", "resnet32", "vit"])
def test_the_global_seed_makes_the_network(name):
    states = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        states.append(build(name, 3, 1, 8).state_dict())
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    assert not torch.equal(states[0]["head.weight"], states[2]["head.weight"])


def test_options_reach_the_part_they_are_for():
    model = models.build(
        "mlp", 4, in_channels=1, image_size=8, head="cosine", widths=(20, 12), scale=3.0, bias_mean=2.0
    )
    assert model.backbone.out_features == model.head.in_features == 12
    assert model.head.b.tolist() == [2.0] * 4
    assert model.head.W.norm(dim=1).tolist() == pytest.approx([3.0] * 4, rel=1e-6)


def test_no_option_is_claimed_by_both_backbone_and_head():
    from nccourse.models.registry import _BACKBONES, _HEADS, _options

    for entry in _BACKBONES.values():
        for head in _HEADS.values():
            assert not set(_options(entry.constructor, entry.settled)) & set(_options(head))


@pytest.mark.parametrize("batch_norm", [True, False])
def test_the_mlp_without_batch_norm_treats_samples_one_by_one(batch_norm):
    torch.manual_seed(0)
    backbone = models.MLP(1, (4, 4), widths=(8, 6), batch_norm=batch_norm)
    images = torch.rand(5, 1, 4, 4)
    alone = backbone.train()(images[:2])
    assert torch.allclose(backbone(images)[:2], alone) is not batch_norm


@pytest.mark.parametrize("head", models.HEADS)
def test_normalized_features_have_mean_zero_and_variance_one_before_the_head(head):
    torch.manual_seed(0)
    model = build("mlp", 3, 1, 8, head=head, normalize_features=True, **HEADS[head])
    images = torch.rand(32, 1, 8, 8)
    features = model.backbone(images).detach()
    alive = features.std(dim=0) > 0
    torch.testing.assert_close(features.mean(dim=0), torch.zeros(64), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        features[:, alive].var(dim=0, correction=0), torch.ones(int(alive.sum())), atol=0.05, rtol=0
    )
    assert_one_convention(model, images)
