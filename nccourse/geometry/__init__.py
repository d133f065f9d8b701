"""The geometry of neural collapse: simplex ETFs, orthogonal frames, angles, and the manifolds they live on.

Vectors of a frame are rows, one per class: a frame of K vectors in R^d is a (K, d) tensor.
"""

from nccourse.geometry import oblique, sphere
from nccourse.geometry.angles import angles, cosines
from nccourse.geometry.etf_fit import centred, etf_distance, nearest_etf
from nccourse.geometry.orthogonal import orthogonal_frame
from nccourse.geometry.rotation import random_rotation
from nccourse.geometry.simplex import centring_matrix, simplex_etf, zero_sum_basis

__all__ = [
    "angles",
    "centred",
    "centring_matrix",
    "cosines",
    "etf_distance",
    "nearest_etf",
    "oblique",
    "orthogonal_frame",
    "random_rotation",
    "simplex_etf",
    "sphere",
    "zero_sum_basis",
]
