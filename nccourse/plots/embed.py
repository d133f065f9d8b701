"""A small page inside an output: moves wherever scripts run, is a picture everywhere else.

The page stands in a sandboxed ``<iframe srcdoc>``: it needs no network and no kernel, and shares no names
with the notebook around it. It lies over a still of itself, so where a notebook is not trusted and its
frames are removed, or where a converter takes PNG only, the still remains.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from nccourse.plots.show import CSS_PIXELS_PER_INCH, description

_FRAME = Template(
    '<div style="position:relative;max-width:${width}px;height:${height}px">'
    '<img src="data:image/png;base64,${still}" alt="${alt}" width="${still_width}">'
    '<iframe srcdoc="${page}" title="${title}" sandbox="allow-scripts" '
    'style="position:absolute;inset:0;width:100%;height:100%;border:0;background:#fff"></iframe></div>'
)


@dataclass(frozen=True)
class Embedded:
    """A page with a still of itself; a notebook cell that ends in it displays it.

    Args:
        page: the complete HTML page.
        still: the same as PNG bytes.
        still_width: of the still, in CSS pixels.
        alt: what both show.
        title: what the page is, for screen readers, e.g. "Animation".
        width: of the page, in CSS pixels.
        height: of the page, in CSS pixels.
    """

    page: str
    still: bytes
    still_width: int
    alt: str
    title: str
    width: int
    height: int

    def html(self) -> str:
        """Return the page over its still as one HTML element, for an output or a web page."""
        return _FRAME.substitute(
            width=self.width,
            height=self.height,
            still=base64.b64encode(self.still).decode(),
            still_width=self.still_width,
            alt=escape(self.alt),
            title=escape(f"{self.title}: {self.alt}"),
            page=escape(self.page),
        )

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        data = {
            "text/html": self.html(),
            "image/png": base64.b64encode(self.still).decode(),
            "text/plain": f"[{self.title.lower()}] {self.alt}",
        }
        return data, {"image/png": {"alt": self.alt, "width": self.still_width}}


def fill_page(template: str, *, alt: str, data: Any) -> str:
    """Return the packaged page ``template`` with its description and data filled in.

    Args:
        template: name of an HTML file beside this module.
        alt: the description.
        data: anything JSON can hold.
    """
    text = files("nccourse.plots").joinpath(template).read_text(encoding="utf-8")
    # "</" must not occur inside a script element, not even in a string.
    script = json.dumps(data, separators=(",", ":")).replace("</", "<\\/")
    return text.replace("__ALT__", escape(description(alt))).replace("__DATA__", script)


def css_width(inches: float) -> int:
    """Return the width on screen, in CSS pixels, of a figure ``inches`` wide."""
    return round(inches * CSS_PIXELS_PER_INCH)
