"""Neural collapse: the theorems, the models that obey them, and the experiments that show them.

Subpackages are loaded on first use, so ``import nccourse`` costs next to nothing. ``help(nccourse.metrics)``
says what each of its names does; the public ones stand in its ``__all__``.

- :mod:`~nccourse.metrics`: NC1 to NC4 of features in memory or in batches, accuracies, open-set scores.
- :mod:`~nccourse.losses`, :mod:`~nccourse.models`, :mod:`~nccourse.data`: losses, heads, networks, images.
- :mod:`~nccourse.training`: train a network and record its collapse; resume, sweep.
- :mod:`~nccourse.ufm`: solve unconstrained feature models, with a certificate.
- :mod:`~nccourse.theory`: minima, biases, thresholds and rates in closed form.
- :mod:`~nccourse.geometry`: simplex ETFs, frames, angles.
- :mod:`~nccourse.symbolic`: the papers' statements as derivations checked in exact arithmetic.
- :mod:`~nccourse.experiments`: the tables and figures of the papers, run and compared.
- :mod:`~nccourse.plots`, :mod:`~nccourse.widgets`, :mod:`~nccourse.exercises`: what the lessons show and ask.
- :mod:`~nccourse.errors`: every refusal is an ``NCCourseError`` and a ``ValueError``, ``TypeError`` or
  ``FileNotFoundError``.
"""

from importlib import import_module
from importlib.metadata import version
from types import ModuleType

__version__ = version("nccourse")

_SUBPACKAGES = frozenset(
    {
        "data",
        "exercises",
        "experiments",
        "geometry",
        "losses",
        "metrics",
        "models",
        "plots",
        "symbolic",
        "theory",
        "training",
        "ufm",
        "widgets",
    }
)


def __getattr__(name: str) -> ModuleType:
    if name in _SUBPACKAGES:
        return import_module(f"nccourse.{name}")
    raise AttributeError(f"module 'nccourse' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_SUBPACKAGES | {"__version__"})
