"""A figure in a notebook: small, sharp, described in words, and closed."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError

CSS_PIXELS_PER_INCH = 100

Pixels = NDArray[np.uint8]


def show(figure: Figure, *, alt: str, dpi: float = 150) -> None:
    """Display a figure with its description, and empty the figure.

    The picture is stored at ``dpi`` and shown at 100 pixels an inch, so it is sharp on fine screens; 128
    colours keep it near 25 KB.

    Args:
        figure: any matplotlib figure; it is cleared.
        alt: what the picture shows, for those who do not see it: one or two sentences.
        dpi: pixels an inch, > 0.

    Raises:
        InputTypeError: not a figure, or ``alt`` not text.
        InputValueError: ``alt`` is empty.
    """
    from IPython.display import display

    figure, alt = drawn("figure", figure), description(alt)
    width = round(float(figure.get_figwidth()) * CSS_PIXELS_PER_INCH)
    picture = base64.b64encode(png(figure, dpi=dpi)).decode()
    bundle = {"image/png": picture, "text/plain": f"[figure] {alt}"}
    display(bundle, raw=True, metadata={"image/png": {"alt": alt, "width": width}})
    figure.clear()


def png(figure: Figure, *, dpi: float = 150) -> bytes:
    """Draw a figure as PNG with a palette: a third of the size of full colour, to the eye the same.

    Args:
        figure: any matplotlib figure.
        dpi: pixels an inch, > 0.

    Returns:
        The PNG file's bytes.

    Raises:
        InputTypeError: not a figure.
        InputValueError: ``dpi`` not positive.
    """
    return encode(pixels(figure, dpi))


def pixels(figure: Figure, dpi: float) -> Pixels:
    """Draw a figure as (height, width, 4) bytes at ``dpi`` pixels an inch, > 0."""
    figure = drawn("figure", figure)
    figure.set_dpi(checks.real("dpi", dpi, above=0))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def encode(picture: Pixels, *, colours: int = 128, unchanged: NDArray[np.bool_] | None = None) -> bytes:
    """Encode pixels as PNG with a palette of ``colours`` (2..255), transparent where ``unchanged``."""
    image = _reduced(Image.fromarray(picture).convert("RGB"), colours)
    options = {}
    if unchanged is not None:
        clear = len(image.getpalette() or ()) // 3
        image.putpalette([*(image.getpalette() or ()), 255, 255, 255])
        image.paste(clear, mask=Image.fromarray(unchanged))
        options = {"transparency": clear}
    file = io.BytesIO()
    image.save(file, format="png", optimize=True, **options)
    return file.getvalue()


def _reduced(image: Image.Image, colours: int) -> Image.Image:
    """Give every pixel the nearest colour of a palette.

    Half of the palette are the commonest colours, so that areas keep theirs exactly; the others cover what
    is left, so that small markers do.
    """
    found = sorted(image.getcolors(image.width * image.height) or [], reverse=True)
    shades = np.array([shade for _, shade in found], dtype=np.float32)
    palette = shades[: colours if len(found) <= colours else colours // 2]
    if len(found) > colours:
        cover = image.quantize(colours - len(palette), Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        others = np.array(cover.getpalette(), dtype=np.float32).reshape(-1, 3)
        palette = np.concatenate([palette, others])
    nearest = ((palette**2).sum(axis=1) - 2 * shades @ palette.T).argmin(axis=1)
    place = np.empty(1 << 24, dtype=np.uint8)
    place[(shades @ (1, 1 << 8, 1 << 16)).astype(np.int32)] = nearest
    pixels_as_numbers = np.asarray(image.convert("RGBA")).view("<u4")[..., 0] & 0xFFFFFF
    reduced = Image.fromarray(place[pixels_as_numbers])
    reduced.putpalette(palette.astype(np.uint8).ravel().tolist())
    return reduced


def drawn(name: str, figure: Any) -> Figure:
    """Return ``figure`` if it is one.

    Raises:
        InputTypeError: not a matplotlib figure.
    """
    if not isinstance(figure, Figure):
        got = type(figure).__name__
        raise InputTypeError(name, expected="a matplotlib Figure", got=got, advice="ax.figure")
    return figure


def description(alt: Any) -> str:
    """Return ``alt`` stripped, refusing an empty one.

    Raises:
        InputTypeError: not text.
        InputValueError: empty.
    """
    expected = "one or two sentences saying what the picture shows"
    if not isinstance(alt, str):
        raise InputTypeError("alt", expected=expected, got=type(alt).__name__)
    if not alt.strip():
        raise InputValueError("alt", expected=expected, got="an empty text")
    return " ".join(alt.split())
