"""No step compares an expression with itself, and no counterexample is two typed numbers."""

import ast
from pathlib import Path

import pytest
import sympy as sp

import nccourse.symbolic
from nccourse.errors import InputValueError
from nccourse.symbolic import identity, statements

SOURCES = sorted(Path(nccourse.symbolic.__file__).parent.glob("*.py"))
# Names that only build numbers.
CONSTRUCTORS = {"sp", "ONE"}


def calls(path, function, arguments):
    """The arguments of every call of ``function`` in a module, as syntax trees."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            yield node.lineno, [node.args[i] for i in arguments if i < len(node.args)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_both_sides_are_not_written_alike(path):
    for line, sides in (*calls(path, "identity", (1, 2)), *calls(path, "inequality", (1, 3))):
        assert len({ast.dump(side) for side in sides}) == len(sides), f"{path.name}:{line}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_counterexample_is_computed_from_something(path):
    for line, sides in calls(path, "refutation", (1, 3)):
        names = {node.id for side in sides for node in ast.walk(side) if isinstance(node, ast.Name)}
        assert not sides or names - CONSTRUCTORS, f"{path.name}:{line}"


def test_a_step_that_reads_x_equals_x_is_refused():
    x = sp.Symbol("x")
    with pytest.raises(InputValueError, match="both sides come out as one expression"):
        identity("same", (x + 1) - 1, x, reason="nothing is claimed")


def test_no_claim_reads_left_equals_left():
    for entry in statements():
        for step in entry.derivation:
            sides = step.claim.split(" = ")
            assert len(sides) != 2 or sides[0].strip() != sides[1].strip(), f"{entry.id}, {step.name}"
