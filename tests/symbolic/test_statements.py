import re
from dataclasses import replace

import pytest
import sympy as sp

from nccourse.errors import InputValueError
from nccourse.symbolic import (
    Derivation,
    FalseStatementError,
    Statement,
    Verdict,
    identity,
    inequality,
    limit,
    refutation,
    statement,
    statements,
    unchecked,
)

x = sp.Symbol("x", positive=True)


@pytest.mark.parametrize("entry", statements(), ids=lambda entry: entry.id)
def test_every_statement_is_checked_as_strongly_as_recorded(entry):
    verification = entry.verify()
    assert verification.status == entry.status
    names = [step.name for step in entry.derivation]
    assert len(names) == len(set(names))
    assert all(step.reason and step.claim for step in entry.derivation)


def test_every_erratum_refutes_something():
    errata = statements(kind="erratum")
    assert [entry.id for entry in errata if entry.paper == "A"] == [f"A.Erratum{i}" for i in range(1, 18)]
    assert {entry.status for entry in errata} == {Verdict.REFUTED}


def test_the_table_shows_claim_reason_equation_and_check():
    entry = statement("A.Eq39")
    plain, checked = entry._repr_markdown_(), entry.verify()._repr_markdown_()
    assert "| step | claim | reason | equation |" in plain
    assert "| checked |" in checked
    assert "proved symbolically" in checked
    assert "A (39)" in plain
    columns = {line.count(" | ") for line in checked.splitlines()}
    assert columns == {4}


@pytest.mark.parametrize("entry", statements(), ids=lambda entry: entry.id)
def test_no_cell_of_a_table_breaks_it(entry):
    table = entry.derivation._repr_markdown_().splitlines()
    assert {line.count("|") for line in table} == {5}
    assert all(re.search(r"\\[a-zA-Z]|\d|=", line) for line in table[2:])


def test_a_false_step_is_named():
    fine = identity("fine", (x + 1) ** 2, x**2 + 2 * x + 1, reason="expand")
    derivation = Derivation((fine, identity("broken", x + 1, x, reason="not the same")))
    with pytest.raises(FalseStatementError, match="step 'broken'"):
        derivation.verify()


def test_the_status_is_the_weakest_step_that_does_not_merely_confirm():
    strong = identity("strong", (x + 1) ** 2, x**2 + 2 * x + 1, reason="expand")
    weak = unchecked("words", "x", reason="an argument in words")
    confirmation = inequality("again", 1 + x, "<=", sp.exp(x), reason="points only", confirms=True)
    assert Derivation((strong, confirmation)).verify().status == Verdict.PROVED
    assert Derivation((strong, weak)).verify().status == Verdict.UNCHECKED
    assert (
        Derivation((strong, refutation("no", 1, "=", 2, reason="differ"))).verify().status == Verdict.REFUTED
    )


def test_a_regressed_statement_fails():
    entry = statement("A.Lem16")
    with pytest.raises(FalseStatementError, match=r"the status of A\.Lem16"):
        replace(entry, status=Verdict.CASES).verify()
    broken = replace(entry, steps=lambda: [limit("l", sp.Function("f")(x), x, sp.oo, 0, reason="unknown")])
    with pytest.raises(FalseStatementError, match="undecided"):
        broken.verify()


def test_a_refutation_of_something_true_fails():
    with pytest.raises(FalseStatementError, match="it holds"):
        refutation("wrong", 1, "<", 2, reason="but it is").verify()


def test_steps_are_found_by_name_and_index():
    derivation = statement("A.Eq8").derivation
    assert derivation["value"] is derivation[0]
    assert len(derivation) == len(list(derivation))
    with pytest.raises(InputValueError, match="step: expected one of"):
        derivation["nothing"]
    assert derivation[0]._repr_latex_().startswith("$")


def test_a_mistyped_id_is_answered_with_near_ones():
    with pytest.raises(InputValueError, match=r"'A\.Lem16'"):
        statement("A.Lemma16")


def test_a_line_names_the_statement_and_its_status():
    assert str(statement("A.Lem16")) == "A.Lem16  When the bias separates the scores  [proved symbolically]"


@pytest.mark.parametrize(("field", "value"), [("paper", "F"), ("kind", "guess")])
def test_a_statement_belongs_to_a_paper_and_a_kind(field, value):
    with pytest.raises(InputValueError, match=f"{field}: expected one of"):
        replace(statement("A.Lem16"), **{field: value})


def test_statements_are_selected_by_paper_and_kind():
    theorems = statements(paper="A", kind="theorem")
    assert [entry.id for entry in theorems][:2] == ["A.Thm1", "A.Thm2"]
    assert all(isinstance(entry, Statement) for entry in theorems)
