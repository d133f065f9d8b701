"""``nccourse reproduce``: run what is behind a table or figure, and lay the paper's numbers beside ours."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from nccourse.cli import commands
from nccourse.errors import InputValueError

if TYPE_CHECKING:
    from nccourse.experiments import Experiment, ExperimentResult


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "reproduce",
        run,
        summary="run the experiment behind a table or figure of a paper",
        details="Finished parts are kept in the results folder and never run twice: after Ctrl-C the same\n"
        "command goes on where it was; only at ci, networks that had not ended begin anew.\n"
        "Figures are written to its subfolder figures. Profile ci takes seconds, laptop minutes,\n"
        "gpu is the paper's setting. Networks train on a GPU where nccourse doctor finds one.",
        examples="""nccourse reproduce A.table5
            nccourse reproduce A.table5 A.fig1 --profile laptop --seeds 3
            nccourse reproduce A.table5 --profile gpu --schedule short --ray auto""",
    )
    command.add_argument("ids", nargs="+", metavar="ID", help="as in: nccourse list experiments")
    command.add_argument(
        "--profile", default="ci", choices=("ci", "laptop", "gpu"), help="how much to compute (default: ci)"
    )
    command.add_argument("--seeds", type=int, default=1, metavar="N", help="run seeds 0 to N-1 (default: 1)")
    command.add_argument("--schedule", choices=("full", "short", "reduced"), help="where there are several")
    command.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="in place of NCCOURSE_RESULTS, else results/ of the course",
    )
    command.add_argument("--ray", metavar="ADDRESS", help="spread over a Ray cluster: auto, or its address")


def run(options: argparse.Namespace) -> int:
    """Run the chosen experiments; return 0, whatever they say about the papers' claims."""
    from nccourse.experiments import get, results_folder

    if options.seeds < 1:
        raise InputValueError("--seeds", expected="at least 1", got=str(options.seeds))
    chosen = [get(name) for name in options.ids]
    folder = _writable(options.results or results_folder())
    for experiment in chosen:
        result = experiment.run(
            options.profile,
            range(options.seeds),
            schedule=options.schedule,
            results=folder,
            progress=True,
            ray=options.ray,
        )
        print("\n".join(report(result)), flush=True)
        if experiment.figure is not None:
            print(f"figure:  {_save(experiment, result, folder)}\n", flush=True)
    if any(experiment.kind == "run" for experiment in chosen):
        print(f"results: {folder}", flush=True)
    return 0


def report(result: ExperimentResult) -> list[str]:
    """Return a result as lines: what was run, the paper's numbers beside ours, the verdict on the claim."""
    from nccourse.experiments import side_by_side

    comparison = result.compare()
    told = [(name, comparison.attrs[name]) for name in ("about", "device", "commit")]
    lines = [f"{result.experiment.id}  {result.experiment.title}"]
    lines += [f"{name + ':':<8} {text}" for name, text in told if text]
    if len(comparison):
        lines += ["", side_by_side(comparison).to_string(), ""]
    return [*lines, f"claim:   {result.experiment.claim}", f"verdict: {result.verdict}"]


def _writable(folder: Path) -> Path:
    """Return the folder, made if need be; better to know now than when the first network has been trained."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise InputValueError(
            "--results",
            expected="a folder to write to",
            got=f"{folder} ({error.strerror})",
            advice="another one",
        ) from error


def _save(experiment: Experiment, result: ExperimentResult, folder: Path) -> Path:
    from nccourse.plots import png

    path = folder / "figures" / f"{experiment.id}-{result.profile}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(result.figure()))
    return path
