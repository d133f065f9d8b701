"""Image folders: ImageNet-LT, CUB-200-2011, Tiny-ImageNet, miniImageNet, or one's own."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError

from nccourse.checks import integer
from nccourse.data.images import ImageData
from nccourse.errors import InputTypeError, InputValueError, MissingDataError

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm"}
_TEST_PARTS = ("val", "validation", "test")
_READERS = 8


class Listing(NamedTuple):
    """The image files of a set, their labels, and the names of the classes."""

    files: list[Path]
    labels: list[int]
    class_names: list[str]


def load_folder(
    folder: str | Path, *, image_size: int, train: bool = True, list_file: str | Path | None = None
) -> ImageData:
    """Load colour images from a folder, as large as asked.

    Each image is scaled so that its shorter side has ``image_size`` pixels, and its middle cut out. What the
    folder looks like is found out:

    - with ``list_file``: lines "path label" or "path,label" (ImageNet-LT, miniImageNet), paths relative to
      the folder or to its subfolder ``images``; a first line that names no image is a heading. Labels are
      numbers from 0, or names, then numbered in alphabetical order;
    - ``train_test_split.txt`` beside ``images.txt`` and ``image_class_labels.txt``: CUB-200-2011;
    - else ``train/CLASS/...`` with ``val``, ``validation`` or ``test`` beside it for the test part, in class
      folders too or with ``val_annotations.txt`` (Tiny-ImageNet). Classes are numbered in alphabetical order
      of the folders in ``train``.

    Args:
        folder: that holds the set.
        image_size: S >= 1, pixels a side.
        train: the training part, else the test part; a list file is one part by itself.
        list_file: which images, for sets that come with lists.

    Returns:
        Images (N, 3, S, S), labels and class names. :func:`nccourse.data.save` keeps them for later runs.

    Raises:
        MissingDataError: the folder, a file it names, or the part asked for does not exist.
        InputTypeError, InputValueError: a list that cannot be read, or a file that is no image.

    Cost: 3 S^2 bytes of memory an image (all of ImageNet-LT's 115,846 at 224 pixels: 17 GB).

    Source: paper A uses Tiny-ImageNet (Table 9), C miniImageNet (Fig. 8), E ImageNet-LT and CUB-200-2011
    (Tables 3 and 4).
    """
    size = integer("image_size", image_size, minimum=1)
    if not isinstance(folder, (str, Path)):
        raise InputTypeError("folder", expected="a path", got=type(folder).__name__)
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise MissingDataError(str(root), expected="a folder of images", got="none", advice="another path")
    listing = _listing(root, train, None if list_file is None else Path(list_file).expanduser())
    return ImageData(
        _read(listing.files, size),
        torch.tensor(listing.labels, dtype=torch.int64),
        tuple(listing.class_names),
    )


def _listing(root: Path, train: bool, list_file: Path | None) -> Listing:
    if list_file is not None:
        return _listed(root, list_file)
    if (root / "train_test_split.txt").is_file():
        return _cub(root, train)
    if (root / "train").is_dir():
        return _class_folders(root, train)
    expected = "a folder train, CUB's train_test_split.txt, or a list_file"
    raise MissingDataError(str(root), expected=expected, got="none of them", advice="another path")


def _class_folders(root: Path, train: bool) -> Listing:
    names = sorted(entry.name for entry in (root / "train").iterdir() if entry.is_dir())
    part = root / "train" if train else _test_part(root)
    annotations = part / "val_annotations.txt"
    if annotations.is_file():
        pairs = [line.split("\t")[:2] for line in _lines(annotations)]
        found = [(part / "images" / file, name) for file, name in pairs]
    else:
        found = [(file, name) for name in names for file in _images(part / name)]
    if not found:
        raise MissingDataError(str(part), expected="images in class folders", got="none")
    return _numbered(found, names, str(part))


def _test_part(root: Path) -> Path:
    parts = [root / name for name in _TEST_PARTS if (root / name).is_dir()]
    if not parts:
        expected = f"a folder {', '.join(_TEST_PARTS)} for the test part"
        raise MissingDataError(str(root), expected=expected, got="none of them")
    return parts[0]


def _images(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if _is_image(file))


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES


def _cub(root: Path, train: bool) -> Listing:
    files = _columns(root / "images.txt")
    classes = _columns(root / "image_class_labels.txt")
    is_train = _columns(root / "train_test_split.txt")
    if not files.keys() == classes.keys() == is_train.keys():
        sizes = f"{len(files)}, {len(classes)} and {len(is_train)}"
        raise InputValueError(str(root), expected="three lists of the same images", got=f"lists of {sizes}")
    wanted = "1" if train else "0"
    chosen = [key for key in files if is_train[key] == wanted]
    # Folders are called 001.Black_footed_Albatross; classes are numbered from 1.
    names = sorted({Path(path).parent.name for path in files.values()})
    labels = [int(classes[key]) - 1 for key in chosen]
    return Listing([root / "images" / files[key] for key in chosen], labels, names)


def _columns(path: Path) -> dict[str, str]:
    pairs = (line.split(maxsplit=1) for line in _lines(path))
    return {key: value.strip() for key, value in pairs}


def _listed(root: Path, list_file: Path) -> Listing:
    pairs = [_path_and_label(line, list_file) for line in _lines(list_file)]
    if pairs and not _is_image(Path(pairs[0][0])):
        pairs = pairs[1:]
    if not pairs:
        raise InputValueError(str(list_file), expected="lines 'path label'", got="none")
    folder = root if (root / pairs[0][0]).is_file() else root / "images"
    found = [(folder / path, label) for path, label in pairs]
    if all(label.isdecimal() for _, label in pairs):
        labels = [int(label) for _, label in pairs]
        return Listing([file for file, _ in found], labels, [str(k) for k in range(max(labels) + 1)])
    return _numbered(found, sorted({label for _, label in pairs}), str(list_file))


def _path_and_label(line: str, list_file: Path) -> tuple[str, str]:
    parts = line.rsplit("," if "," in line else None, maxsplit=1)
    if len(parts) != 2:
        raise InputValueError(str(list_file), expected="lines 'path label' or 'path,label'", got=repr(line))
    return parts[0].strip(), parts[1].strip()


def _numbered(found: Iterable[tuple[Path, str]], names: list[str], source: str) -> Listing:
    number = {name: k for k, name in enumerate(names)}
    files, labels = [], []
    for file, name in found:
        if name not in number:
            raise InputValueError(source, expected="the classes of the training part", got=repr(name))
        files.append(file)
        labels.append(number[name])
    return Listing(files, labels, names)


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise MissingDataError(str(path), expected="a file", got="none", advice="another path")
    return [line for line in path.read_text().splitlines() if line.strip()]


def _read(files: list[Path], size: int) -> torch.Tensor:
    pixels = np.empty((len(files), 3, size, size), dtype=np.uint8)
    # Pillow decodes outside the interpreter's lock.
    with ThreadPoolExecutor(_READERS) as pool:
        for index, image in enumerate(pool.map(lambda file: _scaled(file, size), files)):
            pixels[index] = image.transpose(2, 0, 1)
    return torch.from_numpy(pixels)


def _scaled(file: Path, size: int) -> np.ndarray:
    try:
        with Image.open(file) as opened:
            image = opened.convert("RGB")
    except FileNotFoundError as error:
        raise MissingDataError(str(file), expected="an image", got="no such file") from error
    except (UnidentifiedImageError, OSError) as error:
        raise InputValueError(str(file), expected="an image", got=f"{type(error).__name__}") from error
    factor = size / min(image.size)
    width, height = (max(size, round(side * factor)) for side in image.size)
    left, top = (width - size) // 2, (height - size) // 2
    scaled = image.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(scaled.crop((left, top, left + size, top + size)))
