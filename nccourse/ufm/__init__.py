"""Unconstrained feature models: what a classifier's last layer would do if its features were free.

A problem of :mod:`nccourse.ufm.problems` says what is minimised, and over which W, H and b; :func:`solve`
minimises it, fast and with a certificate, or step by step as the papers' dynamics do.

>>> from nccourse import ufm
>>> solution = ufm.solve(ufm.NormalizedUFM(num_classes=4, samples_per_class=5, dim=8, scale=5.0))
>>> solution.status, solution.gap < 1e-10, tuple(solution.H.shape)
('converged', True, (20, 8))
"""

from nccourse.ufm.problems import FixedClassifierUFM, NonnegativeUFM, NormalizedUFM, RegularizedUFM
from nccourse.ufm.solution import Solution
from nccourse.ufm.solve import solve

__all__ = ["FixedClassifierUFM", "NonnegativeUFM", "NormalizedUFM", "RegularizedUFM", "Solution", "solve"]
