"""A picture that moves, without a kernel or a network."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

from matplotlib.figure import Figure

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.plots.embed import Embedded, css_width, fill_page
from nccourse.plots.show import Pixels, description, drawn, encode, pixels

_CONTROLS_HEIGHT = 74
_COLOURS = 48


def animation(
    frames: Iterable[Figure],
    *,
    alt: str,
    captions: Sequence[str] | None = None,
    milliseconds: int = 200,
    dpi: float = 110,
) -> Embedded:
    """Make an animation with a slider and a play button from figures of one size.

    It stands still at the last frame until it is played, and the arrow keys step through it. Of each frame
    only what differs from the last one is stored: keep limits and legend fixed, and 25 frames weigh 100 to
    300 KB; lower ``dpi`` if they weigh more.

    Args:
        frames: matplotlib figures, at least one; a generator is drawn one by one and each figure cleared.
        alt: what the animation shows, in one or two sentences.
        captions: one short text a frame, e.g. "epoch 12", read out as the slider moves; None counts them.
        milliseconds: between frames, >= 40.
        dpi: pixels an inch, > 0.

    Returns:
        An object a notebook displays; the last frame is its still picture.

    Raises:
        InputTypeError: a frame is not a figure, or ``alt`` not text.
        InputValueError: no frame, empty ``alt``, captions of another number, or figures of
            several sizes.

    >>> from nccourse.plots import class_vectors
    >>> frames = (class_vectors([[1, 0], [-1, 0], [0, height]]) for height in (0.5, 1.0, 1.7))
    >>> film = animation(frames, alt="The third class mean rises.", captions=["flat", "higher", "an ETF"])
    """
    alt = description(alt)
    milliseconds = checks.integer("milliseconds", milliseconds, minimum=40)
    drawings, size = _draw(frames, dpi)
    captions = _captions(captions, len(drawings))
    last = drawings[-1]
    still = encode(last, colours=_COLOURS)
    changes = [encode(each, colours=_COLOURS, unchanged=(each == last).all(axis=-1)) for each in drawings]
    data = {
        "still": _url(still),
        "changes": [_url(change) for change in changes],
        "captions": captions,
        "milliseconds": milliseconds,
    }
    page = fill_page("animation.html", alt=alt, data=data)
    width, height = css_width(size[0]), css_width(size[1]) + _CONTROLS_HEIGHT
    return Embedded(page, still, width, alt, "Animation", width, height)


def _draw(frames: Iterable[Figure], dpi: float) -> tuple[list[Pixels], tuple[float, float]]:
    drawings: list[Pixels] = []
    size = (0.0, 0.0)
    for frame in frames:
        drawings.append(pixels(drawn("frames", frame), dpi))
        if drawings[-1].shape != drawings[0].shape:
            raise InputValueError("frames", expected="figures of one size", got="several sizes")
        size = (float(frame.get_figwidth()), float(frame.get_figheight()))
        frame.clear()
    if not drawings:
        raise InputValueError("frames", expected="at least one figure", got="none")
    return drawings, size


def _url(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def _captions(captions: Sequence[str] | None, count: int) -> list[str]:
    if captions is None:
        return [f"frame {index + 1} of {count}" for index in range(count)]
    if len(captions) != count:
        raise InputValueError("captions", expected=f"{count}, one a frame", got=str(len(captions)))
    return [str(caption) for caption in captions]
