"""A derivation: named steps, each with claim, reason, equation and the check that a machine runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from typing import Any, overload

import sympy as sp

from nccourse.errors import InputValueError, NCCourseError
from nccourse.symbolic.assertions import Side, assert_identity, assert_inequality, assert_limit
from nccourse.symbolic.falsifying import evaluate
from nccourse.symbolic.symbols import exact
from nccourse.symbolic.verdict import FalseStatementError, Verdict

_LATEX_RELATIONS = {"=": "=", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}


@dataclass(frozen=True)
class Step:
    """One step of a derivation.

    Args:
        name: what the step is called, unique in its derivation.
        claim: the claim in LaTeX, without dollar signs.
        reason: why it holds, in words.
        equation: where it stands in the paper, e.g. ``"A (39)"``; empty for a step of ours.
        check: what a machine runs; None says openly that nothing does.
        confirms: the step repeats an earlier one by other means, so it must hold but does not weaken the
            status.
        counterexample: for a refutation, what the print would say there, e.g. ``"1.3132617 >= 1.4100375"``.

    >>> x = sp.Symbol("x")
    >>> step = identity("square", (x + 1) ** 2, x**2 + 2 * x + 1, reason="expand")
    >>> print(step.verify())
    proved symbolically
    """

    name: str
    claim: str
    reason: str
    equation: str = ""
    check: Callable[[], Verdict] | None = None
    confirms: bool = False
    counterexample: str = ""

    def verify(self) -> Verdict:
        """Run the check, once: a step that several statements share keeps its verdict.

        Raises:
            FalseStatementError: the step is false; its message begins with the step's name.
        """
        return self._verdict

    @cached_property
    def _verdict(self) -> Verdict:
        return Verdict.UNCHECKED if self.check is None else self.check()

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.claim}$"


def identity(
    name: str,
    lhs: Side,
    rhs: Side,
    *,
    reason: str,
    equation: str = "",
    claim: str | None = None,
    confirms: bool = False,
    **options: Any,
) -> Step:
    """Return the step lhs = rhs, checked by :func:`assert_identity` with ``options``.

    Sides that are functions of K need a claim in LaTeX.
    """
    return Step(
        name,
        claim or _claim(lhs, "=", rhs),
        reason,
        equation,
        lambda: assert_identity(lhs, rhs, **options),
        confirms,
    )


def inequality(
    name: str,
    lhs: Side,
    relation: str,
    rhs: Side,
    *,
    reason: str,
    equation: str = "",
    claim: str | None = None,
    confirms: bool = False,
    **options: Any,
) -> Step:
    """Return the step lhs ``relation`` rhs, checked by :func:`assert_inequality` with ``options``."""
    return Step(
        name,
        claim or _claim(lhs, relation, rhs),
        reason,
        equation,
        lambda: assert_inequality(lhs, relation, rhs, **options),
        confirms,
    )


def limit(
    name: str,
    expression: sp.Expr,
    symbol: sp.Symbol,
    point: sp.Expr | int,
    value: sp.Expr | int,
    *,
    reason: str,
    equation: str = "",
    claim: str | None = None,
    direction: str = "+",
) -> Step:
    """Return the step "expression tends to value", checked by :func:`assert_limit`."""
    claim = claim or (
        rf"\lim_{{{sp.latex(symbol)} \to {sp.latex(point)}}} {sp.latex(expression)} "
        rf"= {sp.latex(sp.sympify(value))}"
    )
    return Step(
        name,
        claim,
        reason,
        equation,
        lambda: assert_limit(expression, symbol, point, value, direction=direction),
    )


def refutation(
    name: str, lhs: Any, relation: str, rhs: Any, *, reason: str, equation: str = "", claim: str | None = None
) -> Step:
    """Return the step that shows a printed "lhs relation rhs" false at a counterexample.

    Both sides are numbers there; the claim shows them with the relation struck out.

    >>> print(refutation("sign", 1, ">=", 2, reason="example").verify())
    refuted by a counterexample
    """
    left, right = exact("lhs", lhs), exact("rhs", rhs)
    if left.free_symbols | right.free_symbols:
        raise InputValueError(
            "lhs", expected="numbers, at one counterexample", got=f"{left} {relation} {right}"
        )

    def check() -> Verdict:
        try:
            assert_identity(left, right) if relation == "=" else assert_inequality(left, relation, right)
        except FalseStatementError:
            return Verdict.REFUTED
        raise FalseStatementError(
            f"the refutation of {left} {relation} {right}", expected="a counterexample", got="it holds"
        )

    low, high = _decimals(left), _decimals(right)
    return Step(
        name,
        claim or f"{_refuted(left, relation, right)} \\qquad ({low}, {high})",
        reason,
        equation,
        check,
        counterexample=f"{low} {relation} {high}",
    )


def unchecked(name: str, claim: str, *, reason: str, equation: str = "") -> Step:
    """Return a step no machine checks: existence, compactness, an argument in words."""
    return Step(name, claim, reason, equation)


def unavailable(name: str, claim: str, *, reason: str, equation: str = "") -> Step:
    """Return a step for what stands in a text we do not have.

    >>> print(unavailable("proof", "x > 0", reason="in a supplement").verify())
    text not available
    """
    return Step(name, claim, reason, equation, lambda: Verdict.UNAVAILABLE)


def shared(steps: Callable[[], Iterable[Step]]) -> Callable[[], tuple[Step, ...]]:
    """Build the steps once, so that all statements that use them share one run of the checks."""

    @cache
    @wraps(steps)
    def built() -> tuple[Step, ...]:
        return tuple(steps())

    return built


@dataclass(frozen=True)
class Derivation:
    """A sequence of steps; shows itself as a table in a notebook."""

    steps: tuple[Step, ...]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, key: int) -> Step: ...
    @overload
    def __getitem__(self, key: str) -> Step: ...
    def __getitem__(self, key: int | str) -> Step:
        if isinstance(key, int):
            return self.steps[key]
        for step in self.steps:
            if step.name == key:
                return step
        raise InputValueError("step", expected=f"one of {[step.name for step in self.steps]}", got=repr(key))

    def verify(self) -> Verification:
        """Run every step's check.

        Raises:
            FalseStatementError: a step is false; the message names it.
        """
        return Verification(tuple((step, _verify(step)) for step in self.steps))

    def _repr_markdown_(self) -> str:
        header = ["step", "claim", "reason", "equation"]
        return _table(header, ([s.name, _math(s.claim), s.reason, s.equation] for s in self.steps))


@dataclass(frozen=True)
class Verification:
    """Steps with the verdicts their checks reached."""

    rows: tuple[tuple[Step, Verdict], ...]

    @property
    def status(self) -> Verdict:
        """The weakest verdict, leaving out steps that only confirm others."""
        return Verdict.weakest(verdict for step, verdict in self.rows if not step.confirms)

    def __str__(self) -> str:
        return "\n".join(f"{step.name}: {verdict}" for step, verdict in self.rows)

    def _repr_markdown_(self) -> str:
        header = ["step", "checked", "claim", "reason", "equation"]
        return _table(
            header, ([s.name, str(verdict), _math(s.claim), s.reason, s.equation] for s, verdict in self.rows)
        )


def _verify(step: Step) -> Verdict:
    try:
        return step.verify()
    except NCCourseError as error:
        error.args = (f"step {step.name!r}: {error}",)
        raise


def _claim(lhs: Side, relation: str, rhs: Side) -> str:
    if callable(lhs) or callable(rhs):
        raise InputValueError("claim", expected="LaTeX, since the sides are functions of K", got="None")
    if relation == "=" and sp.sympify(lhs) == sp.sympify(rhs):
        raise InputValueError(
            "claim", expected="LaTeX, since both sides come out as one expression", got=f"{lhs} = {rhs}"
        )
    return f"{sp.latex(sp.sympify(lhs))} {_LATEX_RELATIONS[relation]} {sp.latex(sp.sympify(rhs))}"


def _refuted(left: sp.Basic, relation: str, right: sp.Basic) -> str:
    return rf"{sp.latex(left)} \;\not{_LATEX_RELATIONS[relation]}\; {sp.latex(right)}"


def _decimals(side: sp.Basic) -> str:
    value = evaluate(side, {})
    return "?" if value is None else f"{float(value):.8g}"


def _math(latex: str) -> str:
    # A bar would end the table's cell.
    return f"${latex}$".replace(r"\|", r"\Vert ").replace("|", r"\vert ")


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    # A bar in a reason would end its cell, too.
    cells = ([cell.replace("\n", " ").replace("|", "&#124;") for cell in row] for row in rows)
    lines = [header, ["---"] * len(header), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
