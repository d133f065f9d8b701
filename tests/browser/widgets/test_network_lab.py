"""A network trained from the keyboard: started, changed midway, paused and stopped; others are answered."""

from __future__ import annotations

import math
import re

import pytest

from nccourse.theory import normalized

pytestmark = pytest.mark.browser

CLASSES = 4


@pytest.fixture
def lab(board):
    """The network laboratory, untrained; afterwards at rest, and nothing complained of."""
    network = board["network_lab"]
    network.press_button("Reset", "Enter")
    expect_status(network, "at rest")
    yield network
    network.press_button("Reset", "Enter")
    expect_status(network, "at rest")
    assert network.lab.ask("network_lab.training") is False
    assert network.lab.complaints() == []


def expect_status(network, words):
    network.lab.eventually(lambda: has_status(network, words))


def has_status(network, words):
    assert network.readout()["Status"].startswith(words)


def number(text, before):
    return float(re.search(re.escape(before) + r"(-?[\d.]+(?:e[-+]\d+)?)", text)[1])


def epoch(network):
    return number(network.readout()["Epoch"], "")


def trained(network, at_least):
    assert epoch(network) >= at_least


def last_row(network, *names):
    row = "network_lab.metrics.iloc[-1]"
    return network.lab.ask("{" + ", ".join(f"{name!r}: {row}[{name!r}].item()" for name in names) + "}")


def last_made_with(network, **wanted):
    row = network.lab.ask("network_lab.metrics.iloc[-1][['trained_with', 'scale']].to_dict()")
    assert {name: row[name] for name in wanted} == wanted


def assert_settled(network):
    """The read-out, the table and the network agree, and theory is that of the controls."""
    shown = network.readout()
    row = last_row(network, "epoch", "nc1", "nc2", "nc3", "nc4", "loss", "bias_mean")
    assert epoch(network) == pytest.approx(row["epoch"], rel=1e-3)
    assert shown["NC1 to NC4"] == ", ".join(f"{row[name]:.3g}" for name in ("nc1", "nc2", "nc3", "nc4"))
    assert number(shown["Loss"], "network ") == pytest.approx(row["loss"], rel=1e-3)
    bias = network.lab.ask("network_lab.model.head.b.mean().item()")
    assert number(shown["Bias"], "network ") == pytest.approx(bias, abs=1e-4)
    assert row["bias_mean"] == pytest.approx(bias, abs=1e-6)
    positive, negative = normalized.unbiased_scores(CLASSES, network.values()["scale"])
    assert number(shown["Positive score"], "theory ") == pytest.approx(positive, abs=1e-4)
    assert number(shown["Negative score"], "theory ") == pytest.approx(negative, abs=1e-4)


def test_a_run_from_start_to_stop(lab, board, screenshots):
    scale, loss = (c["label"] for c in lab.controls() if c["name"] in ("scale", "loss"))
    before = lab.picture()
    lab.press_button("Start", "Enter")
    expect_status(lab, "training")
    lab.lab.eventually(lambda: trained(lab, 2))
    assert lab.picture() != before

    lab.press(scale, *["ArrowLeft"] * 8)
    lab.expect(scale=2.0)
    lab.lab.eventually(lambda: last_made_with(lab, scale=2.0))
    lab.press(loss, "Home")
    lab.expect(loss="ce")
    lab.lab.eventually(lambda: last_made_with(lab, trained_with="ce", scale=2.0))
    lab.root.screenshot(path=screenshots / "network_lab_trains.png")

    lab.press_button("Pause", " ")
    expect_status(lab, "at rest")
    assert lab.lab.ask("network_lab.training") is False
    assert_settled(lab)
    paused = lab.readout()

    lab.press_button("One epoch", "Enter")
    lab.lab.eventually(lambda: trained(lab, math.floor(number(paused["Epoch"], "")) + 1))
    expect_status(lab, "at rest")
    assert epoch(lab) == math.floor(number(paused["Epoch"], "")) + 1
    assert_settled(lab)

    lab.press_button("Start", "Enter")
    expect_status(lab, "training")
    lab.press_button("Stop", "Enter")
    expect_status(lab, "stopped")
    for name in ("Start", "One epoch", "Stop"):
        assert lab.root.get_by_role("button", name=name, exact=True).is_disabled()
    assert_settled(lab)


def test_other_widgets_are_answered_while_it_trains(lab, board):
    explorer = board["gamma_explorer"]
    explorer.press_button("Reset", "Enter")
    explorer.expect(scale=8.0)
    label = next(control["label"] for control in explorer.controls() if control["name"] == "scale")
    lab.press_button("Start", "Enter")
    expect_status(lab, "training")
    for octave in (2, 1, 0):
        picture = explorer.picture()
        explorer.press(label, *["ArrowLeft"] * 8)
        explorer.expect(scale=2.0**octave)
        explorer.lab.eventually(lambda γ=2.0**octave: assert_explored(explorer, γ))
        assert explorer.picture() != picture
    has_status(lab, "training")
    began = epoch(lab)
    lab.lab.eventually(lambda: trained(lab, began + 1))
    lab.press_button("Stop", "Enter")
    expect_status(lab, "stopped")
    assert_settled(lab)


def assert_explored(explorer, scale):
    shown = explorer.readout()
    assert f"γ = {scale:g}," in shown["Setting"]
    assert number(shown["Bias"], "solved ") == pytest.approx(normalized.bce_bias(10, scale), abs=1e-4)
