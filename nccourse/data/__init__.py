"""Layer 2: labelled images, parts of them, and batches on the device."""

from nccourse.data.augmentation import AUGMENTATIONS, Augmentation, augment
from nccourse.data.batches import DeviceBatches
from nccourse.data.images import ImageData
from nccourse.data.loading import NAMES, Description, describe, load
from nccourse.data.splits import OpenSetSplit, long_tailed, open_set_split, stratified_split, with_counts

__all__ = [
    "AUGMENTATIONS",
    "NAMES",
    "Augmentation",
    "Description",
    "DeviceBatches",
    "ImageData",
    "OpenSetSplit",
    "augment",
    "describe",
    "load",
    "long_tailed",
    "open_set_split",
    "stratified_split",
    "with_counts",
]
