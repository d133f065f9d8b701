import pytest
import torch

from nccourse import data
from nccourse.errors import InputValueError
from nccourse.training import TrainConfig
from nccourse.training.sets import choose, first_of_each_class, load_sets


@pytest.fixture(scope="module")
def whole():
    return data.load("digits"), data.load("digits", train=False)


def counts(part):
    return part.class_counts.tolist()


def test_all_without_options(whole):
    sets = load_sets(TrainConfig())
    assert sets.train.checksum == whole[0].checksum
    assert sets.test.checksum == whole[1].checksum
    assert sets.validation is None


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ({"per_class": 7}, [7] * 10),
        ({"first_per_class": 7}, [7] * 10),
        ({"counts": list(range(1, 11))}, list(range(1, 11))),
        ({"step": 4, "minority": [0, 3]}, [34, 139, 139, 34, *[139] * 6]),
    ],
    ids=str,
)
def test_class_sizes(options, sizes, whole):
    sets = choose(*whole, options)
    assert counts(sets.train) == sizes
    assert sets.test is whole[1]


def test_a_long_tail_is_that_of_data(whole):
    chosen = whole[0].select(data.long_tailed(whole[0].labels, 20, seed=3))
    assert choose(*whole, {"ratio": 20, "seed": 3}).train.checksum == chosen.checksum


def test_the_seed_says_which_samples(whole):
    sums = {choose(*whole, {"per_class": 9, "seed": seed}).train.checksum for seed in (0, 0, 1)}
    assert len(sums) == 2


def test_a_smaller_test_set(whole):
    assert counts(choose(*whole, {"test_per_class": 4}).test) == [4] * 10


def test_validation_samples_are_held_back_from_training(whole):
    sets = choose(*whole, {"validation": 0.25, "per_class": 80})
    kept, held = (len(part) for part in (choose(*whole, {"validation": 0.25}).train, sets.validation))
    assert kept + held == len(whole[0])
    assert counts(sets.train) == [80] * 10
    images = {image.numpy().tobytes() for image in sets.train.images}
    # Two of the digits are the same image twice.
    assert sum(image.numpy().tobytes() in images for image in sets.validation.images) <= 2


def test_known_classes_are_numbered_anew(whole):
    sets = choose(*whole, {"known": [7, 2, 4], "per_class": 5})
    for part, source in zip(sets[:2], whole, strict=True):
        assert part.class_names == ("2", "4", "7")
        assert set(part.labels.tolist()) == {0, 1, 2}
        image = part.images[part.labels == 1][0]
        matches = (source.images == image).flatten(1).all(1)
        assert 4 in source.labels[matches].tolist()
    assert counts(sets.train) == [5] * 3


def test_a_number_of_known_classes_is_the_same_choice_in_both_sets(whole):
    sets = choose(*whole, {"known": 6, "seed": 4})
    assert len(sets.train.class_names) == 6
    assert sets.train.class_names == sets.test.class_names


def test_more_than_there_is_is_refused(whole):
    with pytest.raises(InputValueError, match=r"counts\[0\]: .*got 5000"):
        choose(*whole, {"per_class": 5000})


def test_the_first_of_each_class_are_the_same_in_a_part_of_the_set(whole):
    part = whole[0].select(torch.arange(500))
    sums = {choose(images, whole[1], {"first_per_class": 20}).train.checksum for images in (whole[0], part)}
    assert len(sums) == 1


@pytest.mark.parametrize("number", [0, 5000])
def test_a_number_no_class_has_is_refused(number, whole):
    with pytest.raises(InputValueError, match=f"first_per_class: .*got {number}"):
        choose(*whole, {"first_per_class": number})


def test_the_first_samples_of_each_class():
    labels = torch.tensor([2, 0, 2, 2, 0, 1])
    assert first_of_each_class(labels, 2).tolist() == [0, 1, 2, 4, 5]
