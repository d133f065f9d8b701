"""Paper B's errata, each with a counterexample to what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import BIAS_DECAY, STRENGTH, effective_bias, objective, offcentre_gap
from nccourse.symbolic.derivation import Step, inequality, refutation
from nccourse.symbolic.normalized import sigmoid
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

EXAMPLE = {K: sp.Integer(4), STRENGTH: sp.Rational(1, 50), BIAS_DECAY: sp.Rational(1, 20)}


def offcentre_objective() -> sp.Expr:
    """Return the objective of the off-centred minimizer at K = 4, n = 2, λ = (.01, .02, .05), 0.655777."""
    bias = STRENGTH / BIAS_DECAY
    return objective(offcentre_gap(), K * (effective_bias() - bias), bias).subs(EXAMPLE)


def _offcentre() -> Iterator[Step]:
    gap, bias = sp.Rational(69, 10), sp.Rational(92, 100)
    yield refutation(
        "printed Theorem 2",
        4 * (effective_bias() - STRENGTH / BIAS_DECAY).subs(EXAMPLE),
        "=",
        0,
        reason="K = 4, n = 2, λ = (.01, .02, .05): the minimizer's offset t, see B.Thm2",
    )
    yield inequality(
        "lower than centred",
        offcentre_objective(),
        "<",
        objective(gap, sp.Integer(0), bias).subs(EXAMPLE),
        reason="0.65578 against 0.71853, the best centred value to five digits",
        confirms=True,
    )


def _collapse() -> Iterator[Step]:
    yield refutation(
        "printed conditions",
        100 * sp.sqrt(500) * sp.Rational(5, 10000),
        "<",
        1,
        reason="CIFAR-100, n = 500, λ = 5e-4: K c = 1.118, so W = H = 0 is the minimizer and no ETF",
        equation="B Theorems 1, 2",
    )


def _transposed() -> Iterator[Step]:
    weights = sp.Matrix([[1, 0], [-1, 0]])
    yield refutation(
        "printed (11)",
        (weights.T * weights)[0, 0],
        "=",
        1,
        reason="K = d = 2, the ETF w_1 = (1, 0) = -w_2: W'W has a 2 there; W W' is meant",
        equation="B (11)",
    )


def _factor() -> Iterator[Step]:
    yield refutation(
        "printed (19)",
        (sigmoid(sp.Integer(0)) - 1) / 4,
        "=",
        sigmoid(sp.Integer(0)) - 1,
        reason="n = K = 2, logit 0: (3) averages over nK = 4 samples",
        equation="B (18), (19)",
    )


def _indices() -> Iterator[Step]:
    yield refutation(
        "printed (20)",
        sp.Integer(3),
        "<=",
        2,
        reason="K = 2, n = 3: the printed sum runs j, the class of h_i^(j), to n = 3, beyond K = 2",
        equation="B (20)",
    )


def _table() -> Iterator[Step]:
    yield refutation(
        "Table 1",
        -sp.Rational(236, 100),
        "=",
        -sp.Rational(750, 100) / 9,
        reason="K = 10: (13) says s_neg = -s_pos/(K-1), the BCE row has 7.50 and -2.36",
        equation="B (13), Table 1",
    )


def _erratum(
    number: int, title: str, claim: str, equations: str, steps: Callable[[], Iterable[Step]]
) -> Statement:
    return Statement(f"B.Erratum{number}", "B", "erratum", title, claim, equations, Verdict.REFUTED, steps)


STATEMENTS = (
    _erratum(
        1,
        "The minimizer can be off-centred",
        r"Printed: every minimizer is a centred ETF. True: only if $\lambda_b b^* \le c$, or $d = K-1$.",
        "Theorem 2",
        _offcentre,
    ),
    _erratum(
        2,
        "Too much decay leaves nothing",
        "Printed: no condition on the decay. True: $Kc < 1$, $c = \\sqrt{n\\lambda_W\\lambda_H}$, else all "
        "is zero.",
        "Theorems 1, 2",
        _collapse,
    ),
    _erratum(3, "Transposed Gram matrix", "Printed: $W^\\top W$. True: $W W^\\top$.", "(11)", _transposed),
    _erratum(4, "A missing factor", "Printed: without $1/(nK)$. True: with it.", "(18), (19)", _factor),
    _erratum(
        5,
        "Swapped indices",
        "Printed: $i$ to $K$, $j$ to $n$. True: $i$ to $n$, $j$ to $K$.",
        "(20)",
        _indices,
    ),
    _erratum(
        6,
        "Table 1 against (13)",
        "Printed: BCE scores 7.50 and -2.36. They are not of the form (13); off-centred scores are not.",
        "(13), Table 1",
        _table,
    ),
)
