"""A course of two small lessons, one of which fails in its third cell."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nccourse import plots
from nccourse.cli.site.films import Film

HEADER = """# ---
# jupyter:
#   nccourse:
#     title: {title}
#     objectives: [see $K$, say so]
#     prerequisites: ["01_passes", "sums"]
#     minutes: 7
#     profiles:
#       ci: {{time: 1 s, memory: 1 GB}}
#       laptop: {{time: 1 s, memory: 1 GB}}
#       gpu: {{time: 1 s, memory: 1 GB}}
#     papers: [A]
#     theorems: ["A Theorem 1"]
# ---

# %%
answer = 1
"""


def notebook(name, last):
    """A solution with a parameter, and outputs of an earlier run in its last cell."""
    stale = new_output("stream", name="stdout", text="from an earlier run")
    cells = [
        new_markdown_cell(f"# {name}\n\n## Part one\n\nSee [the other](01_passes.ipynb)."),
        new_code_cell("size = 2", metadata={"tags": ["parameters"]}),
        new_code_cell(last),
        new_code_cell("print('size is', size)", outputs=[stale], execution_count=9),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    description = {"lesson": name, "variant": "solution"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "nccourse": description})


@pytest.fixture(scope="session")
def film():
    """One small moving picture: computing the site's own takes seconds."""
    frames = (plots.class_vectors([[1, 0], [-1, 0], [0, height]]) for height in (0.5, 1.7))
    view = plots.animation(frames, alt="The third class mean rises.", dpi=40)
    return Film("rise", "Rising & <more>", "Watch $K$.", ("01", "02"), view)


@pytest.fixture
def course(tmp_path, monkeypatch, film):
    """The course's folder, found by every command."""
    for name, last in (("01_passes", "size + 1"), ("02_fails", "1 / 0")):
        source = tmp_path / "lessons" / "source" / f"{name}.py"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(HEADER.format(title=f"Lesson that {name[3:]}"))
        solution = tmp_path / "solutions" / f"{name}.ipynb"
        solution.parent.mkdir(exist_ok=True)
        nbformat.write(notebook(name, last), solution)
    monkeypatch.setenv("NCCOURSE_HOME", str(tmp_path))
    monkeypatch.setattr("nccourse.cli.site.films.films", lambda: [film])
    return tmp_path
