"""A figure redrawn often: what stays is drawn once, what moves is drawn over it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axis import XAxis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from nccourse.plots.show import Pixels
from nccourse.plots.style import COLOURS

_TINTS = 31  # of eight colours: 248 of 256 places


class Picture:
    """A figure whose moving artists are drawn over a stored background, several times faster than anew.

    Args:
        figure: with its layout, labels and legends complete.
        moving: the artists that change; an Axes among them is redrawn with its ticks.
        dpi: pixels an inch.
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist], *, dpi: float = 100) -> None:
        figure.set_dpi(dpi)
        self.figure = figure
        self._moving = moving
        self._canvas = FigureCanvasAgg(figure)
        self._canvas.draw()
        # The layout has now made room for everything; solving it again would cost more than drawing.
        figure.set_layout_engine("none")
        for artist in moving:
            if isinstance(artist, XAxis):
                _keep_label(artist)
        for artist in moving:
            artist.set_animated(True)
        self.redraw()

    def redraw(self) -> None:
        """Draw the background anew, after something that stays has changed."""
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)

    def pixels(self) -> Pixels:
        """Draw the moving artists over the background, lowest z-order first: (height, width, 4) bytes."""
        self._canvas.restore_region(self._background)
        renderer = self._canvas.get_renderer()
        for artist in sorted(self._moving, key=Artist.get_zorder):
            artist.draw(renderer)
        return np.asarray(self._canvas.buffer_rgba())

    def png(self) -> bytes:
        """Draw and return the picture as PNG in the course's colours and their tints."""
        image = Image.fromarray(self.pixels()).convert("RGB")
        file = io.BytesIO()
        # A palette known beforehand takes a quarter of the time of true colour.
        image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(
            file, format="png", compress_level=1
        )
        return file.getvalue()


def _keep_label(axis: XAxis) -> None:
    """Let the figure show the label of a moving axis: to place it anew costs as much as its ticks."""
    label, figure = axis.label, axis.axes.figure
    x, y = figure.transFigure.inverted().transform(label.get_transform().transform(label.get_position()))
    figure.text(x, y, label.get_text(), ha="center", va="top", fontproperties=label.get_fontproperties())
    label.set_visible(False)
    axis.set_label_coords(0.5, 0.0)  # anywhere, as long as it is not sought


@cache
def _palette() -> Image.Image:
    """Return an image whose palette holds white and every colour of the course in tints."""
    colours = np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in COLOURS.values()])
    # Tints closer to white would be taken for it, and white for them.
    strength = np.linspace(0.12, 1.0, _TINTS)[:, None, None]
    tints = 255 + strength * (colours - 255)
    image = Image.new("P", (1, 1))
    image.putpalette([255, 255, 255, *tints.round().astype(int).ravel().tolist()])
    return image
