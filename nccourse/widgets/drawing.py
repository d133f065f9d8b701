"""One widget draws at a time, whichever thread it draws in."""

from __future__ import annotations

import threading

DRAWING = threading.RLock()
"""Held while a panel draws: matplotlib's caches are shared by all figures and not made for two threads."""
