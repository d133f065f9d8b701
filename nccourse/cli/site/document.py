"""The reference pages beside the lessons: the project's Markdown pages, as pages of the site."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

_SOURCES = ("GLOSSARY.md", "NOTATION.md", "BIBLIOGRAPHY.md", "docs/errata.md", "docs/coverage.md")


@dataclass(frozen=True)
class Document:
    """A Markdown page that starts with its title.

    Args:
        source: the file; the page of ``docs/errata.md`` is ``errata.html``.
    """

    source: Path

    @property
    def name(self) -> str:
        """The file's stem in lower case."""
        return self.source.stem.lower()

    @property
    def page(self) -> str:
        """File name of the page."""
        return f"{self.name}.html"

    @property
    def title(self) -> str:
        """The first heading."""
        lines = self.source.read_text(encoding="utf-8").splitlines()
        headings = (line.removeprefix("# ") for line in lines if line.startswith("# "))
        return next(headings, self.source.stem.capitalize())

    def notebook(self) -> NotebookNode:
        """Return the page as a notebook of one cell, so that it looks as the lessons do."""
        text = self.source.read_text(encoding="utf-8")
        notebook: NotebookNode = new_notebook(cells=[new_markdown_cell(text, id=self.name)])
        return notebook


def find_documents(root: Path) -> list[Document]:
    """Return those reference pages that are in the course at ``root``."""
    return [Document(root / source) for source in _SOURCES if (root / source).is_file()]
