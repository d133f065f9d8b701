"""Reading through torchvision, from tiny sets in the formats of the real ones."""

import gzip
import hashlib
import pickle
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
import scipy.io
import torchvision.datasets as vision

from nccourse import data
from nccourse.errors import MissingDataError

PARTS = {"train": 5, "test": 3}


def pixels(part, shape):
    return np.random.default_rng(PARTS[part]).integers(0, 256, (PARTS[part], *shape), dtype=np.uint8)


def labels(part):
    return np.arange(PARTS[part], dtype=np.uint8)


def idx_bytes(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.tobytes()


def idx_files(part):
    prefix = {"train": "train", "test": "t10k"}[part]
    yield f"{prefix}-images-idx3-ubyte", idx_bytes(pixels(part, (28, 28)))
    yield f"{prefix}-labels-idx1-ubyte", idx_bytes(labels(part))


def write_idx(root, folder):
    raw = root / folder / "raw"
    raw.mkdir(parents=True)
    for part in PARTS:
        for name, content in idx_files(part):
            (raw / name).write_bytes(content)


def old_pickle(entry):
    """Pickle as numpy 1 did for the published files: dtype('u1', 0, 1) where numpy 2 writes booleans."""
    text = pickle.dumps(entry, protocol=2).replace(b"numpy._core", b"numpy.core")
    with_booleans, with_integers = b"\x89\x88\x87", b"K\x00K\x01\x87"
    assert text.count(with_booleans) == 1
    return text.replace(with_booleans, with_integers)


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


def write_cifar(root, monkeypatch, cls, label_key, files):
    folder = root / cls.base_folder
    folder.mkdir(parents=True)
    for part, name in files.items():
        entry = {"data": pixels(part, (3 * 32 * 32,)), label_key: labels(part).tolist()}
        (folder / name).write_bytes(old_pickle(entry))
        monkeypatch.setattr(cls, f"{part}_list", [[name, md5(folder / name)]])
    meta = folder / cls.meta["filename"]
    meta.write_bytes(pickle.dumps({cls.meta["key"]: list("abcdefghij")}))
    monkeypatch.setattr(cls, "meta", {**cls.meta, "md5": md5(meta)})


def write_cifar10(root, monkeypatch):
    write_cifar(root, monkeypatch, vision.CIFAR10, "labels", {"train": "data_batch_1", "test": "test_batch"})


def write_cifar100(root, monkeypatch):
    write_cifar(root, monkeypatch, vision.CIFAR100, "fine_labels", {"train": "train", "test": "test"})


def write_svhn(root, monkeypatch):
    entries = {}
    for part in PARTS:
        path = root / f"{part}_32x32.mat"
        tens = np.where(labels(part) == 0, 10, labels(part))[:, None]  # the files call the digit 0 "10"
        scipy.io.savemat(path, {"X": pixels(part, (3, 32, 32)).transpose(2, 3, 1, 0), "y": tens})
        entries[part] = ["", path.name, md5(path)]
    monkeypatch.setattr(vision.SVHN, "split_list", entries)


def write_stl10(root, monkeypatch):
    folder = root / "stl10_binary"
    folder.mkdir()
    for part in PARTS:
        (folder / f"{part}_X.bin").write_bytes(pixels(part, (3, 96, 96)).transpose(0, 1, 3, 2).tobytes())
        (folder / f"{part}_y.bin").write_bytes((labels(part) + 1).tobytes())
        names = [f"{part}_X.bin", f"{part}_y.bin"]
        monkeypatch.setattr(vision.STL10, f"{part}_list", [[name, md5(folder / name)] for name in names])
    (folder / "class_names.txt").write_text("\n".join("abcdefghij"))


SETS = {
    "mnist": (lambda root, monkeypatch: write_idx(root, "MNIST"), (1, 28, 28), "0"),
    "fashionmnist": (lambda root, monkeypatch: write_idx(root, "FashionMNIST"), (1, 28, 28), "T-shirt/top"),
    "cifar10": (write_cifar10, (3, 32, 32), "a"),
    "cifar100": (write_cifar100, (3, 32, 32), "a"),
    "svhn": (write_svhn, (3, 32, 32), "0"),
    "stl10": (write_stl10, (3, 96, 96), "a"),
}


@pytest.mark.parametrize("name", SETS)
def test_every_set_is_found_and_read_channels_first(name, tmp_path, monkeypatch):
    write, shape, first_name = SETS[name]
    write(tmp_path, monkeypatch)
    assert {entry.name: entry.found for entry in data.describe(tmp_path)}[name]
    for part in PARTS:
        loaded = data.load(name, train=part == "train", root=tmp_path)
        assert (
            loaded.images.numpy() == pixels(part, shape if shape[0] > 1 else shape[1:]).reshape(-1, *shape)
        ).all()
        assert loaded.labels.tolist() == labels(part).tolist()
        assert (loaded.num_classes, loaded.class_names[0]) == (10, first_name)


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "svhn", "stl10"])
def test_a_set_whose_bytes_changed_is_refused(name, tmp_path, monkeypatch):
    SETS[name][0](tmp_path, monkeypatch)
    file = next(
        path
        for path in sorted(tmp_path.rglob("*train*")) + sorted(tmp_path.rglob("data_batch_1"))
        if path.is_file()
    )
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(MissingDataError, match=f"corrupted.*nccourse data download {name}"):
        data.load(name, root=tmp_path)


def test_a_truncated_idx_file_is_reported_as_missing(tmp_path):
    write_idx(tmp_path, "MNIST")
    file = tmp_path / "MNIST/raw/train-images-idx3-ubyte"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(MissingDataError, match="mnist: expected its files"):
        data.load("mnist", root=tmp_path)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A mirror of MNIST on this machine, with its checksums."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    resources = []
    for part in PARTS:
        for name, content in idx_files(part):
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            resources.append((f"{name}.gz", md5(folder / f"{name}.gz")))
    monkeypatch.setattr(vision.MNIST, "resources", resources)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as server:
        monkeypatch.setattr(vision.MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield folder
        server.shutdown()


def test_a_download_happens_only_when_asked_and_once(mirror, tmp_path):
    root = tmp_path / "new" / "root"
    with pytest.raises(MissingDataError):
        data.load("mnist", root=root)
    assert len(data.load("mnist", root=root, download=True)) == PARTS["train"]
    shutil.rmtree(mirror)
    assert len(data.load("mnist", root=root, download=True, train=False)) == PARTS["test"]


def test_a_download_with_the_wrong_checksum_is_refused(mirror, tmp_path):
    for file in mirror.iterdir():
        file.write_bytes(gzip.compress(b"something else"))
    with pytest.raises(MissingDataError, match="nccourse data download mnist"):
        data.load("mnist", root=tmp_path / "root", download=True)
