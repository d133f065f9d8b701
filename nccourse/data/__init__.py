"""Layer 2: labelled images, parts of them, and batches on the device."""

from nccourse.data.augmentation import AUGMENTATIONS, Augmentation, augment
from nccourse.data.batches import DeviceBatches
from nccourse.data.files import save
from nccourse.data.folders import load_folder
from nccourse.data.images import ImageData
from nccourse.data.loading import NAMES, Description, describe, load
from nccourse.data.open_sets import (
    OPEN_SET_TRIALS,
    OPEN_SETTINGS,
    OpenSet,
    OpenSetSplit,
    OpenSetting,
    load_open_set,
    open_set,
    open_set_split,
)
from nccourse.data.splits import (
    HeldOut,
    hold_out,
    long_tailed,
    step_imbalance,
    stratified_split,
    with_counts,
)

__all__ = [
    "AUGMENTATIONS",
    "NAMES",
    "OPEN_SETTINGS",
    "OPEN_SET_TRIALS",
    "Augmentation",
    "Description",
    "DeviceBatches",
    "HeldOut",
    "ImageData",
    "OpenSet",
    "OpenSetSplit",
    "OpenSetting",
    "augment",
    "describe",
    "hold_out",
    "load",
    "load_folder",
    "load_open_set",
    "long_tailed",
    "open_set",
    "open_set_split",
    "save",
    "step_imbalance",
    "stratified_split",
    "with_counts",
]
