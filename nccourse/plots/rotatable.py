"""Class means, weights and features in 3-D, turned with the mouse or the arrow keys."""

from __future__ import annotations

from typing import Any

from nccourse import checks
from nccourse.plots.embed import Embedded, css_width, fill_page
from nccourse.plots.scene import make_scene
from nccourse.plots.scene_view import scene_figure
from nccourse.plots.show import description, encode, pixels
from nccourse.plots.style import class_colour

_SIZE = 4.2
_CONTROLS_HEIGHT = 66


def rotatable(
    class_means: Any,
    W: Any = None,
    *,
    alt: str,
    features: Any = None,
    labels: Any = None,
    azimuth: float = 35.0,
    elevation: float = 25.0,
) -> Embedded:
    """Make a 3-D view one can turn: no kernel, no network, about 5 KB and its still picture.

    Means are solid arrows from their centre, weights dashed ones with open ends, features dots. More than
    three dimensions are projected onto the three principal axes of the means, and the view says how much of
    the means' squared length it shows.

    Args:
        class_means: (K, d), K >= 2.
        W: weights, (K, d), or None.
        alt: what the view shows, in one or two sentences.
        features: (N, d), or None; thinned to 600.
        labels: (N,), required with ``features``.
        azimuth: where the viewer starts, in degrees.
        elevation: where the viewer starts, in degrees.

    Returns:
        An object a notebook displays.

    Raises:
        InputTypeError: not numbers, or ``alt`` not text.
        InputValueError: wrong shape, not finite, all means equal, or ``alt`` empty.

    >>> view = rotatable([[1, 1], [-1, 1], [0, -1]], alt="Three class means.")
    >>> len(view.page) < 10_000
    True
    """
    alt = description(alt)
    scene = make_scene(class_means, W, features=features, labels=labels)
    view = {"azimuth": checks.real("azimuth", azimuth), "elevation": checks.real("elevation", elevation)}
    still = encode(pixels(scene_figure(scene, **view), 120), colours=64)
    data = {
        "reach": round(scene.reach, 3),
        "means": _rounded(scene.means),
        "weights": [] if scene.weights is None else _rounded(scene.weights),
        "dots": _rounded(scene.dots),
        "labels": scene.labels.tolist(),
        "colours": [class_colour(k) for k in range(len(scene.means))],
        "note": "" if scene.shown > 0.9995 else f"{scene.shown:.0%} of the means' squared length is visible.",
        **view,
    }
    page = fill_page("rotatable.html", alt=alt, data=data)
    width = css_width(_SIZE)
    return Embedded(page, still, width, alt, "3-D view", width, width + _CONTROLS_HEIGHT)


def _rounded(points: Any) -> list[list[float]]:
    return [[round(float(x), 3) for x in point] for point in points]
