"""What an experiment gave."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from nccourse.errors import InputValueError
from nccourse.experiments import record
from nccourse.experiments.record import Record
from nccourse.experiments.rows import COLUMNS
from nccourse.experiments.verdict import Verdict

if TYPE_CHECKING:
    from nccourse.experiments.experiment import Experiment


@dataclass(frozen=True, eq=False, repr=False)
class ExperimentResult:
    """Hold the records of an experiment at one profile.

    Args:
        experiment: what was run.
        profile: "ci", "laptop" or "gpu".
        records_by_study: study id -> records, as they stand in the ledger.
        about: study id -> what was run, in words.
    """

    experiment: Experiment
    profile: str
    records_by_study: dict[str, list[Record]]
    about: dict[str, str]

    @cached_property
    def records(self) -> pd.DataFrame:
        """One row a cell: coordinates, "study", "seed", "status" and metrics."""
        tables = [
            record.table(records).assign(study=study) for study, records in self.records_by_study.items()
        ]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    @cached_property
    def verdict(self) -> Verdict:
        """What the records say about the claim; it "is not testable" where a run diverged in all cells."""
        if len(self.records) and (self.records.status == "diverged").all():
            return Verdict(None, "every run diverged")
        return self.experiment.verdict(self.records)

    def compare(self) -> pd.DataFrame:
        """Return the paper's numbers beside ours.

        Returns:
            One row a coordinate and quantity: the coordinates, "quantity", "paper" (nan where none stands),
            "ours" (mean over seeds), "sd" (nan for one seed), "seeds", "profile", "verdict" on the claim.
            ``.attrs`` has "claim", "verdict" with its reason, "about", "schedule", "device", "commit".
        """
        rows = self.experiment.rows
        table = pd.DataFrame(columns=list(COLUMNS)) if rows is None else rows(self.records)
        table["profile"], table["verdict"] = self.profile, self.verdict.word
        told = {"claim": self.experiment.claim, "verdict": str(self.verdict)}
        table.attrs.update(told | self.provenance())
        return table

    def provenance(self) -> dict[str, str]:
        """Return what was run and where, in words: "about", "schedule", "device", "commit"."""
        records = [entry for entries in self.records_by_study.values() for entry in entries]
        told = {
            name: ", ".join(sorted({str(entry[name]) for entry in records}))
            for name in ("schedule", "device", "commit")
        }
        return {"about": "; ".join(dict.fromkeys(filter(None, self.about.values()))), **told}

    @property
    def origin(self) -> str:
        """Profile, number of seeds, device and commit in one line."""
        if not self.experiment.studies:
            return "nothing is run"
        told, count = self.provenance(), self.records.seed.nunique()
        seeds = "1 seed" if count == 1 else f"{count} seeds"
        return f"{self.profile}, {seeds}, {told['device']}, commit {told['commit']}"

    def figure(self) -> Figure:
        """Return the figure; ``experiment.alt`` describes it.

        Raises:
            InputValueError: this experiment has none.
        """
        if self.experiment.figure is None:
            advice = "compare()"
            raise InputValueError(
                "figure", expected="an experiment with one", got=self.experiment.id, advice=advice
            )
        return self.experiment.figure(self.records)

    def __repr__(self) -> str:
        cells = len(self.records)
        return f"ExperimentResult({self.experiment.id}, {self.profile}, {cells} cells; {self.verdict})"
