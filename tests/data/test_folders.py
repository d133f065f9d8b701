from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nccourse.data import ImageData, load, load_folder, save
from nccourse.errors import InputTypeError, InputValueError, MissingDataError

COLOURS = {"ant": (250, 10, 10), "bee": (10, 250, 10), "cat": (10, 10, 250)}


def draw(path, colour, size=(12, 10), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).convert(mode).save(path)


def colours(data):
    """The class each image was drawn for, by its colour."""
    means = data.images.double().mean(dim=(2, 3))
    distances = torch.cdist(means, torch.tensor(list(COLOURS.values())).double())
    assert float(distances.min(dim=1).values.max()) < 10
    return [list(COLOURS)[k] for k in distances.argmin(dim=1)]


def assert_right(data, class_names, size, counts):
    assert data.images.shape[1:] == (3, size, size)
    assert data.class_names == class_names
    assert data.class_counts.tolist() == counts
    assert [class_names[k] for k in data.labels] == colours(data)


def write(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def class_folders(tmp_path):
    for number, (name, colour) in enumerate(COLOURS.items()):
        for index in range(number + 1):
            draw(tmp_path / "train" / name / f"{index}.jpg", colour)
        draw(tmp_path / "val" / name / "0.png", colour)
    (tmp_path / "train" / "ant" / "notes.txt").write_text("no image")
    return tmp_path


def test_class_folders_are_read_in_alphabetical_order(class_folders):
    assert_right(load_folder(class_folders, image_size=8), ("ant", "bee", "cat"), 8, [1, 2, 3])
    assert_right(load_folder(str(class_folders), image_size=4, train=False), tuple(COLOURS), 4, [1, 1, 1])


def test_the_test_part_is_numbered_as_the_training_part(class_folders):
    (class_folders / "val" / "ant" / "0.png").unlink()
    assert_right(load_folder(class_folders, image_size=8, train=False), tuple(COLOURS), 8, [0, 1, 1])


def test_tiny_imagenet_is_read_with_its_annotations(tmp_path):
    for name, colour in COLOURS.items():
        draw(tmp_path / "train" / name / "images" / f"{name}_0.JPEG", colour)
    lines = []
    for index, name in enumerate(["cat", "ant", "cat"]):
        draw(tmp_path / "val" / "images" / f"val_{index}.JPEG", COLOURS[name])
        lines.append(f"val_{index}.JPEG\t{name}\t0\t0\t5\t5")
    write(tmp_path / "val" / "val_annotations.txt", lines)
    (tmp_path / "test" / "images").mkdir(parents=True)
    assert_right(load_folder(tmp_path, image_size=8), tuple(COLOURS), 8, [1, 1, 1])
    test = load_folder(tmp_path, image_size=8, train=False)
    assert_right(test, tuple(COLOURS), 8, [1, 0, 2])
    assert test.labels.tolist() == [2, 0, 2]


def test_cub_is_read_from_its_three_lists(tmp_path):
    files = [f"{k + 1:03d}.{name}/{name}_{i}.jpg" for k, name in enumerate(COLOURS) for i in range(2)]
    for file in files:
        draw(tmp_path / "images" / file, COLOURS[file[4:7]])
    # Written out of order: the number before each line counts.
    write(tmp_path / "images.txt", [f"{i + 1} {file}" for i, file in enumerate(files)][::-1])
    write(tmp_path / "image_class_labels.txt", [f"{i + 1} {i // 2 + 1}" for i in range(6)])
    write(tmp_path / "train_test_split.txt", [f"{i + 1} {int(i != 3)}" for i in range(6)])
    names = ("001.ant", "002.bee", "003.cat")
    train, test = (load_folder(tmp_path, image_size=6, train=part) for part in (True, False))
    assert train.class_names == test.class_names == names
    assert train.class_counts.tolist() == [2, 1, 2]
    assert [names[k][4:] for k in train.labels] == colours(train)
    assert colours(test) == ["bee"]


def test_imagenet_lt_is_read_from_a_list_of_numbers(tmp_path):
    lines = []
    for index, name in enumerate(["bee", "ant", "bee"]):
        file = f"train/{name}/{name} {index}.JPEG"
        draw(tmp_path / file, COLOURS[name])
        lines.append(f"{file} {list(COLOURS).index(name)}")
    data = load_folder(tmp_path, image_size=8, list_file=write(tmp_path / "ImageNet_LT_train.txt", lines))
    assert data.labels.tolist() == [1, 0, 1]
    assert data.class_names == ("0", "1")
    assert colours(data) == ["bee", "ant", "bee"]


def test_mini_imagenet_is_read_from_a_table_with_a_heading(tmp_path):
    lines = ["filename,label"]
    for index, name in enumerate(["cat", "ant", "cat"]):
        draw(tmp_path / "images" / f"{index}.jpg", COLOURS[name])
        lines.append(f"{index}.jpg,{name}")
    data = load_folder(tmp_path, image_size=8, list_file=str(write(tmp_path / "train.csv", lines)))
    assert_right(data, ("ant", "cat"), 8, [1, 2])


@given(st.integers(3, 30), st.integers(3, 30), st.integers(1, 16))
@settings(max_examples=20, deadline=None)
def test_images_are_scaled_by_the_shorter_side_and_cut_in_the_middle(width, height, size):
    from nccourse.data.folders import _scaled

    ramp = np.linspace(0, 255, width)[None, :, None].repeat(height, 0).repeat(3, 2).astype(np.uint8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ramp.png"
        Image.fromarray(ramp).save(path)
        scaled = _scaled(path, size)
    assert scaled.shape == (size, size, 3)
    # The middle of the ramp stays in the middle.
    assert float(scaled.mean()) == pytest.approx(127.5, abs=255 / min(width, height) + 255 / size / 2)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_grey_and_transparent_images_become_colour(mode, tmp_path):
    for name, colour in COLOURS.items():
        draw(tmp_path / "train" / name / "0.png", colour, mode=mode)
    data = load_folder(tmp_path, image_size=8)
    assert data.images.shape == (3, 3, 8, 8)
    if mode != "L":
        assert colours(data) == list(COLOURS)


def test_a_loaded_folder_can_be_kept(class_folders, tmp_path):
    for part in ("train", "test"):
        data = load_folder(class_folders, image_size=8, train=part == "train")
        save(data, tmp_path / "kept" / f"own-{part}.npz")
        again = load(tmp_path / "kept" / "own-train.npz", train=part == "train")
        assert again.checksum == data.checksum
        assert again.class_names == data.class_names
    assert sorted(file.name for file in (tmp_path / "kept").iterdir()) == ["own-test.npz", "own-train.npz"]


def test_grey_images_are_kept_too(tmp_path):
    data = load("digits")
    save(data, str(tmp_path / "digits.npz"))
    assert load(tmp_path / "digits.npz").checksum == data.checksum


def test_what_is_missing_is_named(class_folders, tmp_path):
    with pytest.raises(MissingDataError, match="nowhere: expected a folder of images, got none"):
        load_folder(tmp_path / "nowhere", image_size=8)
    with pytest.raises(MissingDataError, match="expected a folder train, CUB's train_test_split"):
        load_folder(class_folders / "train", image_size=8)
    with pytest.raises(MissingDataError, match=r"none.txt: expected a file, got none"):
        load_folder(class_folders, image_size=8, list_file=tmp_path / "none.txt")
    listed = write(tmp_path / "list.txt", ["gone.jpg 0"])
    with pytest.raises(MissingDataError, match=r"gone.jpg: expected an image, got no such file"):
        load_folder(class_folders, image_size=8, list_file=listed)


def test_a_folder_without_a_test_part_or_images_says_so(tmp_path):
    (tmp_path / "train" / "ant").mkdir(parents=True)
    with pytest.raises(MissingDataError, match="expected a folder val, validation, test for the test part"):
        load_folder(tmp_path, image_size=8, train=False)
    with pytest.raises(MissingDataError, match="train: expected images in class folders, got none"):
        load_folder(tmp_path, image_size=8)


def test_lists_that_cannot_be_read_are_refused(class_folders, tmp_path):
    for lines, message in (
        (["train/ant/0.jpg"], "expected lines 'path label' or 'path,label', got 'train/ant/0.jpg'"),
        ([], "expected lines 'path label', got none"),
        (["filename,label"], "expected lines 'path label', got none"),
    ):
        with pytest.raises(InputValueError, match=message):
            load_folder(class_folders, image_size=8, list_file=write(tmp_path / "list.txt", lines))


def test_files_that_hold_something_else_are_refused(class_folders):
    (class_folders / "train" / "bee" / "broken.jpg").write_bytes(b"no image")
    with pytest.raises(InputValueError, match=r"broken.jpg: expected an image, got UnidentifiedImageError"):
        load_folder(class_folders, image_size=8)


def test_lists_of_cub_that_do_not_fit_together_are_refused(tmp_path):
    write(tmp_path / "images.txt", ["1 001.ant/a.jpg", "2 001.ant/b.jpg"])
    write(tmp_path / "image_class_labels.txt", ["1 1"])
    write(tmp_path / "train_test_split.txt", ["1 1", "2 1"])
    with pytest.raises(InputValueError, match="three lists of the same images, got lists of 2, 1 and 2"):
        load_folder(tmp_path, image_size=8)


def test_an_unknown_class_in_the_annotations_is_refused(tmp_path):
    draw(tmp_path / "train" / "ant" / "0.png", COLOURS["ant"])
    draw(tmp_path / "val" / "images" / "0.png", COLOURS["bee"])
    write(tmp_path / "val" / "val_annotations.txt", ["0.png\tbee\t0\t0\t1\t1"])
    with pytest.raises(InputValueError, match="expected the classes of the training part, got 'bee'"):
        load_folder(tmp_path, image_size=8, train=False)


ONE = ImageData(torch.zeros(1, 1, 2, 2, dtype=torch.uint8), torch.tensor([0]), ("a",))


@pytest.mark.parametrize(
    ("call", "message", "error"),
    [
        (lambda: load_folder(7, image_size=8), "folder: expected a path, got int", InputTypeError),
        (lambda: load_folder(".", image_size=0), "image_size: .*>= 1, got 0", InputValueError),
        (lambda: save(7, "a.npz"), "data: expected ImageData, got int", InputTypeError),
        (
            lambda: save(
                ImageData(torch.zeros(1, 1, 2, 2, dtype=torch.uint8), torch.tensor([0]), "a"), "a.pt"
            ),
            "path: expected a path ending in .npz, got a.pt",
            InputValueError,
        ),
    ],
)
def test_bad_input_is_named(call, message, error):
    with pytest.raises(error, match=message):
        call()
