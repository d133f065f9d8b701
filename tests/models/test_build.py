import pytest
import torch

from nccourse import models

HEADS = {"linear": {}, "cosine": {"scale": 8.0}, "etf": {"weight_norm": 2.0}}


@pytest.mark.parametrize("head", models.HEADS)
@pytest.mark.parametrize("name", models.NAMES)
@pytest.mark.parametrize(("channels", "size"), [(1, 8), (3, (32, 28))])
@pytest.mark.parametrize("final_relu", [True, False])
def test_every_network_obeys_the_one_convention(name, head, channels, size, final_relu):
    torch.manual_seed(0)
    model = models.build(
        name, 5, in_channels=channels, image_size=size, head=head, final_relu=final_relu, **HEADS[head]
    ).eval()
    height, width = (size, size) if isinstance(size, int) else size
    images = torch.rand(4, channels, height, width)
    features = model.features(images)
    assert features.shape == (4, model.backbone.out_features)
    torch.testing.assert_close(model(images), features @ model.head.W.T - model.head.b)
    assert bool((features < 0).any()) is not final_relu


@pytest.mark.parametrize("name", models.NAMES)
def test_every_parameter_learns(name):
    torch.manual_seed(0)
    model = models.build(name, 3, in_channels=1, image_size=8)
    loss = torch.nn.functional.cross_entropy(model(torch.rand(6, 1, 8, 8)), torch.arange(6) % 3)
    loss.backward()
    still = [key for key, value in model.named_parameters() if value.grad is None or not value.grad.any()]
    assert not still


def test_the_global_seed_makes_the_network():
    states = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        states.append(models.build("cnn", 3, in_channels=1, image_size=8).state_dict())
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

    for backbone in _BACKBONES.values():
        for head in _HEADS.values():
            assert not set(_options(backbone)) & set(_options(head))


@pytest.mark.parametrize("batch_norm", [True, False])
def test_the_mlp_without_batch_norm_treats_samples_one_by_one(batch_norm):
    torch.manual_seed(0)
    backbone = models.MLP(1, (4, 4), widths=(8, 6), batch_norm=batch_norm)
    images = torch.rand(5, 1, 4, 4)
    alone = backbone.train()(images[:2])
    assert torch.allclose(backbone(images)[:2], alone) is not batch_norm
