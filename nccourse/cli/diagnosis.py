"""What ``nccourse doctor`` looks at, one function a subject."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from nccourse.cli.browser import find_browser

_OLDEST, _NEWEST = (3, 11), (3, 13)
_ENOUGH_GB = 2.0
_SET_UP = "make setup (or, in your own environment: pip install .)"


class State(Enum):
    """How much a finding matters."""

    GOOD = "good"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Args:
        what: the subject.
        found: what is the case.
        state: good, worth a note, or essential and broken.
        advice: what to do; empty where nothing is to be done.
    """

    what: str
    found: str
    state: State = State.GOOD
    advice: str = ""


def python() -> Iterator[Finding]:
    """Look at the interpreter."""
    found = f"{platform.python_version()} at {sys.executable}"
    current = sys.version_info[:2]
    if current < _OLDEST:
        yield Finding("Python", found, State.BROKEN, f"install Python {_OLDEST[0]}.{_OLDEST[1]} or newer")
    elif current > _NEWEST:
        yield Finding("Python", found, State.NOTE, f"tested up to Python {_NEWEST[0]}.{_NEWEST[1]}")
    else:
        yield Finding("Python", found)


def packages() -> Iterator[Finding]:
    """Compare what is installed with what nccourse requires."""
    good = []
    for line in requires("nccourse") or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            yield Finding(requirement.name, "not installed", State.BROKEN, _SET_UP)
            continue
        if requirement.specifier.contains(installed, prereleases=True):
            good.append(f"{requirement.name} {installed}")
        else:
            wanted = f"{installed}, needs {requirement.specifier}"
            yield Finding(requirement.name, wanted, State.BROKEN, _SET_UP)
    yield Finding("Packages", ", ".join(good))


def device() -> Iterator[Finding]:
    """Name the device that training would use."""
    try:
        import torch
    except (ImportError, OSError) as error:
        yield Finding("Device", f"torch does not load: {error}", State.BROKEN, _SET_UP)
        return
    if torch.cuda.is_available():
        yield Finding("Device", f"cuda: {torch.cuda.get_device_name()}")
    elif torch.backends.mps.is_available():
        yield Finding("Device", "mps: Apple GPU")
    else:
        yield Finding(
            "Device", f"cpu, {torch.get_num_threads()} threads; enough for the ci and laptop profiles"
        )


def data() -> Iterator[Finding]:
    """Look for the image sets."""
    from nccourse.data import describe

    sets = describe()
    for entry in sets:
        if not entry.command and not entry.found:
            yield Finding(f"Data {entry.name}", f"{entry.where} is not installed", State.BROKEN, _SET_UP)
    yield Finding("Data", ", ".join(entry.name for entry in sets if entry.found) or "none")
    missing = [entry for entry in sets if entry.command and not entry.found]
    if missing:
        names = ", ".join(entry.name for entry in missing)
        yield Finding("Data", f"not here: {names}", State.NOTE, f"if you want it: {missing[0].command}")


def widgets() -> Iterator[Finding]:
    """See that JupyterLab's half of ipywidgets is there and speaks with the kernel's half."""
    try:
        kernel, front = version("ipywidgets"), version("jupyterlab_widgets")
    except PackageNotFoundError as error:
        yield Finding("Widgets", f"{error.name} is not installed", State.BROKEN, _SET_UP)
        return
    wanted = next(
        Requirement(line).specifier
        for line in requires("ipywidgets") or []
        if Requirement(line).name == "jupyterlab_widgets"
    )
    found = f"ipywidgets {kernel}, jupyterlab_widgets {front}"
    if not wanted.contains(front):
        advice = f"install them together: pip install -U ipywidgets 'jupyterlab_widgets{wanted}'"
        yield Finding("Widgets", f"{found}: they do not match", State.BROKEN, advice)
    elif not any((folder / "@jupyter-widgets" / "jupyterlab-manager").is_dir() for folder in _extensions()):
        advice = "pip install --force-reinstall jupyterlab_widgets, then start JupyterLab again"
        yield Finding("Widgets", f"{found}, but JupyterLab would not find it", State.BROKEN, advice)
    else:
        yield Finding("Widgets", found)


def course() -> Iterator[Finding]:
    """Look for the lessons and for room beside them."""
    from nccourse.errors import MissingDataError
    from nccourse.lessonbuild import find_course, lessons

    try:
        root = find_course().root
    except MissingDataError as error:
        yield Finding("Lessons", str(error), State.NOTE, "run it in the folder of the course")
        root = Path.cwd()
    else:
        yield Finding("Lessons", f"{len(lessons())} in {root / 'lessons'}")
    free = shutil.disk_usage(root).free / 1e9
    enough = free >= _ENOUGH_GB
    advice = "" if enough else "make room: the gpu profile's data and results need some"
    yield Finding("Disk", f"{free:.0f} GB free", State.GOOD if enough else State.NOTE, advice)


def browser() -> Iterator[Finding]:
    """Look for what the browser tests drive."""
    found = find_browser()
    if found:
        yield Finding("Browser for the tests", str(found))
    else:
        advice = "none is needed for the course; for the tests install Chromium or set NCCOURSE_BROWSER"
        yield Finding("Browser for the tests", "no Chrome or Chromium", State.NOTE, advice)


def _extensions() -> list[Path]:
    from jupyter_core.paths import jupyter_path

    return [Path(folder) for folder in jupyter_path("labextensions")]


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python,
    packages,
    device,
    data,
    widgets,
    course,
    browser,
)
