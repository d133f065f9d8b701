"""Find a Chrome or Chromium, which the browser tests drive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> Path | None:
    """Return the browser that NCCOURSE_BROWSER names, else the first one found, or None."""
    candidates = [shutil.which(name) for name in (os.environ.get("NCCOURSE_BROWSER", ""), *_NAMES) if name]
    found = [Path(candidate) for candidate in (*candidates, *_MAC) if candidate and Path(candidate).is_file()]
    return found[0] if found else None
