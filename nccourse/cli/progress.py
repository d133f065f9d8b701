"""Progress over lessons and their cells: one line rewritten in a terminal, silent elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_WIDTH = 24
_TICK_SECONDS = 0.2


class ProgressLine:
    """Shows which lesson runs, how many of its cells are done, and for how long.

    Args:
        lessons: how many lessons there are.
    """

    def __init__(self, lessons: int) -> None:
        self.lessons, self.number, self.name = lessons, 0, ""
        self.cells, self.total, self.start = 0, 0, time.monotonic()
        self.terminal = sys.stdout.isatty()

    def run(self, name: str, work: Callable[[Callable[[int, int], None]], Result]) -> Result:
        """Return ``work(progress)``, showing the line meanwhile; Ctrl-C stops waiting for it at once.

        The work goes on in a thread of its own, because a notebook client in the main thread takes the
        signal for itself and the kernel it waits for may be deaf to it.
        """
        self.number, self.name = self.number + 1, name
        self.cells, self.total, self.start = 0, 0, time.monotonic()
        from jupyter_core.utils import ensure_event_loop

        outcome: list[Result] = []
        failure: list[BaseException] = []

        def attempt() -> None:
            try:
                outcome.append(work(self._advance))
            except BaseException as error:  # raised again below, in the thread that asked
                failure.append(error)
            finally:
                # Jupyter's clients open an event loop for the thread they run in, and leave it open.
                ensure_event_loop().close()

        worker = threading.Thread(target=attempt, daemon=True)
        worker.start()
        try:
            while worker.is_alive():
                self._draw()
                worker.join(_TICK_SECONDS)
        finally:
            self._clear()
        if failure:
            raise failure[0]
        return outcome[0]

    def __str__(self) -> str:
        done = _WIDTH * self.cells // max(1, self.total)
        clock = "{}:{:02d}".format(*divmod(int(time.monotonic() - self.start), 60))
        bar = "━" * done + "┄" * (_WIDTH - done)
        return f"[{self.number}/{self.lessons}] {self.name}  {bar} {self.cells}/{self.total} cells  {clock}"

    def _advance(self, done: int, total: int) -> None:
        self.cells, self.total = done, total

    def _draw(self) -> None:
        if self.terminal:
            print(f"\r\033[K{self}", end="", flush=True)

    def _clear(self) -> None:
        if self.terminal:
            print("\r\033[K", end="", flush=True)
