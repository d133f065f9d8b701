"""Neural collapse: the theorems, the models that obey them, and the experiments that show them.

Subpackages are loaded on first use, so ``import nccourse`` costs next to nothing.
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
