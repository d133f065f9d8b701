"""Tables of the papers: what is printed, and the fits the papers made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nccourse.errors import InputValueError
from nccourse.experiments import paper_table, paper_tables


@pytest.mark.parametrize("name", paper_tables())
def test_every_table_says_what_it_is(name: str) -> None:
    table = paper_table(name)
    paper, number = name.split(".table")
    assert f"Paper {paper}, Table {number}" in table.attrs["source"]
    assert list(table.attrs["columns"]) == list(table.columns)
    assert all(table.attrs["columns"].values())
    assert len(table) > 0
    assert not table.isna().any(axis=None)


@pytest.fixture
def epochs() -> Any:
    return paper_table("A.table11")


def test_table_11_counts_epochs_for_each_loss_once_at_a_scale(epochs: Any) -> None:
    kinds = [epochs[name].dtype.kind for name in ("scale", "epochs", "starred")]
    assert kinds == ["f", "i", "b"]
    assert dict(epochs.groupby("loss").size()) == {"ce": 27, "bce": 30}
    assert not epochs.duplicated(["loss", "scale"]).any()
    assert (epochs.epochs > 0).all()


def test_table_11_stars_six_small_and_five_large_scales(epochs: Any) -> None:
    for loss in ("ce", "bce"):
        starred = epochs[(epochs.loss == loss) & epochs.starred]
        assert (starred.scale < 0.5).sum() == 6
        assert (starred.scale > 5).sum() == 5


@pytest.mark.parametrize(("loss", "slope", "offset"), [("ce", 27.14, 44.41), ("bce", 26.68, 61.50)])
def test_table_11_gives_the_printed_fit_218(epochs: Any, loss: str, slope: float, offset: float) -> None:
    few = epochs[(epochs.loss == loss) & epochs.starred & (epochs.scale < 0.5)]
    assert np.polyfit(1 / few.scale, few.epochs, 1) == pytest.approx([slope, offset], abs=0.005)


@pytest.mark.parametrize(("name", "got"), [("A.table99", "A.table99"), ("A", "'A'"), (11, "11")])
def test_an_unknown_table_is_explained(name: Any, got: str) -> None:
    with pytest.raises(InputValueError) as caught:
        paper_table(name)
    assert caught.value.what == "name"
    assert "A.table11" in caught.value.expected
    assert got in caught.value.got
