"""A table or figure of a paper as something that can be run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from nccourse.checks import choice
from nccourse.errors import InputTypeError, MissingDataError
from nccourse.experiments.record import Record
from nccourse.experiments.result import ExperimentResult
from nccourse.experiments.study import PROFILES, Study
from nccourse.experiments.verdict import Verdict

KINDS = ("run", "refit", "illustration", "settings")


@dataclass(frozen=True)
class Experiment:
    """Describe what a table or figure claims and how to see it.

    Args:
        id: paper, dot, "table" or "fig" and its number, e.g. "A.table5".
        kind: "run" trains or solves; "refit" fits the paper's printed data; "illustration" draws; "settings"
            prints.
        title: what the paper shows, in a few words.
        claim: one sentence that a run can bear out or contradict.
        verdict: records -> what they say about the claim. Records are a DataFrame, one row a cell: its
            coordinates, "study", "seed", "status" and the metrics; empty without a study.
        rows: records -> comparison, usually a :class:`~nccourse.experiments.rows.Rows`; None where there is
            nothing to compare.
        study: the grid, or several; None where nothing is run.
        figure: records -> the figure, where the paper has one.
        alt: what that figure shows, for those who do not see it.
    """

    id: str
    kind: str
    title: str
    claim: str
    verdict: Callable[[pd.DataFrame], Verdict]
    rows: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    study: Study | tuple[Study, ...] | None = None
    figure: Callable[[pd.DataFrame], Figure] | None = None
    alt: str = ""

    @property
    def studies(self) -> tuple[Study, ...]:
        """The grids it looks at, none for what is only computed."""
        if self.study is None:
            return ()
        return (self.study,) if isinstance(self.study, Study) else self.study

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles at which it can be run, smallest first."""
        return tuple(p for p in PROFILES if all(p in study.grids for study in self.studies))

    def run(
        self,
        profile: str = "ci",
        seed: int | Iterable[int] = 0,
        *,
        schedule: str | None = None,
        results: str | Path | None = None,
        progress: bool = False,
        ray: str | None = None,
    ) -> ExperimentResult:
        """Run the experiment, or read what is already in ``results``.

        Args:
            profile: "ci" seconds, "laptop" minutes, "gpu" the paper's setting.
            seed: of everything random; several run the grid once each.
            schedule: "short" where a profile has it; None is the profile's default.
            results: folder of a ledger. Each finished cell is written at once and never run again. None keeps
                nothing.
            progress: show a progress bar.
            ray: "auto" or the address of a Ray cluster to spread cells over.

        Raises:
            InputValueError: a profile or schedule it does not have.
            MissingDataError: images that are not on this machine; the message has the command that gets them.
        """
        seeds = list(seed) if isinstance(seed, Iterable) else [seed]
        if not seeds:
            raise InputTypeError("seed", expected="one seed or several", got="none")
        choice("profile", profile, PROFILES)
        records = {
            study.id: study.run(profile, seeds, schedule, results=results, progress=progress, ray=ray)
            for study in self.studies
        }
        return self._result(profile, schedule, records)

    def recorded(
        self, profile: str | None = None, *, schedule: str | None = None, results: str | Path | None = None
    ) -> ExperimentResult:
        """Return the result that a ledger holds.

        Args:
            profile: None takes the largest that is recorded, the fullest schedule first.
            schedule: None takes the fullest that is recorded.
            results: folder of the ledger; None is this clone's results/.

        Raises:
            MissingDataError: no complete grid is recorded.
        """
        if not self.studies:
            return self._result(profile or PROFILES[0], None, {})
        for name in [profile] if profile else reversed(self.profiles):
            for kind in [schedule] if schedule else self._schedules(name):
                records = {s.id: s.recorded(name, kind, results=results) for s in self.studies}
                if all(records.values()):
                    return self._result(name, kind, records)
        wanted = f"a complete grid at {profile or 'some profile'}"
        advice = f"nccourse reproduce {self.id} --profile {profile or 'ci'}"
        raise MissingDataError(f"results of {self.id}", expected=wanted, got="none", advice=advice)

    def compare(self, profile: str | None = None, *, results: str | Path | None = None) -> pd.DataFrame:
        """Return paper and ours side by side from the ledger; see :meth:`ExperimentResult.compare`.

        Raises:
            MissingDataError: nothing is recorded.
        """
        return self.recorded(profile, results=results).compare()

    def state(self, profile: str, *, results: str | Path | None = None) -> str:
        """Return "not applicable", "runs" or "recorded" for a profile."""
        if choice("profile", profile, PROFILES) not in self.profiles:
            return "not applicable"
        if not self.studies:
            return "runs"
        try:
            self.recorded(profile, results=results)
        except MissingDataError:
            return "runs"
        return "recorded"

    def _schedules(self, profile: str) -> list[str]:
        """Return the schedules that all studies have at a profile, the default first."""
        first, *others = self.studies
        return [s for s in first.schedules(profile) if all(s in o.schedules(profile) for o in others)]

    def _result(
        self, profile: str, schedule: str | None, records: dict[str, list[Record]]
    ) -> ExperimentResult:
        about = {study.id: study.grid(profile, schedule).about for study in self.studies}
        return ExperimentResult(self, profile, records, about)
