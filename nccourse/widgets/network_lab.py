"""Train a network while you watch, and change γ or the loss on the way."""

from __future__ import annotations

import math
import time
import weakref
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd

from nccourse import checks
from nccourse.errors import NCCourseError
from nccourse.models import Network
from nccourse.plots.style import new_figure
from nccourse.widgets import controls
from nccourse.widgets.background import Background
from nccourse.widgets.gamma_axes import ScoreDistributions
from nccourse.widgets.live_network import DATA, Frame, LiveNetwork, Recipe
from nccourse.widgets.network_axes import CollapseCurves, LiveMeans
from nccourse.widgets.network_readout import network_readout
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture
from nccourse.widgets.solved_scores import Setting, SolvedScores, theory_at

MOST_CLASSES = 10
MOST_EPOCHS = 500
LOSSES = {"cross-entropy (CE)": "ce", "binary cross-entropy (BCE)": "bce"}
SECONDS_BETWEEN_PICTURES = 0.2
_READY = "at rest; Start trains it"
_BUTTONS = (
    ("Start", "Train in the background, or pause; the picture follows"),
    ("One epoch", "Train to the end of one epoch"),
    ("Stop", "End the run for good; Reset begins another"),
)
_OPEN: weakref.WeakSet[NetworkLab] = weakref.WeakSet()


def network_lab(
    data: str = "digits", num_classes: int = 4, loss: str = "bce", scale: float = 4.0, *, epochs: int = 20
) -> NetworkLab:
    """Train a network in the background, change γ or the loss midway, and watch it collapse.

    An MLP with a cosine head and trained bias learns the images of the first K classes by SGD with momentum
    0.9, weight decay 0.005 (none on b) and batches of 128. It trains in a thread of its own, so the kernel
    answers meanwhile; no thread is left when it is paused, stopped or reset.

    Args:
        data: "digits" or "mnist5k".
        num_classes: K to start with, 2..10.
        loss: "ce" or "bce".
        scale: γ to start with, 1/4..32.
        epochs: trained before the first picture, 0..500.

    Returns:
        A widget: start or pause, one epoch, stop, and γ, loss, learning rate, K and data; changing the last
        two begins anew. Left NC1 to NC4 so far, in the middle the scores of the training images on the lines
        of the unconstrained model's theory, right class means and weights in 3-D. ``.metrics`` is the table
        of what was measured, ``.model`` the network.

    Raises:
        InputTypeError: a number of the wrong type.
        InputValueError: an argument outside its domain.

    Cost: ``epochs`` times about 0.05 s at once; then a picture at most every 0.2 s.

    >>> network_lab(num_classes=3, epochs=1).metrics.epoch.tolist()
    [0.0, 1.0]
    """
    data = checks.choice("data", data, tuple(DATA.values()))
    num_classes = checks.integer("num_classes", num_classes, minimum=2, maximum=MOST_CLASSES)
    loss = checks.choice("loss", loss, tuple(LOSSES.values()))
    scale = checks.real("scale", scale, minimum=0.25, maximum=32.0)
    epochs = checks.integer("epochs", epochs, minimum=0, maximum=MOST_EPOCHS)
    return NetworkLab(data, num_classes, loss, scale, epochs)


