"""The site: readable without a network or a kernel, and honest about failures."""

import re
from html import escape

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nccourse.cli.site import Entry, Execution, build
from nccourse.cli.site.fragment import render
from nccourse.cli.site.offline import external_loads

WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "VBox(children=())"}
PICTURE = {"image/png": "aGVsbG8="}
ALT = {"image/png": {"alt": "Loss against γ"}}


def shown(data, metadata=None):
    output = new_output("display_data", data=data, metadata=metadata or {})
    return render(new_notebook(cells=[new_code_cell("x", outputs=[output])]), ()).body


def page(text, pages=()):
    return render(new_notebook(cells=[new_markdown_cell(text)]), pages)


@pytest.fixture
def site(tmp_path):
    """The site of one lesson that ran and one that did not, between which one leads."""
    notebook = new_notebook(cells=[new_markdown_cell("# One\n\n$a<b$"), new_code_cell("1 < 2")])
    notebook.metadata["nccourse"] = {
        "run": {"seconds": 7.24, "failing_cell": None, "error": "", "source": ""}
    }
    for name in ("01_one", "03_three"):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    entries = [
        Entry(name, f"About {name[3:]} & <more>", tmp_path / f"{name}.ipynb", objectives=("see", "say"))
        for name in ("01_one", "02_two", "03_three")
    ]
    assert build(entries, tmp_path / "site") == {}
    return tmp_path / "site"


@pytest.mark.parametrize("name", ["index.html", "01_one.html", "03_three.html"])
def test_pages_stand_alone(site, name):
    text = (site / name).read_text()
    assert '<html lang="en">' in text
    assert re.search(r"<title>[^<]+</title>", text)
    assert external_loads(text) == []
    loads = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"?]+)', text)
    local = [address for address in loads if not address.startswith("data:")]
    assert local
    assert all((site / address).is_file() for address in local)


def test_the_style_loads_nothing(site):
    assert external_loads((site / "site.css").read_text()) == []


def test_index_lists_every_lesson_with_its_outcome(site):
    text = (site / "index.html").read_text()
    assert "About one &amp; &lt;more&gt;" in text
    assert "See; say." in text
    assert text.count("✓ passed · 7.2 s") == 2
    assert text.count(">not run<") == 1
    assert "02_two.html" not in text


def test_pages_lead_to_the_lessons_that_were_executed(site):
    assert '<a href="03_three.html" rel="next"' in (site / "01_one.html").read_text()
    assert '<a href="01_one.html" rel="prev"' in (site / "03_three.html").read_text()


def test_building_again_changes_nothing(site, tmp_path):
    before = {path.name: path.read_bytes() for path in site.glob("*.*")}
    entries = [Entry("01_one", "One", tmp_path / "01_one.ipynb")]
    build(entries, site)
    build(entries, tmp_path / "again")
    assert (site / "01_one.html").read_bytes() == (tmp_path / "again" / "01_one.html").read_bytes()
    assert (site / "site.css").read_bytes() == before["site.css"]


def test_a_live_widget_is_left_out():
    assert "VBox" not in shown(WIDGET)


def test_a_widget_with_a_picture_shows_the_picture_with_its_description():
    body = shown(WIDGET | PICTURE, ALT)
    assert 'src="data:image/png;base64,aGVsbG8="' in body
    assert 'alt="Loss against γ"' in body
    assert "widget" not in body


def test_embedded_pages_are_kept():
    frame = '<iframe srcdoc="&lt;p&gt;moves&lt;/p&gt;" title="3-D view"></iframe>'
    assert frame in shown({"text/html": frame} | PICTURE)


def test_what_a_machine_says_on_stderr_is_left_out():
    outputs = [new_output("stream", name=name, text=f"to {name}") for name in ("stdout", "stderr")]
    body = render(new_notebook(cells=[new_code_cell("x", outputs=outputs)]), ()).body
    assert "to stdout" in body
    assert "to stderr" not in body


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("02_two.ipynb", "02_two.html"),
        ("./02_two.ipynb#Part", "02_two.html#Part"),
        ("09_later.ipynb", "index.html"),
        ("https://a.org/x.ipynb", "https://a.org/x.ipynb"),
    ],
)
def test_links_to_lessons(link, leads_to):
    assert f'href="{leads_to}"' in page(f"[see]({link})", {"02_two"}).body


def test_sections_are_the_second_level_headings():
    fragment = page("# Title\n\n## One\n\n### Detail\n\n## The $K$ classes")
    assert [text for _, text in fragment.sections] == ["One", "The $K$ classes"]
    assert all(f'id="{anchor}"' in fragment.body for anchor, _ in fragment.sections)


@pytest.mark.parametrize("name", ["script src", "img src", "iframe src", "link href", "video src"])
@pytest.mark.parametrize("address", ["https://cdn.org/a", "http://cdn.org/a", "//cdn.org/a"])
def test_what_needs_a_network_is_found(name, address):
    tag, attribute = name.split()
    html = f'<p><{tag} class="x"\n{attribute}="{address}"></p>'
    assert external_loads(html) == [address]
    assert external_loads(f'<iframe srcdoc="{escape(html)}"></iframe>') == [address]


@pytest.mark.parametrize("css", ["@import 'https://a.org/s.css'", "background: url(https://a.org/s.css)"])
def test_what_a_style_loads_is_found(css):
    assert external_loads(f"<style>{css}</style>") == ["https://a.org/s.css"]


@pytest.mark.parametrize(
    "html", ['<a href="https://a.org">', '<img src="data:image/png;base64,//8=">', "<p>https://a.org</p>"]
)
def test_links_and_data_need_no_network(html):
    assert external_loads(html) == []


def test_a_page_that_needs_a_network_is_reported(tmp_path):
    output = new_output("display_data", data={"text/html": '<img src="https://a.org/x.png" alt="x">'})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    notebook.metadata["nccourse"] = {"run": {"seconds": 1.0}}
    nbformat.write(notebook, tmp_path / "01_one.ipynb")
    reported = build([Entry("01_one", "One", tmp_path / "01_one.ipynb")], tmp_path / "site")
    assert reported == {"01_one": ["https://a.org/x.png"]}


def test_a_kernel_that_died_is_a_failure_without_a_cell():
    execution = Execution(new_notebook(), 3.0, error="DeadKernelError: Kernel died")
    assert not execution.passed
    assert execution.place == "the kernel"
    assert execution.anchor == ""
