"""The site: readable without a network or a kernel, and honest about failures."""

import re
from html import escape

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nccourse.cli.site import Entry, Execution, build, find_documents
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


@pytest.fixture
def full(tmp_path, film):
    """A site with parts, two reference pages and a moving picture."""
    notebook = new_notebook(cells=[new_markdown_cell("# One\n\nSee the [glossary](../GLOSSARY.md).")])
    notebook.metadata["nccourse"] = {"run": {"seconds": 7.24}}
    nbformat.write(notebook, tmp_path / "01_one.ipynb")
    glossary = "# Words & such\n\n## Losses\n\n- **CE**: of $z$. Lesson [01](lessons/01_one.ipynb)."
    (tmp_path / "GLOSSARY.md").write_text(glossary)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "errata.md").write_text("# Errata\n\n[Words](../GLOSSARY.md#Losses)")
    entries = [
        Entry("01_one", "One", tmp_path / "01_one.ipynb", part="Foundations"),
        Entry("02_two", "Two", tmp_path / "02_two.ipynb", part="Experiments"),
        Entry("03_three", "Three", tmp_path / "03_three.ipynb", part="Foundations"),
    ]
    documents = find_documents(tmp_path)
    assert build(entries, tmp_path / "site", documents=documents, films=[film]) == {}
    return tmp_path / "site", entries, documents


@pytest.mark.parametrize(
    "name", ["index.html", "01_one.html", "glossary.html", "errata.html", "pictures.html"]
)
def test_every_page_leads_to_what_one_looks_up_and_no_link_is_dead(full, name):
    site, _, _ = full
    text = (site / name).read_text()
    for page_name in ("index.html", "glossary.html", "errata.html", "pictures.html"):
        assert f'<a href="{page_name}">' in text
    local = re.findall(r'<(?:a|iframe|script|link)[^>]* (?:href|src)="([\w/.]+)[#?"]', text)
    assert local
    assert [address for address in local if not (site / address).is_file()] == []


@pytest.mark.parametrize("name", ["glossary.html", "errata.html", "pictures.html"])
def test_further_pages_stand_alone(full, name):
    test_pages_stand_alone(full[0], name)


def test_reference_pages_have_their_title_and_lead_to_lessons_and_each_other(full):
    site, _, _ = full
    glossary, errata = ((site / name).read_text() for name in ("glossary.html", "errata.html"))
    assert "<title>Words &amp; such · Neural collapse</title>" in glossary
    assert '<a href="01_one.html">01</a>' in glossary
    assert '<a href="#Losses">Losses</a>' in glossary
    assert '<a href="glossary.html#Losses">' in errata


def test_contents_are_grouped_in_parts(full):
    text = (full[0] / "index.html").read_text()
    places = [text.index(part) for part in (">Foundations<", ">One<", ">Three<", ">Experiments<", ">Two<")]
    assert places == sorted(places)


def test_moving_pictures_are_explained_and_described(full, film):
    text = (full[0] / "pictures.html").read_text()
    assert "Rising &amp; &lt;more&gt;" in text
    assert f'alt="{film.view.alt}"' in text
    assert 'Explained in <a href="01_one.html">lesson 01</a> and lesson 02.' in " ".join(text.split())
    assert (full[0] / "film.html").read_text() == film.view.page


def test_moving_pictures_stay_unless_there_are_new_ones(full):
    site, entries, documents = full
    before = (site / "pictures.html").read_bytes()
    build(entries, site, documents=documents)
    assert (site / "pictures.html").read_bytes() == before
    assert "pictures.html" in (site / "index.html").read_text()


def test_without_moving_pictures_nothing_leads_to_them(site):
    for name in ("index.html", "01_one.html"):
        assert "pictures.html" not in (site / name).read_text()


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
        ("../lessons/02_two.ipynb", "02_two.html"),
        ("lessons/02_two.ipynb", "02_two.html"),
        ("laboratory.ipynb", "laboratory.html"),
        ("09_later.ipynb", "index.html"),
        ("../GLOSSARY.md#Losses", "glossary.html#Losses"),
        ("docs/errata.md", "index.html"),
        ("https://a.org/x.ipynb", "https://a.org/x.ipynb"),
    ],
)
def test_links_to_lessons(link, leads_to):
    assert f'href="{leads_to}"' in page(f"[see]({link})", {"02_two", "laboratory", "glossary"}).body


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


def contrast(css, first, second):
    """Contrast of two named colours in a block of the style, by WCAG 2."""

    def luminance(name):
        colour = re.search(rf"--{name}: #(\w{{6}});", css)[1]
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((ink, ground) for ink in ("text", "soft", "accent") for ground in ("ground", "raised")),
        *((ink, "raised") for ink in ("keyword", "string", "number", "name", "comment")),
        ("good", "good-ground"),
        ("bad", "bad-ground"),
    ],
)
def test_text_contrasts_with_its_ground(site, scheme, ink, ground):
    blocks = re.findall(r":root \{(.*?)\}", (site / "site.css").read_text(), re.DOTALL)
    assert contrast(blocks[scheme], ink, ground) >= 4.5
