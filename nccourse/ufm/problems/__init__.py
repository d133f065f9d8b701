"""What is minimised: one module per unconstrained feature model, all of the form :class:`UFM`."""

from nccourse.ufm.problems.base import UFM, Landscape, Point, State
from nccourse.ufm.problems.fixed_classifier import FixedClassifierUFM
from nccourse.ufm.problems.nonnegative import NonnegativeUFM
from nccourse.ufm.problems.normalized import NormalizedUFM
from nccourse.ufm.problems.regularized import RegularizedUFM

__all__ = [
    "UFM",
    "FixedClassifierUFM",
    "Landscape",
    "NonnegativeUFM",
    "NormalizedUFM",
    "Point",
    "RegularizedUFM",
    "State",
]
