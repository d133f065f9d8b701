"""One executed notebook as a fragment of HTML, with its sections."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

_WIDGET = "application/vnd.jupyter.widget-view+json"
_SECTION = re.compile(r'<h2 id="([^"]*)">(.*?)<a class="anchor-link"', re.DOTALL)
_LOCAL = r'href="(?:\.{1,2}/|lessons/|docs/)*'
_NOTEBOOK_LINK = re.compile(_LOCAL + r'(\w+)\.ipynb(#[^"]*)?"')
_DOCUMENT_LINK = re.compile(_LOCAL + r'(\w+)\.md(#[^"]*)?"')


@dataclass(frozen=True)
class Fragment:
    """The body of a page, and its sections as (anchor, heading)."""

    body: str
    sections: list[tuple[str, str]]


def render(notebook: NotebookNode, pages: Collection[str]) -> Fragment:
    """Render a notebook, leaving out what only a kernel could show.

    Args:
        notebook: with its outputs, which are thinned in place.
        pages: names of the lessons and documents that have a page; a link to another leads to the index.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _shows_something(output)]
    body, _ = _exporter().from_notebook_node(notebook)
    for kind in (_NOTEBOOK_LINK, _DOCUMENT_LINK):
        body = kind.sub(lambda link: _page_link(link, pages), body)
    return Fragment(body, _SECTION.findall(body))


@cache
def _exporter() -> HTMLExporter:
    kinds = HTMLExporter().default_config.NbConvertBase.display_data_priority
    # A live widget needs a kernel: the picture stored beside it is shown instead.
    settings = Config(NbConvertBase={"display_data_priority": [kind for kind in kinds if kind != _WIDGET]})
    return HTMLExporter(
        config=settings, template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True
    )


def _shows_something(output: Any) -> bool:
    if output.output_type == "stream":
        return bool(output.name == "stdout")  # stderr holds progress bars and the machine's own warnings
    data = output.get("data", {})
    return _WIDGET not in data or any(kind.startswith(("image/", "text/html")) for kind in data)


def _page_link(link: re.Match[str], pages: Collection[str]) -> str:
    name, anchor = link[1].lower(), link[2] or ""
    return f'href="{name}.html{anchor}"' if name in pages else 'href="index.html"'
