"""Tables of the papers: what is printed, number for number, and the fits the papers made of it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nccourse.errors import InputValueError
from nccourse.experiments import entries, paper_table, paper_tables

TEXTS = Path(__file__).resolve().parents[3] / "shared" / "papers"
NUMBER = re.compile(r"(?:(?<=pm)|(?<!\w))[-+]?\d+(?:\.\d+)?")
# Where the text glues the numbers of a table together, digits of one column stand before those of the next.
GLUED = ("E.table1",)
# Paper B prints 61.10 - 60.79 as +0.21.
SLIPS = {("accuracy", "cifar100", "densenet121", "sgd", "da1")}
# Where the numbers of figures are discussed.
APPENDICES = {"A": "## F EXPERIMENTAL VERIFICATION FOR THEOREMS 5 AND 6", "C": "A Experiments"}
# What the paper prints in other signs: "balanced", crosses and ticks.
WORDS = {"E.table1": {1.0}, "A.table4": {0.0, 1.0}}


@pytest.mark.parametrize("name", paper_tables())
def test_every_table_says_what_it_is(name: str) -> None:
    table = paper_table(name)
    assert name in entries()
    paper, number = re.fullmatch(r"([A-E])\.(?:table|fig)(\d+)", name).groups()
    kind = "Table" if ".table" in name else "Fig."
    assert table.attrs["source"].startswith(f"Paper {paper}, {kind} {number}")
    assert list(table.attrs["columns"]) == list(table.columns)
    assert all(table.attrs["columns"].values())
    assert len(table) > 0
    assert not table.drop(columns="alpha", errors="ignore").isna().any(axis=None)
    assert not table.duplicated(table.attrs["keys"]).any()


def test_every_table_of_the_papers_is_there() -> None:
    printed = {name for name in entries() if ".table" in name}
    assert printed <= set(paper_tables())


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the papers' texts do not come with the project")
@pytest.mark.parametrize("name", paper_tables())
def test_every_number_stands_in_the_text_of_its_table(name: str) -> None:
    table, text = paper_table(name), _text(name)
    values = table.drop(columns=[*table.attrs["keys"], "starred"], errors="ignore").select_dtypes("number")
    numbers = Counter(float(value) for value in values.to_numpy().ravel() if not np.isnan(value))
    for word in WORDS.get(name, ()):
        del numbers[word]
    if name in GLUED:
        missing = [number for number in numbers if f"{number:g}" not in text]
    else:
        printed = Counter(float(number) for number in NUMBER.findall(text))
        missing = [number for number in numbers if printed[number] < numbers[number]]
    assert not missing
    keys = {float(key) for column in table.attrs["keys"] for key in table[column] if _is_number(key)}
    printed_keys = {float(number) for number in NUMBER.findall(text)}
    assert keys - WORDS.get(name, set()) <= printed_keys


@pytest.mark.parametrize(
    ("name", "quantities"), [("B.table2", ("accuracy", "uniform_accuracy")), ("E.table2", ("accuracy",))]
)
def test_printed_differences_are_the_differences_of_the_printed(name: str, quantities: Any) -> None:
    table = paper_table(name)
    keys = [key for key in table.attrs["keys"] if key != "loss"]
    for quantity in quantities:
        by_loss = table.pivot_table(quantity, keys, "loss")
        better = by_loss["bce" if name.startswith("B") else "dot_regression"]
        off = np.abs(better - by_loss.ce - by_loss.difference)
        wrong = {(quantity, *setting) for setting in off[off > 0.0501].index}
        assert wrong <= SLIPS


def test_table_1_is_a_part_of_table_5() -> None:
    keys = ["loss", "scale"]
    whole = paper_table("A.table5").query("optimizer == 'sgd'").drop(columns="optimizer")
    both = paper_table("A.table1").merge(whole, on=keys, suffixes=("", "_whole"))
    assert len(both) == len(paper_table("A.table1"))
    for quantity in ("accuracy", "unbiased_accuracy", "compactness", "separability"):
        assert (both[quantity] == both[f"{quantity}_whole"]).all()


def _text(name: str) -> str:
    """Return the text between a table's caption and the next heading, caption or paragraph far below."""
    paper, number = re.fullmatch(r"([A-E])\.(?:table|fig)(\d+)", name).groups()
    lines = next(TEXTS.glob(f"{paper}-*.txt")).read_text(encoding="utf-8").splitlines()
    kind = "Table" if ".table" in name else "Figure"
    first = next(i for i, line in enumerate(lines) if line.startswith(f"{kind} {number}:"))
    if kind == "Figure":  # its numbers stand in the appendix that discusses it
        appendix = next(i for i, line in enumerate(lines) if line == APPENDICES[paper])
        return "\n".join(lines[appendix : appendix + 60]).replace("- ", "-")
    following = (i for i in range(first + 1, len(lines)) if lines[i].startswith(("Table ", "Figure ", "#")))
    return "\n".join(lines[first : next(following, len(lines))])


def _is_number(key: Any) -> bool:
    return not isinstance(key, str) or bool(re.fullmatch(r"\d+", key))


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