class NetworkLab(Panel):
    """The widget; made by :func:`network_lab`."""

    title = "The network laboratory"
    try_first = (
        "press Start, wait until the scores stand on their lines, then halve γ: which lines do the scores "
        "leave, and how many epochs do they need to come back?"
    )

    def __init__(self, data: str, num_classes: int, loss: str, scale: float, epochs: int) -> None:
        figure, (curves, scores, space) = new_figure(1, 3, width=11.5, height=4.0)
        self._curves, self._scores = CollapseCurves(curves), ScoreDistributions(scores)
        self._means = LiveMeans(space, MOST_CLASSES)
        self._work = Background(self._piece, self._ended)
        self._target, self._shown_at = math.inf, 0.0
        self._status, self._failure = _READY, None
        recipe = {
            "scale": controls.octaves("γ", "scale", scale, -2, 5),
            "loss": controls.choice("L", "loss", loss, LOSSES),
            "learning_rate": controls.octaves("η", "learning rate", 2.0**-4, -9, 1),
        }
        anew = {
            "num_classes": controls.whole("K", "number of classes", num_classes, 2, MOST_CLASSES),
            "data": controls.choice("", "images", data, DATA),
        }
        for control in anew.values():
            # Before the panel's own observer, which draws.
            control.observe(lambda _: self._begin(), names="value")
        view = {
            "azimuth": controls.linear("α", "turn (degrees)", 35.0, -180.0, 180.0, 5.0),
            "elevation": controls.linear("ε", "tilt (degrees)", 25.0, -90.0, 90.0, 5.0),
        }
        self.controls = recipe | anew | view
        self._run, self._epoch, self._halt = (_button(*words) for words in _BUTTONS)
        self._run.on_click(lambda _: self.pause() if self.training else self.start())
        self._epoch.on_click(lambda _: self.step_epoch())
        self._halt.on_click(lambda _: self.stop())
        self._begin()
        while self._failure is None and self._network.epoch < epochs:
            self._network.step(self._recipe)
        moving = [*self._curves.artists, *self._scores.artists, *self._means.artists]
        super().__init__(
            self.controls,
            Picture(figure, moving, dpi=90),
            extra=[self._run, self._epoch, self._halt],
        )

    @property
    def metrics(self) -> pd.DataFrame:
        """What was measured, one row an epoch and one at each pause.

        The columns are those of :attr:`nccourse.training.TrainResult.metrics`, and ``trained_with`` (the
        loss), ``scale`` and ``learning_rate``, what the controls were set to.
        """
        return pd.DataFrame(list(self._network.rows))

    @property
    def model(self) -> Network:
        """The network; in evaluation mode, and at rest, unless it is training."""
        return self._network.model

    @property
    def training(self) -> bool:
        """Whether the thread is alive."""
        return self._work.running

    def start(self) -> None:
        """Train until paused or stopped, for at most 500 epochs in all."""
        self._go(math.inf)

    def step_epoch(self) -> None:
        """Train to the end of the epoch that is under way, or of the next one, in the background."""
        self._go(math.floor(self._network.epoch) + 1)

    def pause(self) -> None:
        """End the thread after the batch in hand; start goes on from there."""
        self._work.pause()

    def stop(self) -> None:
        """Pause, and declare the run finished; only a reset begins another."""
        self._work.pause()
        self._rest("stopped; Reset begins anew", final=True)
        self.update()

    def reset(self) -> None:
        """Put every control back to where it started, with an untrained network."""
        self._work.pause()
        super().reset()
        self._begin()
        self.update()

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until the thread has ended, at most so long."""
        self._work.wait(seconds)

    def draw(self, **values: Any) -> Readout:
        """Show the network as last measured, on the theory of the loss and γ as the controls have them."""
        if self._failure is not None:
            raise self._failure
        network, recipe = self._network, self._recipe
        frame = network.frame
        scores = _scores_at(recipe.scale, frame, self._first)
        setting = Setting(len(frame.bias), recipe.scale, recipe.loss, bias=True)
        here = theory_at(setting, np.array([recipe.scale]))
        longer = self._curves.update(list(network.rows))
        self._scores.update(here, scores)
        shown = self._means.update(frame, values["azimuth"], values["elevation"])
        if longer:
            self.picture.redraw()
        self._shown_at = time.perf_counter()
        return network_readout(recipe, self._status, frame, here, scores, shown)

    @property
    def _recipe(self) -> Recipe:
        values = self.values
        return Recipe(values["loss"], values["scale"], values["learning_rate"])

    def _begin(self) -> None:
        """Take an untrained network for the controls as they stand."""
        self._work.pause()
        _pause_others(self)
        self._failure = None
        try:
            self._network = LiveNetwork(self.values["data"], self.values["num_classes"], self._recipe)
            self._first = self._network.frame
        except Exception as problem:
            # Raised where it is explained: when the picture is drawn.
            self._failure = problem
        self._rest(_READY, final=self._failure is not None)

    def _go(self, target: float) -> None:
        if self.training or self._run.disabled:
            return
        _pause_others(self)
        self._target, self._status, self.spoken = target, "training", False
        self._run.description = "Pause"
        self._work.start()

    def _piece(self) -> bool:
        """Train on one batch, in the thread; show what it came to if a picture is due."""
        network, before = self._network, self._network.frame
        network.step(self._recipe)
        waited = time.perf_counter() - self._shown_at
        if network.frame is not before and waited >= SECONDS_BETWEEN_PICTURES:
            self.update()
        return network.epoch < min(self._target, MOST_EPOCHS)

    def _ended(self, problem: Exception | None) -> None:
        """Measure the network as it is left, so that picture, metrics and model agree; in the thread."""
        try:
            if problem is None:
                self._network.settle()
        except Exception as caught:
            problem = caught
        over = self._network.epoch >= MOST_EPOCHS
        if problem is not None:
            self._rest(f"stopped by an error, Reset begins anew. {_reason(problem)}", final=True)
        else:
            self._rest(f"finished after {MOST_EPOCHS} epochs" if over else _READY, final=over)
        self.update()

    def _rest(self, status: str, *, final: bool = False) -> None:
        self._status, self.spoken = status, True
        self._run.description = "Start"
        for button in (self._run, self._epoch, self._halt):
            button.disabled = final


def _button(words: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=words, tooltip=tooltip, layout={"width": "auto"})


def _pause_others(lab: NetworkLab) -> None:
    """Let one laboratory train at a time: a cell run again would else leave the one before at work."""
    for other in list(_OPEN):
        if other is not lab:
            other.pause()
    _OPEN.add(lab)


def _reason(problem: Exception) -> str:
    return str(problem) if isinstance(problem, NCCourseError) else f"{type(problem).__name__}: {problem}"


def _scores_at(scale: float, frame: Frame, first: Frame) -> SolvedScores:
    """Return the scores of a frame's cosines at γ, beside those of the untrained network."""
    return SolvedScores(
        scale * frame.positive,
        scale * frame.negative,
        scale * first.positive,
        scale * first.negative,
        frame.bias,
        float(frame.row["loss"]),
        None,
    )
