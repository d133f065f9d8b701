"""Nothing numbered is left out, nothing named is missing, and the committed pages are the generated ones."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from nccourse.cli import main
from nccourse.symbolic import Verdict, numbered, registry, statement, statements
from nccourse.symbolic.coverage import ROWS, coverage_page
from nccourse.symbolic.errata_page import LESSONS, PROOFS, RESULTS, effect, errata_page, lesson

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT.parent / "shared" / "papers"
LABEL = re.compile(r"\b(Theorem|Lemma|Proposition|Corollary|Definition|Remark)s?\s+((?:S-)?\d+)")


def test_every_numbered_statement_of_the_texts_is_listed():
    for text in TEXTS.glob("*.txt"):
        found = {" ".join(label) for label in LABEL.findall(text.read_text(encoding="utf-8"))}
        assert found == set(numbered.NUMBERED[text.name[0]]), text.name


def test_every_numbered_statement_is_covered():
    assert numbered.missing() == []
    assert [len(labels) for labels in numbered.NUMBERED.values()] == [24, 6, 17, 8, 7]


def test_a_statement_carries_its_number():
    kinds = {"Theorem": "Thm", "Lemma": "Lem", "Proposition": "Prop", "Corollary": "Cor", "Definition": "Def"}
    covering = {name for labels in numbered.NUMBERED.values() for name in labels.values()}
    for paper, labels in numbered.NUMBERED.items():
        for label, identifier in labels.items():
            word, number = label.split()
            own = f"{paper}.{kinds.get(word, word)}{number}"
            assert identifier == own or own not in {entry.id for entry in statements()}, label
    for kind in ("theorem", "lemma", "proposition", "corollary"):
        assert {entry.id for entry in statements(kind=kind) if entry.paper != "all"} <= covering


def test_a_removed_statement_makes_the_command_fail(capsys, monkeypatch):
    left = {entry.id: entry for entry in statements() if entry.id in ("D.Thm1", "D.Lem1")}
    monkeypatch.setattr(registry, "_catalogue", lambda: left)
    monkeypatch.setattr("nccourse.symbolic.statements", lambda **chosen: (left["D.Lem1"],))
    assert main(["theorems", "--paper", "D"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "D Corollary 4  [MISSING] no statement of the catalogue covers it" in lines
    assert not any(line.startswith("D Theorem 1 ") for line in lines)


def test_what_a_supplement_keeps_is_said_to_be_there():
    assert {entry.id for entry in statements() if entry.status == Verdict.UNAVAILABLE} == {"B.Lem5", "B.Lem6"}
    assert not [entry.id for entry in statements() if entry.status == Verdict.UNCHECKED]


def test_every_statement_has_a_row():
    named = [name for row in ROWS for name in row.statements]
    assert len(named) == len(set(named))
    assert set(named) == {entry.id for entry in statements() if entry.kind != "erratum"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.result)
def test_what_a_row_names_exists(row):
    for name in row.theory:
        module, function = name.split(".")
        assert callable(getattr(import_module(f"nccourse.theory.{module}"), function))
    for name in row.models:
        module, test = name.split("::")
        assert f"\ndef {test}(" in (ROOT / "tests" / "ufm" / f"{module}.py").read_text(), name
    for number in row.lessons:
        assert list((ROOT / "lessons" / "source").glob(f"{number}_*.py")), number
    assert row.models


def test_every_result_has_a_lesson():
    assert [row.result for row in ROWS if not row.lessons] == []


def test_errata_are_grouped_once_and_say_printed_and_true():
    errata = statements(kind="erratum")
    grouped = [f"{short[0]}.Erratum{short[2:]}" for short in (*RESULTS, *PROOFS)]
    assert len(set(grouped)) == len(grouped)
    assert {statement(name).kind for name in grouped} == {"erratum"}
    assert {effect(entry) for entry in errata} == {"result", "proof", "slip"}
    for entry in errata:
        assert re.fullmatch(r"Printed: .+ True: .+", entry.claim), entry.id
        assert any(step.counterexample for step in entry.derivation), entry.id


def test_a_cell_of_its_lesson_runs_each_erratum_that_matters():
    errata = statements(kind="erratum")
    assert [entry.id for entry in errata if effect(entry) != "slip" and not lesson(entry)] == []
    assert sum(map(len, LESSONS.values())) == sum(bool(lesson(entry)) for entry in errata)
    for entry in filter(lesson, errata):
        (master,) = (ROOT / "lessons" / "source").glob(f"{lesson(entry)}_*.py")
        code = re.sub(r"^#.*", "", master.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert f'"{entry.id}"' in code, entry.id


@pytest.mark.parametrize(("name", "page"), [("errata.md", errata_page), ("coverage.md", coverage_page)])
def test_the_committed_page_is_the_generated_one(name, page):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page(), "run: nccourse theorems --pages docs"


def test_pages_are_written_where_asked(capsys, tmp_path):
    assert main(["theorems", "--pages", str(tmp_path / "docs")]) == 0
    assert (tmp_path / "docs" / "errata.md").read_text(encoding="utf-8") == errata_page()
    assert (tmp_path / "docs" / "coverage.md").read_text(encoding="utf-8") == coverage_page()
    assert capsys.readouterr().out.count("wrote") == 2


def test_links_and_tables_of_the_pages_hold():
    errata, coverage = errata_page(), coverage_page()
    assert set(re.findall(r"\]\(#(\w+)\)", errata)) == set(re.findall(r'<a id="(\w+)">', errata))
    assert errata.count("$") % 2 == 0
    rows = [line for line in coverage.splitlines() if line.startswith("| ")]
    assert {line.count(" | ") for line in rows} <= {1, 3, 4}
