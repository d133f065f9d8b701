"""The losses do what training loops need: half precision, transforms, compilation, no wait for a device."""

import pytest
import torch
from torch.func import grad, vmap
from torch.nn.functional import one_hot
from torch.testing import assert_close
from torch.utils._python_dispatch import TorchDispatchMode

from nccourse import losses


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(6, 5, generator=generator, dtype=torch.float64)
    return logits, torch.randint(5, (6,), generator=generator)


def dot_regression(features, targets, **options):
    return losses.dot_regression(features, targets, torch.eye(5, dtype=features.dtype), **options)


every_loss = pytest.mark.parametrize("loss", [*map(losses.get, losses.NAMES), dot_regression])


@every_loss
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(loss, dtype, batch):
    logits, labels = batch[0].to(dtype), batch[1]
    found = loss(logits, labels)
    assert found.dtype == torch.float32
    assert_close(found.double(), loss(logits.double(), labels), rtol=1e-5, atol=0)


@every_loss
def test_autocast_changes_nothing(loss, batch):
    logits, labels = batch[0].bfloat16(), batch[1]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = loss(logits, labels)
    assert_close(found, loss(logits, labels))


def test_autocast_changes_nothing_of_mixed_dot_regression(batch):
    features, mixed = batch[0].float(), batch[0].softmax(dim=1).float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = dot_regression(features, mixed)
    assert_close(found, dot_regression(features, mixed))


@every_loss
def test_vmap_over_problems_and_over_samples(loss, batch):
    logits, labels = batch
    problems = torch.stack([logits, -2 * logits])
    expected = torch.stack([loss(problem, labels) for problem in problems])
    assert_close(vmap(lambda z: loss(z, labels))(problems), expected)
    samples = vmap(lambda z, y: loss(z[None], y[None]))(logits, labels)
    assert_close(samples, loss(logits, labels, reduction="none"))


@every_loss
def test_gradients_of_each_sample_by_vmap(loss, batch):
    logits, labels = batch
    each = vmap(grad(lambda z, y: loss(z[None], y[None])))(logits, labels)
    assert_close(each, grad(lambda z: loss(z, labels, reduction="sum"))(logits))
    second = vmap(grad(lambda z, y: grad(lambda x: loss(x[None], y[None]))(z).square().sum()))(logits, labels)
    assert bool(second.isfinite().all())


@pytest.mark.parametrize("name", ["ce", "bce", "label_smoothing"])
def test_vmap_over_soft_targets(name, batch):
    logits, labels = batch
    soft = one_hot(labels, 5).double()
    samples = vmap(lambda z, q: losses.get(name)(z[None], q[None]))(logits, soft)
    assert_close(samples, losses.get(name)(logits, labels, reduction="none"))


@every_loss
def test_compiles_to_one_graph(loss, batch):
    compiled = torch.compile(loss, backend="eager", fullgraph=True)
    assert_close(compiled(*batch), loss(*batch))


class Operations(TorchDispatchMode):
    """Note every kernel that is launched; reading a value is ``_local_scalar_dense``."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def operations(loss, device, targets):
    logits = torch.zeros(6, 5, device=device)
    with Operations() as noted, torch.device(device):
        loss(logits, targets.to(device))
    return noted.names


@every_loss
def test_values_of_labels_are_read_on_the_cpu_alone(loss):
    labels = torch.zeros(6, dtype=torch.int64)
    assert "_local_scalar_dense" in operations(loss, "cpu", labels)
    # A tensor on "meta" has no values, as good as one on a GPU to see whether they are asked for.
    assert operations(loss, "meta", labels).isdisjoint({"_local_scalar_dense", "aminmax"})


@pytest.mark.parametrize("loss", [*map(losses.get, ["ce", "bce", "label_smoothing"]), dot_regression])
def test_values_of_probabilities_are_read_on_the_cpu_alone(loss):
    soft = torch.full((6, 5), 0.2)
    assert "_local_scalar_dense" in operations(loss, "cpu", soft)
    assert operations(loss, "meta", soft).isdisjoint({"_local_scalar_dense", "all"})


@every_loss
def test_nan_logits_show_in_the_loss(loss, batch):
    logits, labels = batch
    logits[2, 1] = float("nan")
    labels[2] = 1
    found = loss(logits, labels, reduction="none")
    assert found.isnan().tolist() == [False, False, True, False, False, False]


def test_soft_targets_may_carry_gradients(batch):
    logits, _ = batch
    raw = torch.zeros(6, 5, dtype=torch.float64, requires_grad=True)
    losses.cross_entropy(logits, raw.softmax(dim=1)).backward()
    assert raw.grad is not None
    assert bool(raw.grad.any())


def test_rounding_of_half_precision_probabilities_is_forgiven(batch):
    soft = torch.full((6, 5), 0.2)
    exact, rounded = (losses.cross_entropy(batch[0], targets) for targets in (soft, soft.bfloat16()))
    assert_close(rounded, exact, rtol=1e-2, atol=0)
