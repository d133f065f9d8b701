r"""Machine-checked derivations of the papers' theorems, in exact arithmetic (sympy only).

Assert a step of your own; each function returns the :class:`Verdict` it reached (a string such as "proved
symbolically") or raises :class:`FalseStatementError` with a counterexample in ``.point``. Floats are refused.
K is an integer >= 2 and gamma > 0; other symbols follow their assumptions, or ``domain={x: Interval(0,
1)}``::

    from nccourse.symbolic import K, gamma, assert_identity, assert_inequality, assert_limit
    assert_identity(K / (K - 1) - 1, 1 / (K - 1))     # matrices too; or functions of the integer K
    assert_inequality(1 - K, "<", 0)
    assert_limit(gamma * exp(-gamma), gamma, oo, 0)

Verdicts, strongest first: ``Verdict.PROVED`` "proved symbolically" (every symbol free, so for general K),
``REFUTED`` "refuted by a counterexample", ``CASES`` "proved for small K", ``POINTS`` "holds at random
rational points, 50 digits", ``UNCHECKED`` "not machine-checked", ``UNAVAILABLE`` "text not available".

Read, show and verify the course's statements::

    statement("A.Thm1")                  # displays claim and derivation (step, claim, reason, equation)
    statement("A.Thm1").verify()         # runs the checks, adds a "checked" column; .status
    statement("A.Thm1").derivation["any bias"]     # one step by name
    statements(paper="A", kind="erratum")          # the catalogue; print(s) gives one line with the status

Build a derivation of your own from steps::

    Derivation((identity("square", (x + 1)**2, x**2 + 2*x + 1, reason="expand", equation="A (8)"),
                inequality(...), limit(...), refutation(...), unchecked("existence", r"\min", reason="...")))

Expressions for the lessons live in the modules, e.g. ``symbolic.simplex_etf.canonical_frame(K)``,
``symbolic.normalized.bce_at_etf(b)``, ``bce_bias()``, ``CE_MINIMUM``, ``symbolic.rates.etf_mode(a)``,
``symbolic.bce_regularized.objective()``.
"""

from nccourse.symbolic.assertions import assert_identity, assert_inequality, assert_limit
from nccourse.symbolic.derivation import (
    Derivation,
    Step,
    Verification,
    identity,
    inequality,
    limit,
    refutation,
    unavailable,
    unchecked,
)
from nccourse.symbolic.registry import statement, statements
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b, d, gamma, n
from nccourse.symbolic.verdict import FalseStatementError, UndecidedError, Verdict

__all__ = [
    "Derivation",
    "FalseStatementError",
    "K",
    "Statement",
    "Step",
    "UndecidedError",
    "Verdict",
    "Verification",
    "assert_identity",
    "assert_inequality",
    "assert_limit",
    "b",
    "d",
    "gamma",
    "identity",
    "inequality",
    "limit",
    "n",
    "refutation",
    "statement",
    "statements",
    "unavailable",
    "unchecked",
]
