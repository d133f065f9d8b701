"""Every experiment by its id."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules

from nccourse.checks import closest
from nccourse.errors import InputValueError, MissingDataError
from nccourse.experiments.catalogue import entries
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.result import ExperimentResult

_REGISTERED: dict[str, Experiment] = {}


def register(*experiments: Experiment) -> None:
    """Add experiments; called at the end of each module in ``definitions``.

    Raises:
        InputValueError: an id that is no table or figure of the papers, or is defined twice; another kind.
    """
    for experiment in experiments:
        entry = entries().get(experiment.id)
        if entry is None:
            raise InputValueError("id", expected="one in catalogue.json", got=experiment.id)
        if experiment.kind != entry.kind:
            raise InputValueError(f"kind of {experiment.id}", expected=entry.kind, got=experiment.kind)
        if experiment.id in _REGISTERED:
            raise InputValueError("id", expected="one that is not defined yet", got=experiment.id)
        _REGISTERED[experiment.id] = experiment


def get(name: str) -> Experiment:
    """Return an experiment.

    Args:
        name: its id, e.g. "A.table5"; one of :func:`ids`.

    Raises:
        InputValueError: no experiment of that id.

    >>> get("A.table5").kind
    'run'
    """
    if name not in ids():
        raise InputValueError(
            "experiment",
            expected="an id that `nccourse list experiments` shows",
            got=repr(name),
            advice=closest(name, ids()) or "'A.table5'",
        )
    return _defined()[name]


def recorded(*names: str) -> dict[str, ExperimentResult]:
    """Return what this clone's ledger holds of some experiments, and print how to make what it does not hold.

    Args:
        names: ids, e.g. "A.table5".

    Returns:
        Name -> result at the largest profile that is recorded, in the order given, without those of which
        nothing is.

    Raises:
        InputValueError: no experiment of that id.

    >>> recorded("B.fig1")
    {'B.fig1': ExperimentResult(B.fig1, ci, 0 cells; holds: ...)}
    """
    found = {}
    for name in names:
        try:
            found[name] = get(name).recorded()
        except MissingDataError:
            advice = f"nccourse reproduce {name} --profile ci makes it."
            print(f"{name}: nothing recorded yet; {advice}")  # noqa: T201 - told to who reads the notebook
    return found


def ids() -> tuple[str, ...]:
    """Return the ids of all experiments that can be run, in the order of the papers.

    >>> "A.table5" in ids()
    True
    """
    return tuple(name for name in entries() if name in _defined())


def _defined() -> dict[str, Experiment]:
    package = "nccourse.experiments.definitions"
    for module in iter_modules([str(files(package))]):
        import_module(f"{package}.{module.name}")
    return _REGISTERED
