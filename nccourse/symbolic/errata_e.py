"""Paper E's errata, each with a counterexample to what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, refutation
from nccourse.symbolic.fixed_etf import (
    COSINE,
    FEATURE_ENERGY,
    STEP,
    WEIGHT_ENERGY,
    printed_regularity,
    pull,
    regularity,
)
from nccourse.symbolic.fixed_etf_statements import SCORE, dot_regression, total_loss
from nccourse.symbolic.frames import COSINE as ETF_COSINE
from nccourse.symbolic.softmax import LOGIT, REST, cross_entropy
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

SMALL = {K: 4, WEIGHT_ENERGY: 1, FEATURE_ENERGY: 1, STEP: 5}
LARGE = {K: 4, WEIGHT_ENERGY: 36, FEATURE_ENERGY: 36, STEP: 5}
TENTH, HALF = sp.cos(sp.Rational(1, 10)), sp.cos(sp.Rational(1, 2))


def cross_entropy_regularity(cosine: sp.Expr, setting: dict[sp.Symbol, int]) -> sp.Expr:
    """Return η_h of the cross-entropy at a cosine out of the weights' span, exactly."""
    return regularity(pull(cosine).subs(setting), cosine)


def _upper_bound() -> Iterator[Step]:
    yield refutation(
        "printed (44)",
        cross_entropy_regularity(TENTH, SMALL),
        ">=",
        printed_regularity(TENTH),
        reason="K = 4, E_W = E_H = 1, step 5, θ = .1 out of span: .0639 against .9975; (41) bounds it from "
        "above, so gives no lower bound",
        equation="E (16), (41), (44)",
        claim=r"\eta_h^{(CE)} = 0.0639 \not\ge 0.9975",
    )
    yield inequality(
        "long features",
        cross_entropy_regularity(TENTH, LARGE),
        ">",
        regularity(1 - COSINE).subs(COSINE, TENTH),
        reason="E_W = E_H = 36, all else equal: here dot regression is faster; both happen, see E.Thm2",
        claim=r"\eta_h^{(CE)} > \eta_h^{(DR)}",
        confirms=True,
    )


def _not_equal() -> Iterator[Step]:
    yield refutation(
        "printed (16)",
        regularity(1 - COSINE).subs(COSINE, HALF),
        "=",
        printed_regularity(HALF),
        reason="θ = .5: .80279 against .93879; the projection, only non-expansive in (35), brings it closer",
        equation="E (16), (35), (36)",
        claim=r"\eta_h^{(DR)} = 0.80279 \ne 0.93879",
    )


def _off_the_sphere() -> Iterator[Step]:
    length, unit = sp.Rational(1, 2), {WEIGHT_ENERGY: 1, FEATURE_ENERGY: 1}
    yield refutation(
        "printed (15)",
        -sp.diff(dot_regression(), SCORE).subs(SCORE, length).subs(unit),
        "=",
        (1 - COSINE).subs(COSINE, 1),
        reason="E_W = E_H = 1, h = w_c/2: the factor is 1 - w_c.h = 1/2, the printed 1 - cos is 0",
        equation="E (15)",
    )


def _denominator() -> Iterator[Step]:
    own = cross_entropy(LOGIT, REST)
    yield refutation(
        "printed (18)",
        sp.diff(own, LOGIT),
        "=",
        -sp.Rational(1, 2),
        reason="K = 2, h = 0: without j = k the slope in the own logit is -1; (19) has -(1 - p_k) = -1/2",
        equation="E (18), (19)",
    )
    yield identity(
        "with it",
        sp.diff(cross_entropy(LOGIT, sp.exp(LOGIT) + REST), LOGIT).subs({LOGIT: 0, REST: 1}),
        -sp.Rational(1, 2),
        claim=r"-(1 - p_k) = -\tfrac12",
        reason="with the whole sum, as in (3)",
    )


def _monotone() -> Iterator[Step]:
    value, x = sp.Symbol("v", positive=True), sp.Symbol("x", real=True)
    yield refutation(
        "printed",
        (sp.exp(x) / x).subs(x, -2),
        "<",
        (sp.exp(x) / x).subs(x, -1),
        reason="x = -2 and -1: -.0677 against -.3679",
        equation="E after (25)",
    )
    yield inequality(
        "decreasing",
        sp.diff(sp.exp(-value) / value, value),
        "<",
        0,
        claim=r"\tfrac{d}{dv} \tfrac{e^{-v}}{v} < 0",
        reason="e^x/x = -e^(-v)/v at x = -v falls with x; one to one all the same, so (26) follows",
    )


