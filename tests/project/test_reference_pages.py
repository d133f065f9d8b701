"""The glossary and the bibliography: no dead link, and they keep up with the lessons."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def read(name):
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", ["GLOSSARY.md", "BIBLIOGRAPHY.md", "NOTATION.md"])
def test_links_lead_somewhere(name):
    links = re.findall(r"\]\(([^)#:]+)\)", read(name))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_term_names_its_lesson_once_and_stands_once():
    entries = re.findall(
        r"- \*\*(.+?)\*\*: (.+?) Lesson \[(\d\d)\]\(lessons/(\d\d)_\w+\.ipynb\)\.", read("GLOSSARY.md")
    )
    assert len(entries) == (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").count("\n- **") > 50
    assert all(number == link for _, _, number, link in entries)
    terms = [term.lower() for term, *_ in entries]
    assert len(terms) == len(set(terms))


def cited():
    """The titles in the References of every lesson."""
    for path in sorted((ROOT / "lessons" / "source").glob("[0-9][0-9]_*.py")):
        text = " ".join(path.read_text(encoding="utf-8").replace("\n#", " ").split())
        for title in re.findall(r"\*([^*]{15,})\*", text.partition("## References")[2]):
            yield pytest.param(title, id=f"{path.stem[:2]} {title[:30]}")


@pytest.mark.parametrize("title", list(cited()))
def test_what_a_lesson_cites_is_in_the_bibliography(title):
    # Papers differ in how they write a title: case, and what follows a colon.
    words = re.sub(r"[^a-z ]", "", title.lower().split(":")[0])
    assert words in re.sub(r"[^a-z ]", "", read("BIBLIOGRAPHY.md").lower())
