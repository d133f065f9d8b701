"""Image sets of the user's own, in .npz files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import torch

from nccourse.data.images import ImageData
from nccourse.errors import InputTypeError, InputValueError, MissingDataError


def read_npz(path: Path, *, train: bool) -> ImageData:
    """Read ``images`` (N, H, W, C) or (N, H, W) uint8 and ``labels`` (N,) from a .npz file.

    The file holds one set. NAME-train.npz stands for a pair: its test part is NAME-test.npz beside it.
    ``class_names`` (K,) in the file names the classes; without it they are called by their number.

    Raises:
        MissingDataError: no such file.
        InputTypeError, InputValueError: the file holds something else, or has no test part.
    """
    path = path.expanduser() if train else _test_part(path.expanduser())
    if not path.is_file():
        raise MissingDataError(str(path), expected="an .npz file", got="no such file", advice="another path")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in ("images", "labels", "class_names") if key in archive}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise InputValueError(
            str(path), expected="an .npz file of plain arrays", got=str(error), advice="np.savez"
        ) from error
    return _convert(path, arrays)


def save(data: ImageData, path: str | Path) -> None:
    """Write a set to an .npz file that :func:`nccourse.data.load` reads; a crash leaves the old file or none.

    Call the parts of a pair NAME-train.npz and NAME-test.npz.

    Args:
        data: the images.
        path: ending in .npz; its folder is made.

    Raises:
        InputTypeError, InputValueError: ``data`` is no ImageData, or the path ends otherwise.
    """
    if not isinstance(data, ImageData):
        raise InputTypeError("data", expected="ImageData", got=type(data).__name__)
    target = Path(path).expanduser()
    if target.suffix != ".npz":
        raise InputValueError("path", expected="a path ending in .npz", got=str(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            images=data.images.permute(0, 2, 3, 1).numpy(),
            labels=data.labels.numpy(),
            class_names=np.array(data.class_names),
        )
    unfinished.replace(target)


def _test_part(path: Path) -> Path:
    if not path.stem.endswith("train"):
        raise InputValueError(
            "train",
            expected=f"True, because {path.name} holds one set",
            got="False",
            advice="naming a pair NAME-train.npz and NAME-test.npz, or loading the test file by its own path",
        )
    return path.with_name(path.stem.removesuffix("train") + "test" + path.suffix)


def _convert(path: Path, arrays: dict[str, np.ndarray]) -> ImageData:
    missing = [key for key in ("images", "labels") if key not in arrays]
    if missing:
        raise InputValueError(str(path), expected="arrays named images and labels", got=f"no {missing[0]}")
    images, labels = arrays["images"], arrays["labels"]
    if images.dtype != np.uint8:
        raise InputTypeError(f"images in {path.name}", expected="uint8", got=f"dtype {images.dtype}")
    if images.ndim not in (3, 4):
        expected = "shape (N, H, W, C) or (N, H, W)"
        raise InputValueError(f"images in {path.name}", expected=expected, got=f"shape {images.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise InputTypeError(f"labels in {path.name}", expected="integers", got=f"dtype {labels.dtype}")
    channels_first = images[:, None] if images.ndim == 3 else images.transpose(0, 3, 1, 2)
    number = 1 + int(labels.max(initial=0))
    names = tuple(map(str, arrays.get("class_names", range(number))))
    return ImageData(
        torch.from_numpy(np.ascontiguousarray(channels_first)),
        torch.from_numpy(labels.astype(np.int64)),
        names,
    )
