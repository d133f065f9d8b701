"""Experiments of the papers: run a table or figure, keep the result, lay the paper's numbers beside ours.

>>> sorted(get("A.table5").profiles)
['ci', 'gpu', 'laptop']

How to add one is said in CONTRIBUTING.md, "Adding an experiment".
"""

from nccourse.experiments.catalogue import Entry, entries
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.layout import side_by_side, verdicts
from nccourse.experiments.ledger import Ledger, results_folder
from nccourse.experiments.papers import paper_table, paper_tables
from nccourse.experiments.registry import get, ids, recorded
from nccourse.experiments.result import ExperimentResult
from nccourse.experiments.study import PROFILES, Study
from nccourse.experiments.verdict import Verdict

__all__ = [
    "PROFILES",
    "Entry",
    "Experiment",
    "ExperimentResult",
    "Ledger",
    "Study",
    "Verdict",
    "entries",
    "get",
    "ids",
    "paper_table",
    "paper_tables",
    "recorded",
    "results_folder",
    "side_by_side",
    "verdicts",
]
