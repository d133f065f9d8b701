"""What every widget is: controls, a picture, a read-out in words, a reset, and a first thing to try."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets
from traitlets import Unicode

from nccourse.errors import InputValueError, NCCourseError
from nccourse.plots.show import encode
from nccourse.widgets.drawing import DRAWING
from nccourse.widgets.picture import Picture

Readout = Mapping[str, str]
_NAME_STYLE = "text-align:left;padding-right:1em;white-space:nowrap;vertical-align:top"
_FIT = {"max_width": "100%", "object_fit": "contain"}


class _NamedImage(ipywidgets.Image):
    """An image with a name for screen readers.

    The front end gives a tooltip as name only to widgets that have a description, which images lack.
    """

    description = Unicode("").tag(sync=True)


class Panel:
    """A widget that lives in JupyterLab and leaves a picture and its read-out everywhere else.

    A subclass sets ``title`` and ``try_first`` and implements :meth:`draw`. A combination of controls that
    cannot be drawn says so in the read-out; nothing is ever raised at the learner.

    Args:
        controls: name -> control; the names are the arguments of :meth:`draw`.
        picture: the figure that :meth:`draw` changes.
        extra: more widgets to stand beside the reset button, e.g. a play button.
    """

    title = ""
    try_first = ""
    spoken = True
    """Whether a screen reader announces the read-out when it changes."""

    def __init__(
        self,
        controls: Mapping[str, ipywidgets.ValueWidget],
        picture: Picture,
        *,
        extra: Sequence[ipywidgets.Widget] = (),
    ) -> None:
        self.controls = dict(controls)
        self.picture = picture
        self.readout: dict[str, str] = {}
        self.problem: Exception | None = None
        self._defaults = self.values
        self._waiting = False
        self._image = _NamedImage(tooltip=f"{self.title}: the read-out says it in words", layout=_FIT)
        self._text = ipywidgets.HTML()
        self._reset = ipywidgets.Button(
            description="Reset", tooltip="Put every control back to where it started"
        )
        self._reset.on_click(lambda _: self.reset())
        for control in self.controls.values():
            control.observe(lambda _: self.update(), names="value")
        self.update()
        self.view = self._arrange(extra)

    def draw(self, **values: Any) -> Readout:
        """Move the picture's artists to the controls' ``values`` and return the read-out, name -> text.

        Raises:
            NCCourseError: the combination has no picture; its message is shown.
        """
        raise NotImplementedError

    def busy(self, **values: Any) -> str:
        """Return what to say while :meth:`draw` is at work, "" where it answers at once."""
        return ""

    def reset(self) -> None:
        """Put every control back to where it started."""
        self.set(**self._defaults)

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def alt(self) -> str:
        """The picture in words: the title and the read-out."""
        return f"{self.title}. " + " ".join(f"{name}: {text}." for name, text in self.readout.items())

    def set(self, **values: Any) -> None:
        """Set controls by name and draw once.

        Raises:
            InputValueError: there is no control of that name.
        """
        for name in values:
            if name not in self.controls:
                raise InputValueError(name, expected=f"one of {', '.join(self.controls)}", got=name)
        self._waiting = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._waiting = False
        self.update()

    def update(self) -> None:
        """Draw the picture and the read-out for the controls as they stand; may be called in any thread."""
        if self._waiting:
            return
        with DRAWING:
            self._update()

    def _update(self) -> None:
        if words := self.busy(**self.values):
            self._text.value = _html({"One moment": words}, spoken=True)
        try:
            self.readout = dict(self.draw(**self.values))
            self.problem = None
            self._image.value = self.picture.png()
        except Exception as problem:
            # Whatever went wrong, a learner moved a slider: the answer is a sentence, not a traceback.
            self.problem = problem
            reason = (
                str(problem) if isinstance(problem, NCCourseError) else f"{type(problem).__name__}: {problem}"
            )
            self.readout = {"This combination has no picture": reason}
        self._text.value = _html(self.readout, spoken=self.spoken)

    def _arrange(self, extra: Sequence[ipywidgets.Widget]) -> ipywidgets.VBox:
        heading = ipywidgets.HTML(
            f"<strong>{escape(self.title)}</strong><br>Try first: {escape(self.try_first)}"
        )
        wrap = {"flex_flow": "row wrap"}
        controls = ipywidgets.HBox([*self.controls.values()], layout=wrap)
        buttons = ipywidgets.HBox([*extra, self._reset], layout=wrap)
        # The picture before the read-out: a slider and what it moves are to be seen at once.
        return ipywidgets.VBox([heading, controls, buttons, self._image, self._text])

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        with DRAWING:
            still = base64.b64encode(encode(self.picture.pixels())).decode()
        live = self.view._repr_mimebundle_()
        data = {**live, "image/png": still, "text/plain": f"[widget] {self.alt}"}
        return data, {"image/png": {"alt": self.alt}}


def counted(number: float) -> str:
    """Write how many, in whole numbers where they are large: 1,421 rather than 1.42e+03."""
    return f"{number:,.0f}" if number >= 1000 else f"{number:.4g}"


def _html(readout: Readout, *, spoken: bool) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="{_NAME_STYLE}">{escape(name)}</th><td>{escape(text)}</td></tr>'
        for name, text in readout.items()
    )
    live = "polite" if spoken else "off"
    return f'<div role="status" aria-live="{live}"><table style="line-height:1.5">{rows}</table></div>'
