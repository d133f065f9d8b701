import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.data import (
    OPEN_SET_TRIALS,
    OPEN_SETTINGS,
    ImageData,
    load,
    load_open_set,
    open_set,
    open_set_split,
    save,
)
from nccourse.errors import InputTypeError, InputValueError


def made(num_classes, per_class, offset=0, channels=1):
    """Images that show their class number plus an offset in every pixel."""
    labels = torch.arange(num_classes).repeat(per_class)
    images = (labels + offset).to(torch.uint8)[:, None, None, None].repeat(1, channels, 2, 2)
    return ImageData(images, labels, tuple(f"class {k}" for k in range(num_classes)))


def shown(data):
    return [int(image[0, 0, 0]) for image in data.images]


def assert_numbered(data, classes, offset=0):
    assert [label + offset for label in map(classes.__getitem__, data.labels.tolist())] == shown(data)
    assert data.class_names == tuple(f"class {k}" for k in classes)
    assert set(data.labels.tolist()) == set(range(len(classes)))


@given(st.integers(3, 12), st.integers(0, 50), st.data())
@settings(max_examples=30, deadline=None)
def test_a_trial_divides_the_classes_and_numbers_them_anew(num_classes, seed, data):
    known = data.draw(st.integers(1, num_classes - 1))
    trial = open_set(made(num_classes, 3), made(num_classes, 2), known, seed=seed)
    assert len(trial.known_classes) == known
    assert sorted(trial.known_classes + trial.unknown_classes) == list(range(num_classes))
    assert_numbered(trial.train, trial.known_classes)
    assert_numbered(trial.test, trial.known_classes)
    assert_numbered(trial.unknown, trial.unknown_classes)
    assert (len(trial.train), len(trial.test)) == (3 * known, 2 * known)
    assert len(trial.unknown) == 2 * (num_classes - known)


@given(st.integers(0, 50), st.integers(1, 20))
@settings(max_examples=20, deadline=None)
def test_unknown_classes_may_come_from_another_set(seed, unknown):
    trial = open_set(made(10, 2), made(10, 1), 4, others=made(20, 3, offset=100), unknown=unknown, seed=seed)
    assert (len(trial.known_classes), len(trial.unknown_classes)) == (4, unknown)
    assert_numbered(trial.test, trial.known_classes)
    assert_numbered(trial.unknown, trial.unknown_classes, offset=100)
    assert len(trial.unknown) == 3 * unknown


def test_known_classes_are_those_of_the_index_split():
    labels = made(10, 1).labels
    for seed in range(5):
        trial = open_set(made(10, 2), made(10, 1), 6, seed=seed)
        assert trial.known_classes == tuple(labels[open_set_split(labels, 6, seed=seed).known].tolist())


def test_classes_may_be_named_and_keep_the_order_given():
    trial = open_set(made(5, 1), made(5, 1), [3, 0], unknown=[4, 1])
    assert (trial.known_classes, trial.unknown_classes) == ((3, 0), (4, 1))
    assert_numbered(trial.train, (3, 0))
    assert_numbered(trial.unknown, (4, 1))


def test_all_classes_of_another_set_may_be_unknown():
    for unknown in (None, 3, [2, 0, 1]):
        trial = open_set(made(4, 1), made(4, 1), 2, others=made(3, 1), unknown=unknown)
        assert sorted(trial.unknown_classes) == [0, 1, 2]


def test_the_settings_are_paper_as():
    numbers = {name: (setting.known, setting.unknown) for name, setting in OPEN_SETTINGS.items()}
    assert numbers == {"mnist": (6, 4), "svhn": (6, 4), "cifar10": (6, 4), "cifar+50": (4, 50)}
    assert OPEN_SET_TRIALS == 5


