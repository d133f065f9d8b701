import numpy as np
import pytest
import torch

from nccourse.data import (
    DeviceBatches,
    ImageData,
    describe,
    hold_out,
    load,
    long_tailed,
    open_set_split,
    step_imbalance,
    stratified_split,
    with_counts,
)
from nccourse.errors import InputTypeError, InputValueError, MissingDataError

IMAGES = torch.zeros(4, 1, 2, 2, dtype=torch.uint8)
LABELS = torch.tensor([0, 0, 1, 2])
DATA = ImageData(IMAGES, LABELS, ("a", "b", "c"))

CALLS = [
    (lambda: ImageData(IMAGES.numpy(), LABELS, "abc"), "images: expected a uint8 tensor", InputTypeError),
    (lambda: ImageData(IMAGES.float(), LABELS, "abc"), "got dtype torch.float32", InputTypeError),
    (
        lambda: ImageData(IMAGES[0], LABELS, "abc"),
        "images: .*shape .N, C, H, W.*got shape .1, 2, 2.",
        InputValueError,
    ),
    (lambda: ImageData(IMAGES[:0], LABELS[:0], "abc"), "images: .*got shape .0, 1, 2, 2.", InputValueError),
    (
        lambda: ImageData(IMAGES, LABELS[:3], "abc"),
        r"labels: .*shape \(4,\), got shape \(3,\)",
        InputValueError,
    ),
    (lambda: ImageData(IMAGES, LABELS.float(), "abc"), "labels: .*got dtype torch.float32", InputTypeError),
    (lambda: ImageData(IMAGES, LABELS, "ab"), r"labels: expected values in \[0, 2\)", InputValueError),
    (lambda: DATA.select(torch.tensor([4])), r"indices: expected values in \[0, 4\)", InputValueError),
    (lambda: DATA.select(torch.tensor([-1])), r"indices: expected values in \[0, 4\)", InputValueError),
    (lambda: DATA.select([0]), "indices: expected an integer tensor", InputTypeError),
    (lambda: load(7), "name: expected a name or a path, got int", InputTypeError),
    (lambda: load("imagenet"), "name: expected one of 'digits'.*got 'imagenet'", InputValueError),
    (lambda: load("nowhere.npz"), "nowhere.npz: expected an .npz file, got no such file", MissingDataError),
    (
        lambda: load("own.npz", train=False),
        "train: expected True, because own.npz holds one set",
        InputValueError,
    ),
    (lambda: load("my-train.npz", train=False), "my-test.npz: .*no such file", MissingDataError),
    (lambda: DeviceBatches(IMAGES, 2), "data: expected ImageData, got Tensor", InputTypeError),
    (lambda: DeviceBatches(DATA, 0), "batch_size: expected an integer >= 1, got 0", InputValueError),
    (lambda: DeviceBatches(DATA, 2.0), "batch_size: expected an integer >= 1", InputTypeError),
    (lambda: DeviceBatches(DATA, 2, seed=-1), "seed: expected an integer >= 0, got -1", InputValueError),
    (lambda: DeviceBatches(DATA, 2, mean=[0.0, 0.0]), "mean: expected 1 finite numbers", InputValueError),
    (lambda: DeviceBatches(DATA, 2, mean=[float("nan")]), "mean: expected 1 finite numbers", InputValueError),
    (lambda: DeviceBatches(DATA, 2, std=[-1.0]), "std: expected 1 numbers >= 0", InputValueError),
    (lambda: next(DeviceBatches(DATA, 2).shuffled(-1)), "epoch: expected an integer >= 0", InputValueError),
    (
        lambda: next(DeviceBatches(DATA, 2).in_order(0)),
        "batch_size: expected an integer >= 1",
        InputValueError,
    ),
    (lambda: stratified_split(LABELS, 1.0), r"fraction: expected a number in \(0, 1\)", InputValueError),
    (lambda: stratified_split(LABELS, 0), "fraction: expected a finite number > 0", InputValueError),
    (lambda: stratified_split(LABELS, "half"), "fraction: .*got str", InputTypeError),
    (lambda: stratified_split(LABELS, 0.5, seed=0.5), "seed: expected an integer", InputTypeError),
    (lambda: long_tailed(LABELS.float(), 2), "labels: .*got dtype", InputTypeError),
    (lambda: long_tailed(LABELS, 0.5), "ratio: expected a finite number >= 1", InputValueError),
    (lambda: long_tailed(LABELS, float("nan")), "ratio: .*got nan", InputValueError),
    (lambda: long_tailed(LABELS, 100), "ratio: expected at most 2, .*got 100", InputValueError),
    (
        lambda: long_tailed(torch.zeros(3, dtype=torch.int64), 2),
        "labels: expected at least two",
        InputValueError,
    ),
    (
        lambda: with_counts(LABELS, [1, 2, 1]),
        r"counts\[1\]: expected an integer in \[0, 1\], got 2",
        InputValueError,
    ),
    (lambda: with_counts(LABELS, [1, -1, 1]), r"counts\[1\]: .*got -1", InputValueError),
    (lambda: with_counts(LABELS, [1, 1]), r"labels: expected values in \[0, 2\)", InputValueError),
    (lambda: with_counts(LABELS, [0, 0, 0]), "counts: expected at least one sample", InputValueError),
    (lambda: with_counts(LABELS, [1.5, 1, 1]), "counts: expected an integer", InputTypeError),
    (lambda: with_counts(LABELS, 3), "counts: expected a sequence of integers, got int", InputTypeError),
    (lambda: step_imbalance(LABELS, 0.5), "ratio: expected a finite number >= 1", InputValueError),
    (lambda: step_imbalance(LABELS, 9, minority=1), "ratio: expected at most 1, .*got 9", InputValueError),
    (
        lambda: step_imbalance(LABELS, 2, minority=3),
        r"minority: expected an integer in \[1, 2\], got 3",
        InputValueError,
    ),
    (lambda: step_imbalance(LABELS, 2, minority=[]), "minority: expected distinct classes", InputValueError),
    (
        lambda: step_imbalance(torch.zeros(3, dtype=torch.int64), 2),
        "labels: expected at least two classes, got one",
        InputValueError,
    ),
    (lambda: hold_out(LABELS), "data: expected ImageData, got Tensor", InputTypeError),
    (lambda: hold_out(DATA, 1.0), r"fraction: expected a number in \(0, 1\)", InputValueError),
    (lambda: open_set_split(LABELS, 3), r"known: expected an integer in \[1, 2\], got 3", InputValueError),
    (lambda: open_set_split(LABELS, [0, 0]), "known: expected distinct classes", InputValueError),
    (lambda: open_set_split(LABELS, []), "known: expected distinct classes", InputValueError),
    (lambda: open_set_split(LABELS, [3]), r"known: expected an integer in \[0, 2\], got 3", InputValueError),
    (lambda: open_set_split(LABELS, "01"), "known: expected a sequence of integers, got str", InputTypeError),
    (lambda: open_set_split(LABELS, 1, seed=-1), "seed: expected an integer >= 0", InputValueError),
    (lambda: describe(7), "root: expected a path, got int", InputTypeError),
]


