"""A grid of settings, and the cells it has."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Setting = Mapping[str, Any]
"""Plain data that a runner understands, e.g. fields of a TrainConfig."""


@dataclass(frozen=True)
class Cell:
    """One run of a grid.

    Args:
        coordinates: where in the grid, e.g. {"loss": "ce", "scale": 0.5}.
        setting: everything that decides the result but the seed; JSON-able.
        seed: of all that is random.
        schedule: "full" is the paper's number of steps, "short" fewer on the paper's network and data,
            "reduced" a smaller problem altogether.
    """

    coordinates: Mapping[str, Any]
    setting: Setting
    seed: int
    schedule: str = "reduced"

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that differ between different settings or seeds.

        >>> Cell({"loss": "ce"}, {"loss": "ce"}, seed=0).key == Cell({}, {"loss": "ce"}, seed=1).key
        False
        """
        text = json.dumps({"setting": self.setting, "seed": self.seed}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Grid:
    """Vary a base setting along axes: one cell for each combination of their values.

    Args:
        base: the fields that are the same in all cells.
        axes: coordinate -> its values.
        adapt: coordinates -> the fields they stand for, laid over ``base``, or None where there is no such
            cell; without it coordinates are fields themselves.
        schedule: "full", "short" or "reduced", as in :class:`Cell`.
        about: what is run, in words, e.g. "an MLP on the 8x8 digits".

    >>> grid = Grid({"epochs": 3}, {"loss": ("ce", "bce"), "scale": (1, 8)})
    >>> [cell.setting for cell in grid.cells(seed=0)][:2]
    [{'epochs': 3, 'loss': 'ce', 'scale': 1}, {'epochs': 3, 'loss': 'ce', 'scale': 8}]
    """

    base: Setting
    axes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    adapt: Callable[[dict[str, Any]], Setting | None] | None = None
    schedule: str = "reduced"
    about: str = ""

    def cells(self, seed: int) -> list[Cell]:
        """Return the grid's cells with this seed, the last axis varying fastest."""
        cells = []
        for values in itertools.product(*self.axes.values()):
            coordinates = dict(zip(self.axes, values, strict=True))
            fields = coordinates if self.adapt is None else self.adapt(dict(coordinates))
            if fields is not None:
                cells.append(Cell(coordinates, _plain({**self.base, **fields}), seed, self.schedule))
        return cells

    def changed(
        self,
        base: Setting | None = None,
        *,
        axes: Mapping[str, Sequence[Any]] | None = None,
        schedule: str | None = None,
        about: str | None = None,
    ) -> Grid:
        """Return the grid with some fields of its base and some axes replaced."""
        return replace(
            self,
            base={**self.base, **(base or {})},
            axes={**self.axes, **(axes or {})},
            schedule=schedule or self.schedule,
            about=about or self.about,
        )


def _plain(setting: Setting) -> dict[str, Any]:
    """Return the setting as JSON knows it, so that it reads back equal."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(setting), allow_nan=False))
    return plain
