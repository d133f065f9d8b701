from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from nccourse import plots

ALT = 'Means & "weights" </script><b>'


class Tags(HTMLParser):
    """Tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        (only,) = [a for name, a in self.found if name == tag and wanted.items() <= a.items()]
        return only


def frames(count: int) -> Any:
    for k in range(count):
        figure, (ax,) = plots.new_figure(width=3, height=2)
        ax.plot([0, 1], [k, 1])
        ax.set(ylim=(0, 30))
        yield figure


def page_data(page: str) -> Any:
    match = re.search(r"const data = (.*);\n", page)
    assert match
    return json.loads(match[1])


EMBEDDED = {
    "rotatable": lambda: plots.rotatable(np.eye(4), np.eye(4), alt=ALT),
    "animation": lambda: plots.animation(frames(3), alt=ALT),
}


@pytest.mark.parametrize("name", EMBEDDED)
def test_page_and_still_carry_the_description_and_nothing_from_outside(name: str) -> None:
    embedded = EMBEDDED[name]()
    data, metadata = embedded._repr_mimebundle_()
    outer = Tags(data["text/html"])
    assert outer.one("img")["alt"] == ALT
    frame = outer.one("iframe")
    assert frame["srcdoc"] == embedded.page
    assert frame["sandbox"] == "allow-scripts"
    assert ALT in str(frame["title"])
    assert metadata["image/png"]["alt"] == ALT
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert not re.search(r"(src|href)=[\"']?http|url\(|import ", embedded.page)


@pytest.mark.parametrize("name", EMBEDDED)
def test_a_description_cannot_end_the_script(name: str) -> None:
    page = EMBEDDED[name]().page
    assert page.count("<script>") == page.count("</script>") == 1


def test_rotatable_is_small_and_holds_the_projected_points() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(600) % 10
    means = rng.normal(size=(10, 64))
    features = means[labels] + rng.normal(size=(600, 64))
    embedded = plots.rotatable(means, means, features=features, labels=labels, alt="Ten classes.")
    data = page_data(embedded.page)
    assert len(embedded.html()) < 60_000
    assert (len(data["means"]), len(data["weights"]), len(data["dots"])) == (10, 10, 600)
    assert data["labels"] == labels.tolist()
    assert re.match(r"\d\d% of the means", data["note"])


def test_rotatable_of_four_shows_all_and_says_nothing() -> None:
    assert page_data(EMBEDDED["rotatable"]().page)["note"] == ""


def test_animation_of_25_simple_frames_is_below_300_kb() -> None:
    embedded = plots.animation(frames(25), alt="A line falls.", captions=[f"epoch {k}" for k in range(25)])
    data = page_data(embedded.page)
    assert len(embedded.html()) < 300_000
    assert len(data["changes"]) == 25
    assert data["captions"][-1] == "epoch 24"


def test_the_last_frame_of_an_animation_changes_nothing() -> None:
    changes = page_data(plots.animation(frames(4), alt="A line.").page)["changes"]
    assert len(changes[-1]) < min(len(change) for change in changes[:-1])
