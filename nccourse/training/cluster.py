"""A sweep on a Ray cluster. Ray is imported here alone, and only when it is asked for."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nccourse.errors import InputTypeError, InputValueError
from nccourse.training.config import TrainConfig
from nccourse.training.grouping import grouped
from nccourse.training.result import TrainResult

_PATIENCE = 10


def run_on_cluster(
    configs: Sequence[TrainConfig],
    folder: Path | None,
    on_result: Callable[[TrainResult], None],
    on_epochs: Callable[[int], Any],
    address: str,
) -> dict[str, TrainResult]:
    """Run different configs on the cluster at an address and return the results by key, on the CPU.

    A batch of runs is cut so that every worker has its part. Ctrl-C stops the workers' tasks; what has not
    come back by then is left out.

    Raises:
        InputTypeError, InputValueError: no address, no cluster there, or no Ray here.
        NCCourseError: whatever a run raises.
    """
    ray = _import_ray()
    mine = not ray.is_initialized()
    if mine:
        _connect(ray, address)
    try:
        return _collect(ray, _submit(ray, configs, folder), on_result, on_epochs)
    finally:
        if mine:
            ray.shutdown()


def work(fields: list[dict[str, Any]], folder: str | None) -> list[TrainResult]:
    """Run configs, given as plain data, where a worker is, and bring the networks to the CPU."""
    from nccourse.training.sweeps import run_here

    def ignore(_: Any) -> None:
        """Take what only the caller could show."""

    configs = [TrainConfig.from_dict(entry) for entry in fields]
    results = run_here(configs, None if folder is None else Path(folder), ignore, ignore)
    for result in results.values():
        result.model.cpu()
    return list(results.values())


def parts(configs: Sequence[TrainConfig], folder: Path | None, workers: int) -> Iterator[list[TrainConfig]]:
    """Yield the groups that are trained together, each cut into as many parts as there are workers."""
    for group in grouped(configs, folder):
        size = -(-len(group) // workers)
        for start in range(0, len(group), size):
            yield group[start : start + size]


def _import_ray() -> Any:
    try:
        import ray
    except ImportError as error:
        expected = "None where the package ray is not installed"
        advice = 'pip install "nccourse[ray]"'
        raise InputValueError("ray", expected=expected, got="an address", advice=advice) from error
    return ray


def _connect(ray: Any, address: Any) -> None:
    if not isinstance(address, str):
        expected = 'None, "auto" or the address of a cluster'
        raise InputTypeError("ray", expected=expected, got=type(address).__name__)
    where = None if address == "auto" else address
    if where is not None:
        _reach(where)
    # A course sends nothing about its users anywhere.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        # Without an address, Ray looks for a cluster that is running, and starts one if there is none.
        ray.init(where, logging_level=logging.ERROR, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise InputValueError("ray", expected="the address of a cluster", got=repr(address)) from error


def _reach(address: str) -> None:
    """Raise unless something listens there; Ray itself would try for minutes."""
    expected = "the address of a cluster, like 192.168.0.1:6379"
    try:
        target = urlsplit(address if "//" in address else f"//{address}")
        with socket.create_connection((target.hostname, target.port), timeout=_PATIENCE):
            return
    except (OSError, ValueError) as error:
        advice = "ray start --head on a machine that the others reach"
        raise InputValueError("ray", expected=expected, got=repr(address), advice=advice) from error


def _submit(ray: Any, configs: Sequence[TrainConfig], folder: Path | None) -> dict[Any, list[TrainConfig]]:
    resources = ray.cluster_resources()
    task = ray.remote(work)
    tasks = {}
    on_gpu = resources.get("GPU", 0) >= 1
    kind = "GPU" if on_gpu else "CPU"
    for part in parts(configs, folder, workers=max(1, int(resources.get(kind, 1)))):
        needs_gpu = on_gpu and part[0].device in ("auto", "cuda")
        sized = task.options(max_retries=0, num_cpus=1, num_gpus=1 if needs_gpu else 0)
        fields = [config.to_dict() for config in part]
        tasks[sized.remote(fields, None if folder is None else str(folder.absolute()))] = part
    return tasks


def _collect(
    ray: Any,
    tasks: dict[Any, list[TrainConfig]],
    on_result: Callable[[TrainResult], None],
    on_epochs: Callable[[int], Any],
) -> dict[str, TrainResult]:
    results: dict[str, TrainResult] = {}
    pending = list(tasks)
    try:
        while pending:
            (ready,), pending = ray.wait(pending)
            for result in ray.get(ready):
                results[result.config.key] = result
                on_epochs(result.config.epochs)
                on_result(result)
    except KeyboardInterrupt:
        _cancel(ray, pending)
    except ray.exceptions.RayTaskError as error:
        _cancel(ray, pending)
        raise error.cause from error
    return results


def _cancel(ray: Any, pending: Sequence[Any]) -> None:
    for task in pending:
        ray.cancel(task, force=True)
