"""What a person without a mouse finds: every control and button by Tab, named in full, and a way back."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

LAST = 40
BUTTONS = {"network_lab": ["Start", "One epoch", "Stop"], "collapse_player": ["Play"]}
FOCUSED = """() => {
    const [element, row] = [document.activeElement, document.activeElement.closest('.widget-inline-hbox')];
    return (row ? row.querySelector('.widget-label') : element).textContent;
}"""
LABELS = """labels => labels.filter(label => label.textContent)
    .map(label => [label.textContent, label.scrollWidth <= label.clientWidth])"""


def test_tab_goes_through_every_control_and_button(widget):
    labels = [control["label"] for control in widget.controls()]
    expected = [*labels, *BUTTONS.get(widget.name, []), "Reset"]
    widget.press(labels[0])
    found = [widget.lab.page.evaluate(FOCUSED)]
    # A slider is two stops: its handle and its number, which may be typed.
    for _ in range(2 * len(expected)):
        widget.press_keys("Tab")
        focused = widget.lab.page.evaluate(FOCUSED)
        if focused != found[-1]:
            found.append(focused)
    assert found[: len(expected)] == expected


def test_labels_are_not_cropped(widget):
    shown = dict(widget.root.locator(".widget-inline-hbox > .widget-label").evaluate_all(LABELS))
    assert shown == {control["label"]: True for control in widget.controls()}


def test_reset_puts_every_control_back(widget):
    start = widget.values()
    moved = {}
    for control in widget.controls():
        name, values = control["name"], control["values"]
        at_end = values[-1] == pytest.approx(start[name])
        widget.press(control["label"], "Home" if at_end else "End")
        moved[name] = values[0] if at_end else values[-1]
    widget.expect(**moved)
    widget.press_button("Reset", " ")
    widget.expect(**start)


def test_play_runs_to_the_end_and_pauses(board):
    player = board["collapse_player"]
    label = next(control["label"] for control in player.controls() if control["name"] == "snapshot")
    player.press(label, "End")
    player.expect(snapshot=LAST)
    player.press_button("Play", "Enter")
    player.press_button("Pause", "Enter")
    player.root.get_by_role("button", name="Play", exact=True).wait_for()
    assert player.values()["snapshot"] < LAST
    player.press_button("Play", " ")
    player.root.get_by_role("button", name="Pause", exact=True).wait_for()
    player.expect(snapshot=LAST)
    player.root.get_by_role("button", name="Play", exact=True).wait_for()
    assert player.lab.complaints() == []
