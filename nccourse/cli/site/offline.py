"""Keep the site readable without a network: mathematics from local files, nothing fetched from elsewhere."""

from __future__ import annotations

import re
import shutil
from html import unescape
from importlib.resources import as_file, files
from pathlib import Path

_LOADS = re.compile(
    r"""<(?:script|img|iframe|link|source|video|audio|embed|object)\b[^>]*?
        \b(?:src|href|data)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_STYLE_LOADS = re.compile(r"""(?:@import\s+["']|url\(\s*["']?)((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


def copy_mathjax(output: Path) -> None:
    """Put the MathJax that comes with jupyter-server-mathjax into ``output/mathjax``, once."""
    target = output / "mathjax"
    if (target / "MathJax.js").is_file():
        return
    partial = output / "mathjax.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with as_file(files("jupyter_server_mathjax") / "static") as source:
        shutil.copytree(source, partial, ignore=shutil.ignore_patterns("localization"))
    partial.replace(target)


def external_loads(html: str) -> list[str]:
    """Return the addresses a page would fetch from a network; links a reader may follow do not count.

    >>> external_loads('<a href="https://a.org">a</a> <img src="https://b.org/c.png">')
    ['https://b.org/c.png']
    """
    # The page inside an iframe's srcdoc is escaped once more.
    found = {address for text in (html, unescape(html)) for address in _LOADS.findall(text)}
    return sorted(
        found | {address for text in (html, unescape(html)) for address in _STYLE_LOADS.findall(text)}
    )
