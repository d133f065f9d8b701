"""A grid on a local cluster of two workers comes to what it comes to here."""

import pytest
import torch

from nccourse.errors import InputTypeError, InputValueError
from nccourse.training import TrainConfig, sweep
from nccourse.training import cluster as on_cluster
from nccourse.training.measures import MEASURES

MEASURED = [name for name in MEASURES if name != "seconds"]
NETWORK = {"model": "cnn", "model_options": {"channels": (4,), "feature_dim": 12}}
MLP = {"model_options": {"widths": (24, 16)}, "head": "cosine", "scale": 8.0}


def config(**fields):
    chosen = {"per_class": 20, "test_per_class": 5}
    return TrainConfig(**{"epochs": 4, "device": "cpu", "data_options": chosen, **fields})


@pytest.fixture(autouse=True)
def one_thread():
    """A worker has one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def nodes(monkeypatch, tmp_path):
    """Note on which node every task ran; returns the folder of the notes."""
    folder = tmp_path / "nodes"
    folder.mkdir()
    work = on_cluster.work

    def noted(fields, checkpoints):
        import ray

        (folder / ray.get_runtime_context().get_node_id()).touch()
        return work(fields, checkpoints)

    monkeypatch.setattr(on_cluster, "work", noted)
    return folder


def assert_same(ours, theirs, tolerance):
    assert (ours.config, ours.status) == (theirs.config, theirs.status)
    left, right = (torch.tensor(r.metrics[MEASURED].to_numpy(float)) for r in (ours, theirs))
    torch.testing.assert_close(left, right, rtol=tolerance, atol=tolerance, equal_nan=True)
    for name, tensor in theirs.model.state_dict().items():
        torch.testing.assert_close(ours.model.state_dict()[name], tensor, rtol=tolerance, atol=tolerance)


def test_runs_alone_are_bitwise_the_same_and_both_workers_work(cluster, nodes):
    configs = [config(**NETWORK, loss=loss, seed=seed) for loss in ("ce", "bce") for seed in (0, 1, 2)]
    there = sweep(configs, ray=cluster, progress=False)
    for ours, theirs in zip(there, sweep(configs, progress=False), strict=True):
        assert_same(ours, theirs, tolerance=0)
    assert len(list(nodes.iterdir())) == 2


def test_a_batch_is_divided_among_the_workers(cluster, nodes):
    configs = [config(**{**MLP, "scale": scale}, loss=loss) for loss in ("ce", "bce") for scale in (1.0, 8.0)]
    reported = []
    there = sweep(configs, ray=cluster, on_result=reported.append, progress=False)
    for ours, theirs in zip(there, sweep(configs, progress=False), strict=True):
        assert_same(ours, theirs, tolerance=2e-3)
    assert len(list(nodes.iterdir())) == 2
    assert {result.config.key for result in reported} == {plan.key for plan in configs}


def test_finished_runs_are_not_run_again(cluster, tmp_path):
    configs = [config(**NETWORK), config(**MLP), config(**MLP, seed=1)]
    first = sweep(configs, ray=cluster, checkpoint_folder=tmp_path, progress=False)
    again = sweep(configs, ray=cluster, checkpoint_folder=tmp_path, progress=False)
    for before, after in zip(first, again, strict=True):
        assert before.metrics.equals(after.metrics)  # the times too
    here = sweep(configs, checkpoint_folder=tmp_path, progress=False)
    assert all(before.metrics.equals(after.metrics) for before, after in zip(first, here, strict=True))


def test_an_error_of_a_run_is_its_own(cluster):
    with pytest.raises(InputValueError, match=r"loss_options: expected one of .*got 'focusing'") as caught:
        sweep([config(**NETWORK, loss_options={"focusing": 2})], ray=cluster, progress=False)
    assert type(caught.value) is InputValueError


def test_an_address_where_nothing_is(cluster):
    with pytest.raises(InputValueError, match=r"ray: expected the address .*127\.0\.0\.1"):
        sweep([config()], ray="127.0.0.1:1", progress=False)


def test_an_address_that_is_none(cluster):
    with pytest.raises(InputTypeError, match='ray: expected None, "auto" or the address'):
        sweep([config()], ray=6379, progress=False)


def test_auto_is_the_cluster_that_runs(cluster, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", cluster)
    (ours,) = sweep([config(**NETWORK)], ray="auto", progress=False)
    (theirs,) = sweep([config(**NETWORK)], progress=False)
    assert_same(ours, theirs, tolerance=0)
