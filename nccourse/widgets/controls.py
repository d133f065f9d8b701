"""Controls with a symbol and words, made to be used from the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets

# Two fit side by side into a notebook's column on a small screen.
_LAYOUT = {"width": "410px", "max_width": "100%"}
_STYLE = {"description_width": "190px"}
_GAP = "\N{EN SPACE}"  # not swallowed by a browser, as a second space would be


def whole(symbol: str, words: str, value: int, minimum: int, maximum: int) -> ipywidgets.IntSlider:
    """Make a slider over the whole numbers from ``minimum`` to ``maximum``."""
    return ipywidgets.IntSlider(value, minimum, maximum, **_described(symbol, words))


def linear(
    symbol: str, words: str, value: float, minimum: float, maximum: float, step: float
) -> ipywidgets.FloatSlider:
    """Make a slider over an interval."""
    digits = ".0f" if step == round(step) else ".2f"
    return ipywidgets.FloatSlider(
        value, min=minimum, max=maximum, step=step, readout_format=digits, **_described(symbol, words)
    )


def octaves(symbol: str, words: str, value: float, low: float, high: float) -> ipywidgets.FloatLogSlider:
    """Make a slider from 2^low to 2^high in eighths of an octave; 1, 2, 4 are on it if 8 low is whole."""
    return ipywidgets.FloatLogSlider(
        value, base=2, min=low, max=high, step=1 / 8, readout_format=".3g", **_described(symbol, words)
    )


def choice(symbol: str, words: str, value: Any, options: Mapping[str, Any]) -> ipywidgets.Dropdown:
    """Make a list to choose from: shown text -> value."""
    return ipywidgets.Dropdown(options=list(options.items()), value=value, **_described(symbol, words))


def _described(symbol: str, words: str) -> dict[str, Any]:
    text = f"{symbol}{_GAP}{words}".strip()
    # Without a tooltip the front end would show "null" in its place.
    return {"description": text, "tooltip": text, "layout": _LAYOUT, "style": _STYLE}
