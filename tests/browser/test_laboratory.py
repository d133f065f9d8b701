"""The γ laboratory in a real JupyterLab: γ moved by keyboard from end to end, theory met at each stop."""

from __future__ import annotations

import re

import pytest

from nccourse.theory import normalized

pytestmark = pytest.mark.browser

CLASSES = 10


def number(text, before):
    return float(re.search(re.escape(before) + r"(-?[\d.]+(?:e[-+]\d+)?)", text)[1])


def assert_explored(explorer, scale):
    """The read-out is of this γ, and both what it says of theory and what was solved are the closed forms."""
    shown = explorer.readout()
    assert shown["Setting"].startswith(f"γ = {scale:.4g}, K = {CLASSES}, ")
    positive, negative = normalized.unbiased_scores(CLASSES, scale)
    expected = {
        "Positive score": positive,
        "Negative score": negative,
        "Bias": normalized.bce_bias(CLASSES, scale),
    }
    for name, value in expected.items():
        for words in ("theory ", "solved "):
            assert number(shown[name], words) == pytest.approx(value, abs=1e-4), name
    bound = number(shown["Loss"], "lower bound ")
    assert bound == pytest.approx(normalized.bce_minimum(CLASSES, scale), rel=1e-4)
    separates = scale > normalized.separation_scale(CLASSES)
    assert shown["b separates"].startswith("● yes" if separates else "○ no")


def test_gamma_is_moved_from_end_to_end(lab, show, screenshots):
    explorer = show(lab, {"gamma_explorer": "gamma_explorer = widgets.gamma_explorer()"})["gamma_explorer"]
    label = next(control["label"] for control in explorer.controls() if control["name"] == "scale")
    low, _, high = next(c["values"] for c in explorer.controls() if c["name"] == "scale")
    stops = [("Home", low), ("ArrowRight", low * 2**0.125), ("End", high), ("ArrowLeft", high / 2**0.125)]
    for key, scale in stops:
        picture = explorer.picture()
        explorer.press(label, key)
        explorer.expect(scale=scale)
        lab.eventually(lambda scale=scale: assert_explored(explorer, scale))
        assert explorer.picture() != picture
    explorer.press_button("Reset", "Enter")
    explorer.expect(scale=8.0)
    lab.eventually(lambda: assert_explored(explorer, 8.0))
    explorer.root.screenshot(path=screenshots / "gamma_explorer_alone.png")
    assert lab.complaints() == []
