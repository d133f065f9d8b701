from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nccourse.plots import cosines, new_figure, png, show
from nccourse.plots.show import encode, pixels


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What IPython was asked to display, with its metadata."""
    calls: list[tuple[Any, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw, metadata: calls.append((data, metadata)))
    return calls


def drawing() -> Any:
    figure, (ax,) = new_figure()
    ax.plot([0, 1], [0, 1], color="#0072B2")
    return figure


def test_show_displays_the_picture_with_its_description_and_size(shown: list[tuple[Any, Any]]) -> None:
    show(drawing(), alt="A  rising\nline.", dpi=150)
    ((data, metadata),) = shown
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert metadata["image/png"] == {"alt": "A rising line.", "width": 640}
    assert picture.width == 960
    assert "A rising line." in data["text/plain"]


def test_show_empties_the_figure(shown: list[tuple[Any, Any]]) -> None:
    figure = drawing()
    show(figure, alt="A line.")
    assert figure.axes == []


def test_palette_keeps_small_touches_of_colour() -> None:
    rng = np.random.default_rng(0)
    picture = np.full((200, 200, 4), 255, dtype=np.uint8)
    picture[:, :150, :3] = rng.integers(200, 255, (200, 150, 1), dtype=np.uint8)
    picture[100:103, 180:183] = (213, 94, 0, 255)
    found = np.asarray(Image.open(io.BytesIO(encode(picture, colours=32))).convert("RGB"))
    assert np.abs(found[101, 181].astype(int) - (213, 94, 0)).max() < 12


def test_large_areas_keep_their_colours() -> None:
    figure = cosines(np.random.default_rng(0).normal(0.3, 1, size=(10, 40)), title="means")
    picture = pixels(figure, 100)
    drawn = picture[..., :3].astype(int)
    found = np.asarray(Image.open(io.BytesIO(encode(picture))).convert("RGB")).astype(int)
    colours, areas = np.unique(drawn.reshape(-1, 3), axis=0, return_counts=True)
    errors = [np.abs(found[(drawn == colour).all(-1)] - colour).max() for colour in colours[areas > 400]]
    assert len(errors) > 20
    assert np.mean(errors) < 2.5


def test_encoded_difference_over_the_still_gives_the_frame() -> None:
    rng = np.random.default_rng(1)
    still = rng.choice([0, 90, 255], (40, 60, 4)).astype(np.uint8)
    still[..., 3] = 255
    frame = still.copy()
    frame[5:20, 5:30, :3] = 7
    change = Image.open(io.BytesIO(encode(frame, unchanged=(frame == still).all(axis=-1)))).convert("RGBA")
    together = Image.alpha_composite(Image.fromarray(still), change)
    assert np.array_equal(np.asarray(together), frame)


def test_png_is_a_png_of_the_size_asked_for() -> None:
    assert Image.open(io.BytesIO(png(drawing(), dpi=50))).size == (320, 180)