def _nearest() -> Iterator[Step]:
    feature, vectors = sp.Integer(1), (sp.Integer(1), sp.Integer(-1))
    products = [feature * vector for vector in vectors]
    nearest = min((0, 1), key=lambda k: abs(feature - vectors[k]))
    yield refutation(
        "printed NC4",
        products[nearest],
        "<=",
        products[1 - nearest],
        reason="K = 2, w = ±1 and class means ±1, h = 1: the nearest mean is +1, whose weight has the "
        "largest product",
        equation="E (NC4)",
        claim=r"\langle h, w_1 \rangle = 1 \not\le \langle h, w_2 \rangle = -1",
    )


def _cosine_and_factor() -> Iterator[Step]:
    place = {"h_1": 1, "h_2": 0, "h_3": -1, "h_4": 0}
    at = {sp.Symbol(name, real=True): value for name, value in place.items()}
    gradient = sp.diff(total_loss(2, 2), sp.Symbol("w_1", real=True))
    gradient = gradient.subs(at | {sp.Symbol(f"w_{i}", real=True): 0 for i in range(1, 5)})
    yield refutation(
        "printed angle",
        sp.acos(ETF_COSINE.subs(K, 3)),
        "=",
        ETF_COSINE.subs(K, 3),
        reason="K = 3: the angle is 2π/3, its cosine -1/2",
        equation="E (2)",
    )
    yield refutation(
        "printed (8)",
        gradient,
        "=",
        gradient / 2,
        reason="K = N = 2, w = 0, h = 1 and -1: the gradient of the mean loss (4) has the factor 1/N; (8) is "
        "that of the sum",
        equation="E (4), (8)",
    )


def _erratum(
    number: int, title: str, claim: str, equations: str, steps: Callable[[], Iterable[Step]]
) -> Statement:
    return Statement(f"E.Erratum{number}", "E", "erratum", title, claim, equations, Verdict.REFUTED, steps)


STATEMENTS = (
    _erratum(
        1,
        "Dot regression is not always faster",
        r"Printed: $\eta^{(CE)} \ge \frac{1+\cos}{2} = \eta^{(DR)}$ for any fixed step. True: out of span, "
        r"where the assumption holds exactly, $\eta^{(CE)} < \eta^{(DR)}$ iff $G(\theta) > 1 - \cos\theta$, "
        "so always near the optimum; for long features dot regression wins until very close.",
        "Theorem 2, (16), (44)",
        _upper_bound,
    ),
    _erratum(
        2,
        "An upper bound printed as equality",
        r"Printed: $\eta^{(DR)} = \frac{1+\cos}{2}$. True: $\frac{1+\cos}{s(1+s)}$, $s = \sqrt{1+\sin^2}$, "
        "which is less.",
        "(16), (36)",
        _not_equal,
    ),
    _erratum(
        3,
        "Where the gradient of dot regression holds",
        r"Printed: $-(1-\cos)\, w_c$ without condition. True: on $\|h\|^2 = E_H$, as along the paper's "
        "iteration.",
        "(15)",
        _off_the_sphere,
    ),
    _erratum(
        4,
        "A denominator",
        r"Printed: the sum over $j \ne k$. True: over all $j$, as in (3), and as its gradient (19) has it.",
        "(18)",
        _denominator,
    ),
    _erratum(
        5,
        "Monotone the other way",
        "Printed: $e^x/x$ increases for $x < 0$. True: it decreases; the conclusion stands.",
        "(25), (26)",
        _monotone,
    ),
    _erratum(
        6,
        "Nearest class center",
        r"Printed: $\mathrm{argmin}_k \langle h, w_k \rangle$. True: $\mathrm{argmax}_k$.",
        "(NC4)",
        _nearest,
    ),
    _erratum(
        7,
        "A cosine, and a factor",
        r"Printed: the angle $-\frac1{K-1}$, and (8) as the gradient of the loss. True: its cosine; (8) is "
        r"the gradient of the sum, $N$ times that of (4).",
        "(2), (8)",
        _cosine_and_factor,
    ),
)
