"""A grid of cells that several tables and figures share, so that it is run once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from nccourse.checks import choice, integer
from nccourse.errors import InputValueError
from nccourse.experiments.cell import Cell, Grid
from nccourse.experiments.ledger import Ledger
from nccourse.experiments.provenance import provenance
from nccourse.experiments.record import Record, plain_metrics

PROFILES = ("ci", "laptop", "gpu")


@dataclass(frozen=True)
class Outcome:
    """Hold what a runner has to say about a finished cell.

    Args:
        metrics: numbers, and short curves where a figure needs them.
        config: the whole setting, defaults included.
        device: what computed.
        seconds: it took.
        status: "completed", "converged" or "diverged".
        data: {"name": ..., "checksum": ...} of the images, {} without.
    """

    metrics: Mapping[str, Any]
    config: Mapping[str, Any]
    device: str
    seconds: float
    status: str = "completed"
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """Hold how cells are run, which never changes what comes out.

    Args:
        progress: show a bar.
        checkpoints: folder for the state of unfinished cells; None keeps none.
        ray: "auto" or an address of a Ray cluster to spread over; None runs here.
    """

    progress: bool = False
    checkpoints: Path | None = None
    ray: str | None = None


class Runner(Protocol):
    """Something that runs cells and hands each outcome over as soon as it is there."""

    def run(
        self, cells: Sequence[Cell], on_outcome: Callable[[Cell, Outcome], None], options: Options
    ) -> None:
        """Run the cells; raise KeyboardInterrupt where the user stops it."""


@dataclass(frozen=True)
class Study:
    """Describe a grid of runs at each profile.

    Args:
        id: of the experiment that leads it, e.g. "A.table5".
        runner: what runs a cell, e.g. :class:`~nccourse.experiments.networks.Networks`.
        grids: profile -> its grid, or several with different schedules, the first being the default.
        absent: profile -> why there is no grid for it.

    A profile without a grid is not applicable.
    """

    id: str
    runner: Runner
    grids: Mapping[str, Grid | Sequence[Grid]]
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that have a grid, smallest first."""
        return tuple(profile for profile in PROFILES if profile in self.grids)

    def schedules(self, profile: str) -> tuple[str, ...]:
        """Return the schedules there are at a profile, the default first."""
        return tuple(grid.schedule for grid in self._grids(profile))

    def grid(self, profile: str, schedule: str | None = None) -> Grid:
        """Return the grid of a profile, with its default schedule or the named one.

        Raises:
            InputValueError: there is none.
        """
        grids = self._grids(profile)
        if schedule is None:
            return grids[0]
        return grids[self.schedules(profile).index(choice("schedule", schedule, self.schedules(profile)))]

    def cells(self, profile: str, seeds: Iterable[int], schedule: str | None = None) -> list[Cell]:
        """Return the cells of a profile, seed by seed."""
        grid = self.grid(profile, schedule)
        return [cell for seed in seeds for cell in grid.cells(integer("seed", seed, minimum=0))]

    def run(
        self,
        profile: str,
        seeds: Iterable[int],
        schedule: str | None = None,
        *,
        results: str | Path | None = None,
        progress: bool = False,
        ray: str | None = None,
    ) -> list[Record]:
        """Return the records of all cells, running those that ``results`` does not have.

        Args:
            profile: "ci", "laptop" or "gpu".
            seeds: each runs the whole grid once.
            schedule: one of :meth:`schedules`; None is the default.
            results: a ledger's folder, where each finished cell is written at once; None writes nothing.
            progress: show a bar.
            ray: spread over a Ray cluster.
        """
        cells = self.cells(profile, seeds, schedule)
        ledger = None if results is None else Ledger(results)
        done = {} if ledger is None else ledger.read(self.id, profile)
        missing = [cell for cell in cells if cell.key not in done]

        def keep(cell: Cell, outcome: Outcome) -> None:
            done[cell.key] = self._record(profile, cell, outcome)
            if ledger is not None:
                ledger.write(done[cell.key])

        if missing:
            # At ci saving after every epoch would take longer than the epoch.
            checkpoints = None
            if ledger is not None and profile != "ci":
                checkpoints = ledger.checkpoints(self.id, profile)
            self.runner.run(missing, keep, Options(progress, checkpoints, ray))
        return [done[cell.key] for cell in cells]

    def recorded(
        self, profile: str, schedule: str | None = None, *, results: str | Path | None
    ) -> list[Record]:
        """Return the records in a ledger of the grid as it is now, for every seed that is complete."""
        grid = self.grid(profile, schedule)
        found = Ledger(results).read(self.id, profile)
        seeds = sorted({entry["seed"] for entry in found.values()})
        complete = [[cell.key for cell in grid.cells(seed)] for seed in seeds]
        return [found[key] for keys in complete if all(key in found for key in keys) for key in keys]

    def _grids(self, profile: str) -> Sequence[Grid]:
        choice("profile", profile, PROFILES)
        if profile not in self.grids:
            why = self.absent.get(profile, "not applicable there")
            raise InputValueError(
                "profile",
                expected=f"one that {self.id} has: {', '.join(self.profiles)}",
                got=f"{profile}: {why}",
            )
        grids = self.grids[profile]
        return (grids,) if isinstance(grids, Grid) else grids

    def _record(self, profile: str, cell: Cell, outcome: Outcome) -> Record:
        return {
            "experiment": self.id,
            "profile": profile,
            "schedule": cell.schedule,
            "key": cell.key,
            "seed": cell.seed,
            "coordinates": dict(cell.coordinates),
            "status": outcome.status,
            "metrics": plain_metrics(outcome.metrics),
            "config": dict(outcome.config),
            "data": dict(outcome.data),
            "device": outcome.device,
            "seconds": round(outcome.seconds, 3),
            **provenance(),
        }
