"""Closed forms: minima, minimizers, thresholds and rates, in plain float64 numpy.

One module per setting, named as the model it is about: :mod:`~nccourse.theory.normalized` (paper A),
:mod:`~nccourse.theory.regularized` (B, C), :mod:`~nccourse.theory.contrastive` (C's φ),
:mod:`~nccourse.theory.dead_classes` (where C's theorem fails),
:mod:`~nccourse.theory.imbalanced` (D) and :mod:`~nccourse.theory.fixed_etf` (E), each loaded on first use.
"""

from importlib import import_module
from types import ModuleType

_MODULES = frozenset({"contrastive", "dead_classes", "fixed_etf", "imbalanced", "normalized", "regularized"})


def __getattr__(name: str) -> ModuleType:
    if name in _MODULES:
        return import_module(f"nccourse.theory.{name}")
    raise AttributeError(f"module 'nccourse.theory' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_MODULES)