@pytest.mark.parametrize(("call", "message", "error"), CALLS)
def test_bad_input_is_named(call, message, error):
    with pytest.raises(error, match=message):
        call()


GOOD = {"images": np.zeros((2, 3, 3), np.uint8), "labels": np.array([0, 1])}


@pytest.mark.parametrize(
    ("arrays", "message", "error"),
    [
        (
            {"images": GOOD["images"]},
            "own.npz: expected arrays named images and labels, got no labels",
            InputValueError,
        ),
        (
            GOOD | {"images": GOOD["images"].astype(float)},
            "images in own.npz: expected uint8",
            InputTypeError,
        ),
        (GOOD | {"images": GOOD["images"][0]}, "images in own.npz: expected shape", InputValueError),
        (GOOD | {"labels": np.array([0.0, 1.0])}, "labels in own.npz: expected integers", InputTypeError),
        (GOOD | {"labels": np.array([0, 1, 1])}, r"labels: .*got shape \(3,\)", InputValueError),
        (GOOD | {"labels": np.array([-1, 1])}, "labels: expected values in", InputValueError),
        (
            GOOD | {"labels": np.array([0, object()])},
            "own.npz: expected an .npz file of plain arrays",
            InputValueError,
        ),
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path, arrays, message, error):
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(error, match=message):
        load(tmp_path / "own.npz")


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "own.npz").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(InputValueError, match=r"own.npz: expected an .npz file of plain arrays"):
        load(tmp_path / "own.npz")