def test_trials_of_real_images_differ_and_repeat_themselves():
    trials = [load_open_set("mnist", trial=trial, data="mnist5k") for trial in range(OPEN_SET_TRIALS)]
    assert len({trial.known_classes for trial in trials}) == OPEN_SET_TRIALS
    again = load_open_set("mnist", trial=3, data="mnist5k")
    assert again.known_classes == trials[3].known_classes
    assert again.train.checksum == trials[3].train.checksum
    assert (len(again.train), len(again.test), len(again.unknown)) == (2400, 600, 400)


def test_cifar_plus_50_reads_both_sets(tmp_path):
    for name, num_classes in (("ten", 10), ("hundred", 100)):
        for part in ("train", "test"):
            save(made(num_classes, 2, channels=3), tmp_path / f"{name}-{part}.npz")
    trial = load_open_set("cifar+50", data=tmp_path / "ten-train.npz", others=tmp_path / "hundred-train.npz")
    assert (len(trial.known_classes), len(trial.unknown_classes)) == (4, 50)
    assert (len(trial.train), len(trial.test), len(trial.unknown)) == (8, 8, 100)
    # The known classes come from a stream of their own.
    alone = open_set(load(tmp_path / "ten-train.npz"), load(tmp_path / "ten-test.npz"), 4)
    assert trial.known_classes == alone.known_classes


DATA = made(4, 2)

CALLS = [
    (lambda: open_set(DATA, DATA, 4), r"known: expected an integer in \[1, 3\], got 4", InputValueError),
    (
        lambda: open_set(DATA, DATA, [0, 1], unknown=[1]),
        r"unknown: expected classes that are not known, got \[1\]",
        InputValueError,
    ),
    (
        lambda: open_set(DATA, DATA, 2, unknown=3),
        r"unknown: expected an integer in \[1, 2\], got 3",
        InputValueError,
    ),
    (lambda: open_set(DATA, DATA, 2, seed=-1), "seed: .*>= 0, got -1", InputValueError),
    (lambda: open_set(DATA.images, DATA, 2), "train: expected ImageData, got Tensor", InputTypeError),
    (
        lambda: open_set(DATA, DATA, 2, others=made(4, 1, channels=3)),
        r"others: expected images of shape \(1, 2, 2\), as train's, got shape \(3, 2, 2\)",
        InputValueError,
    ),
    (lambda: open_set(DATA, made(3, 1), 2), "test: expected 4 classes, got 3", InputValueError),
    (lambda: load_open_set("cifar+10"), "name: expected one of 'mnist'", InputValueError),
    (lambda: load_open_set("mnist", trial=-1), "trial: .*>= 0, got -1", InputValueError),
    (
        lambda: load_open_set("mnist", others="digits"),
        "others: expected None for mnist, one set of images, got digits",
        InputValueError,
    ),
    (lambda: DATA.keep_classes([]), "classes: expected distinct classes, at least one", InputValueError),
    (lambda: DATA.keep_classes([1, 1]), "classes: expected distinct classes", InputValueError),
    (lambda: DATA.keep_classes([4]), r"classes: expected an integer in \[0, 3\], got 4", InputValueError),
    (
        lambda: ImageData(DATA.images[:1], DATA.labels[:1], DATA.class_names).keep_classes([3]),
        r"classes: expected a class with samples, got \[3\]",
        InputValueError,
    ),
]


@pytest.mark.parametrize(("call", "message", "error"), CALLS)
def test_bad_input_is_named(call, message, error):
    with pytest.raises(error, match=message):
        call()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True))
@settings(max_examples=20, deadline=None)
def test_kept_classes_are_numbered_in_the_order_given(classes):
    data = made(6, 2)
    kept = data.keep_classes(classes)
    assert_numbered(kept, classes)
    order = [k for k in shown(data) if k in classes]
    assert shown(kept) == order


def test_every_known_split_is_a_real_choice():
    chosen = np.stack([open_set(made(10, 1), made(10, 1), 6, seed=s).known_classes for s in range(200)])
    counts = np.bincount(chosen.ravel(), minlength=10)
    # Ten binomial counts of mean 120 and deviation 7.
    assert np.abs(counts - 120).max() < 35
