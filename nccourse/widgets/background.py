"""Work done in a thread beside the kernel's, in pieces short enough for the kernel to answer between them."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable

from nccourse.widgets.drawing import DRAWING

# Of the time a piece took, and at least so many seconds: the kernel's own thread gets in there.
_REST_SHARE, _LEAST_REST = 0.25, 0.002
_PATIENCE = 30.0


class Background:
    """Repeat a piece of work in one thread until it is done, fails, or is told to pause.

    No thread is left between :meth:`pause`, or the end of the work, and the next :meth:`start`. While any
    widget draws, the work waits, so that a slider moved meanwhile is answered at once.

    Args:
        piece: does a little of the work, some tens of milliseconds; returns whether there is more.
        on_end: called in the thread as its last act, with the exception that ended the work, if one did.

    >>> left = [3, 2, 1]
    >>> work = Background(lambda: bool(left.pop()) and bool(left), lambda problem: print("done", problem))
    >>> work.start()
    >>> work.wait()
    done None
    """

    def __init__(self, piece: Callable[[], bool], on_end: Callable[[Exception | None], None]) -> None:
        self._piece, self._on_end = piece, on_end
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, or go on; without effect while it runs."""
        if self.running:
            return
        self._halt.clear()
        self._thread = threading.Thread(target=self._repeat, name="nccourse-background", daemon=True)
        # A thread that computes while the interpreter is taken down would crash it.
        atexit.register(self.pause)
        self._thread.start()

    def pause(self) -> None:
        """End the thread after the piece in hand."""
        self._halt.set()
        self.wait()

    def wait(self, seconds: float = _PATIENCE) -> None:
        """Wait until the thread has ended, at most so long; from within the thread, return at once."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def _repeat(self) -> None:
        problem = None
        try:
            while not self._halt.is_set():
                with DRAWING:
                    pass
                start = time.perf_counter()
                if not self._piece():
                    break
                time.sleep(max(_LEAST_REST, _REST_SHARE * (time.perf_counter() - start)))
        except Exception as caught:
            # Nobody would see it here: the owner shows it.
            problem = caught
        atexit.unregister(self.pause)
        self._on_end(problem)
