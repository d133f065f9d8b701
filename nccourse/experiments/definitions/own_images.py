"""Run cells on images the user has brought, or on digits written into a folder as if they had.

No experiment is defined here; other files of this folder share it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from nccourse import data
from nccourse.data.archives import data_root
from nccourse.errors import MissingDataError
from nccourse.experiments.cell import Cell
from nccourse.experiments.definitions.paper_e import class_sizes
from nccourse.experiments.networks import Measure, Networks, final_row
from nccourse.experiments.study import Options, Outcome
from nccourse.models import balanced_lengths

FOLDER_OF_DIGITS = "folder of digits"
BALANCED = "balanced"
"""In the place of class weights: those that balance the classes of the training set, once it is known."""

_ADVICE = "nccourse.data.load_folder for each part of a folder of images, then nccourse.data.save"


@dataclass(frozen=True)
class OwnImages:
    """Train networks on NAME-train.npz and NAME-test.npz, NAME being the setting's "data".

    They lie in the folder of the other sets (``nccourse data where``). Files of weights that networks start
    from lie there too. Sets of the package's go by their own names. ``FOLDER_OF_DIGITS`` is a long-tailed
    part of the 8x8 digits, written as image files into class folders and read back by
    :func:`nccourse.data.load_folder`.

    Args:
        measure: the run -> what is recorded of it.
    """

    measure: Measure = final_row

    def run(
        self, cells: Sequence[Cell], on_outcome: Callable[[Cell, Outcome], None], options: Options
    ) -> None:
        """Train the cells' networks; raise KeyboardInterrupt after Ctrl-C.

        Raises:
            MissingDataError: images or weights that are not there, and how to put them there.
        """
        with TemporaryDirectory() as folder:
            ready = [_found(cell, Path(folder)) for cell in cells]
            asked = {found.key: cell for found, cell in zip(ready, cells, strict=True)}

            def report(cell: Cell, outcome: Outcome) -> None:
                name = asked[cell.key].setting["data"]
                config, source = {**outcome.config, "data": name}, {**outcome.data, "name": name}
                on_outcome(asked[cell.key], replace(outcome, config=config, data=source))

            Networks(self.measure).run(ready, report, options)


def folder_of_digits(folder: Path) -> Path:
    """Write digits as PNG files into class folders, read them back, and return the training part as .npz."""
    pair = folder / "digits-train.npz"
    if pair.exists():
        return pair
    for part, train in (("train", True), ("test", False)):
        digits = data.load("digits", train=train)
        counts = class_sizes(60, 0.1, 10) if train else (20,) * 10
        chosen = digits.select(data.with_counts(digits.labels, counts))
        for index, (image, label) in enumerate(zip(chosen.images, chosen.labels.tolist(), strict=True)):
            file = folder / "images" / part / str(label) / f"{index:03d}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image[0].numpy()).save(file)
        images = data.load_folder(folder / "images", image_size=8, train=train)
        data.save(images, folder / f"digits-{part}.npz")
    return pair


def _found(cell: Cell, folder: Path) -> Cell:
    """Return the cell with its images, weights and class weights as they are on this machine."""
    setting: dict[str, Any] = {**cell.setting, "data": _images(cell.setting["data"], folder)}
    if setting["loss_options"].get("class_weights") == BALANCED:
        counts = setting.get("data_options", {}).get("counts") or data.load(setting["data"]).class_counts
        setting["loss_options"] = {"class_weights": balanced_lengths(counts)}
    weights = setting["model_options"].get("weights")
    if weights is not None:
        setting["model_options"] = {**setting["model_options"], "weights": str(_present(weights))}
    return replace(cell, setting=setting)


def _images(name: str, folder: Path) -> str:
    if name in data.NAMES:
        return name
    return str(folder_of_digits(folder) if name == FOLDER_OF_DIGITS else _present(f"{name}-train.npz"))


def _present(name: str) -> Path:
    path = data_root() / name
    if not path.is_file():
        advice = _ADVICE if path.suffix == ".npz" else "torch.save of a torchvision network's state dict"
        raise MissingDataError(name, expected=f"a file in {data_root()}", got="none there", advice=advice)
    return path
