"""Lesson 03 in a real JupyterLab: every cell runs unsolved, and the γ slider moves picture and read-out."""

import re

import pytest

from nccourse.theory import normalized

pytestmark = pytest.mark.browser

SLIDER = ".widget-slider .noUi-handle"
PICTURE = "img.widget-image"


def readout(page):
    """The γ explorer's read-out: name -> text."""
    rows = page.locator(".jupyter-widgets [role=status] tr")
    return {
        rows.nth(row).locator("th").inner_text(): rows.nth(row).locator("td").inner_text()
        for row in range(rows.count())
    }


def scale_of(shown):
    return float(re.search(r"γ = ([\d.]+)", shown["Setting"])[1])


def assert_agrees_with_theory(shown):
    """What the read-out shows as solved is the closed form, to the digits shown."""
    scale, num_classes = scale_of(shown), int(re.search(r"K = (\d+)", shown["Setting"])[1])
    expected = {
        "Positive score": scale,
        "Negative score": -scale / (num_classes - 1),
        "Bias": normalized.bce_bias(num_classes, scale),
    }
    for name, value in expected.items():
        solved = float(re.search(r"solved (-?[\d.]+)", shown[name])[1])
        assert solved == pytest.approx(value, rel=1e-3), name


def test_gamma_slider_changes_figure_and_readout(lab, screenshots):
    lab.open("lessons/03_unconstrained_features.ipynb")
    lab.run_all()
    page = lab.page
    page.wait_for_selector(PICTURE, timeout=60_000)
    assert lab.errors() == []
    page.locator(SLIDER).first.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "lesson_03_before.png")
    before = readout(page)
    for _ in range(5):
        picture = page.locator(PICTURE).last.get_attribute("src")
        page.locator(SLIDER).first.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            f"old => {{ const image = [...document.querySelectorAll('{PICTURE}')].pop();"
            " return image.src !== old && image.complete }",
            arg=picture,
            timeout=10_000,
        )
    page.screenshot(path=screenshots / "lesson_03_after.png")
    after = readout(page)
    assert scale_of(after) > scale_of(before)
    assert_agrees_with_theory(after)
    assert lab.errors() == lab.page_errors == []
