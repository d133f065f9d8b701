"""Where a number comes from: the machine, the versions, the commit, the day."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

_PACKAGES = ("nccourse", "torch", "torchvision", "numpy", "scipy")


def provenance() -> dict[str, Any]:
    """Return versions, commit and date for a record of this process.

    The commit is "unknown" outside a clone and ends in "+" where the package differs from it.
    """
    return {
        "versions": _versions(),
        "commit": _commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def device_name(kind: str) -> str:
    """Return what computed, e.g. "cpu (x86_64, 1 thread)" or a GPU's name."""
    if kind == "cuda":
        return f"cuda ({torch.cuda.get_device_name()})"
    threads = torch.get_num_threads()
    return f"{kind} ({platform.machine()}, {threads} thread{'s' if threads > 1 else ''})"


@cache
def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


@cache
def _commit() -> str:
    package = Path(__file__).resolve().parents[1]
    commit = _git(package, "rev-parse", "--short=12", "HEAD")
    if not commit:
        return "unknown"
    return commit + ("+" if _git(package, "status", "--porcelain", "--", str(package)) else "")


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
