"""kill -9 at a random moment: the same call goes on, and comes to bitwise the same result."""

import json
import random
import subprocess
import sys

import pytest
import torch

from nccourse.training import TrainConfig, sweep, train
from nccourse.training.measures import MEASURES

MEASURED = [name for name in MEASURES if name != "seconds"]
KILLS = 2

# Forks a worker, waits until the checkpoints have come to a random point of the next stretch, kills it there.
SCRIPT = """
import json, os, random, signal, sys, time
from pathlib import Path
import torch
from nccourse import data
from nccourse.training import TrainConfig, sweep, train

# Imported once, before the workers are forked.
data.load("digits")
torch.optim.SGD([torch.zeros(1, requires_grad=True)])

def work():
    if kind == "train":
        train(configs[0], checkpoint_path=folder / "run.pt", progress=False)
    else:
        sweep(configs, checkpoint_folder=folder, progress=False)

def done():
    epochs = 0
    for path in folder.glob("*.pt"):
        try:
            progress = torch.load(path, weights_only=True)["progress"]
        except FileNotFoundError:
            continue
        runs = progress if isinstance(progress, list) else [progress]
        epochs += sum(run["epoch"] for run in runs)
    return epochs

kind, folder, seed, kills = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
configs = [TrainConfig.from_dict(fields) for fields in json.load(sys.stdin)]
total = sum(config.epochs for config in configs)
moments = random.Random(seed)
for kill in range(kills):
    goal = total * (kill + moments.uniform(0.1, 0.8)) / (kills + 1)
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    while done() < goal:
        time.sleep(0.01)
    time.sleep(moments.uniform(0, 0.02))
    os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1])
"""


@pytest.fixture
def kill_again_and_again(tmp_path):
    """Run configs in a worker that is killed several times; return the folder of their checkpoints."""

    def run(kind, configs):
        seed = random.randrange(2**32)
        result = subprocess.run(
            [sys.executable, "-c", SCRIPT, kind, str(tmp_path), str(seed), str(KILLS)],
            input=json.dumps([config.to_dict() for config in configs]),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        assert result.stdout.split() == ["9"] * KILLS, f"seed {seed}: the worker ended before it was killed"
        return tmp_path

    return run


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """The worker and this process must add up in the same order."""
    threads = torch.get_num_threads()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def small(**fields):
    common = {"epochs": 24, "record": 4, "device": "cpu", "model_options": {"widths": (24, 16)}}
    chosen = {"per_class": 20, "test_per_class": 5}
    return TrainConfig(**{**common, "data_options": chosen, **fields})


def assert_same(resumed, whole):
    assert (resumed.config, resumed.status) == (whole.config, whole.status)
    assert resumed.metrics[MEASURED].equals(whole.metrics[MEASURED])
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], tensor)


def test_a_run(kill_again_and_again):
    config = small(optimizer="adamw", augmentation=("flip", ("crop", {"padding": 1})))
    folder = kill_again_and_again("train", [config])
    saved = torch.load(folder / "run.pt", weights_only=True)["progress"]
    assert saved["status"] == "running"
    resumed = train(config, checkpoint_path=folder / "run.pt", progress=False)
    assert_same(resumed, train(config, progress=False))


def test_a_sweep(kill_again_and_again):
    """Of a batch of five, one of which leaves early, and two runs alone."""
    batch = [small(loss=loss, seed=seed) for loss in ("ce", "bce") for seed in (0, 1)]
    leaves = small(stop_tolerance=1.2, record=1, seed=2)
    network = {"model": "cnn", "model_options": {"channels": (4,), "feature_dim": 12}}
    configs = [*batch, leaves, small(**network), small(**network, seed=1)]
    folder = kill_again_and_again("sweep", configs)
    reported = []
    resumed = sweep(configs, checkpoint_folder=folder, on_result=reported.append, progress=False)
    assert resumed[4].status == "converged"
    for ours, theirs in zip(resumed, sweep(configs, progress=False), strict=True):
        assert_same(ours, theirs)
    assert {result.config.key for result in reported} == {config.key for config in configs}
    assert list(folder.glob("batch-*")) == []
