"""Paper C's errata on the focal loss: minima that tie, dead classes below every ETF, a derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import GAP, STRENGTH
from nccourse.symbolic.derivation import Step, identity, inequality, refutation
from nccourse.symbolic.focal import FOCUSING, XI, bend, collapsed_objective, loss, slope
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

ACTIVE = 26
FOCAL_CASE = {K: sp.Integer(30), FOCUSING: sp.Integer(3), STRENGTH: sp.Rational(41225, 10**6)}
_BIAS_DECAY = sp.Rational(1, 100)


def dead_class_objective(active: int = ACTIVE) -> sp.Expr:
    """Return the focal objective of an ETF of ``active`` classes beside dead ones, at simple rational values.

    K = 30, n = 1, d = 31, β = 3, λ_W = λ_H = .041225, λ_b = .01. The dead classes have w_k = h_k = 0 and, in
    paper C's sign, bias -3/100; the active ones share the opposite sum; the gap is 49/60.

    >>> dead_class_objective().evalf(9)
    3.07217277
    """
    classes, strength, beta = FOCAL_CASE[K], FOCAL_CASE[STRENGTH], FOCAL_CASE[FOCUSING]
    gap, low = sp.Rational(49, 60), -sp.Rational(3, 100)
    dead = classes - active
    high = -dead * low / active
    own, other = gap * (active - 1) / active + high, -gap / active + high
    of_active = 1 + (active - 1) * sp.exp(other - own) + dead * sp.exp(low - own)
    of_dead = dead + active * sp.exp(high - low)
    mean_loss = (active * loss(of_active, beta) + dead * loss(of_dead, beta)) / classes
    return mean_loss + strength * (active - 1) * gap + _BIAS_DECAY / 2 * (active * high**2 + dead * low**2)


def collapsed_lower_bound(left: sp.Expr, right: sp.Expr, strength: sp.Expr | None = None) -> sp.Expr:
    """Return a lower bound of every ETF-shaped objective with a gap, in the focal example or at another c.

    The objective has one minimum in the gap (C.PhiFL), here between ``left`` and ``right``, and is convex
    from ``left`` on: it lies above its tangent there.
    """
    objective = _collapsed(strength)
    return objective.subs(GAP, left) + sp.diff(objective, GAP).subs(GAP, left) * (right - left)


def _collapsed(strength: sp.Expr | None = None) -> sp.Expr:
    numbers = FOCAL_CASE if strength is None else {**FOCAL_CASE, STRENGTH: strength}
    return collapsed_objective().subs(numbers)


def _bracket_steps(left: sp.Expr, right: sp.Expr, strength: sp.Expr | None = None) -> Iterator[Step]:
    """Confirm what :func:`collapsed_lower_bound` takes for granted."""
    slope_in_gap, price = sp.diff(_collapsed(strength), GAP), strength or FOCAL_CASE[STRENGTH]
    for gap, relation in ((left, "<"), (right, ">")):
        yield inequality(
            f"slope at u = {gap}, c = {price}",
            slope_in_gap.subs(GAP, gap),
            relation,
            0,
            reason="f_ETF falls before its minimum and rises after it",
            confirms=True,
        )
    yield inequality(
        f"convex from u = {left}",
        bend(1 + (K - 1) * sp.exp(-left)).subs(FOCAL_CASE),
        ">",
        0,
        reason="ϑ > 0 there and, since it falls with ξ, at wider gaps",
        confirms=True,
    )


def _focal() -> Iterator[Step]:
    near = sp.Rational(8167, 10000), sp.Rational(8168, 10000)
    yield refutation(
        "dead classes beat every ETF",
        dead_class_objective(),
        ">=",
        collapsed_lower_bound(*near),
        reason="26 classes form an ETF, 4 are dead: below every simplex ETF of 30 classes with a gap",
        claim=r"f_{26} = 3.0721727\ldots \;\not\ge\; 3.0721970\ldots \le f_{ETF}",
    )
    yield refutation(
        "and zero",
        dead_class_objective(),
        ">=",
        _collapsed().subs(GAP, 0),
        reason="W = H = 0: below this too, so no minimizer is of the printed form",
        claim=r"f_{26} = 3.0721727\ldots \;\not\ge\; 3.0722890\ldots = f_0",
    )
    yield inequality(
        "nor is 26 the best number",
        dead_class_objective(25),
        "<",
        dead_class_objective(),
        reason="25 living classes lie lower still",
        claim=r"f_{25} < f_{26}",
        confirms=True,
    )
    yield from _bracket_steps(*near)
    yield from _tie_steps()


def _tie_steps() -> Iterator[Step]:
    after, around = sp.Rational(4125, 100000), (sp.Rational(802, 1000), sp.Rational(803, 1000))
    yield inequality(
        "before the tie",
        _collapsed().subs(GAP, sp.Rational(49, 60)),
        "<",
        _collapsed().subs(GAP, 0),
        reason="c = 0.041225: a gap is better than zero",
        claim=r"f_{ETF}(\tfrac{49}{60}) < f_0",
        confirms=True,
    )
    yield inequality(
        "after the tie",
        collapsed_lower_bound(*around, after),
        ">",
        _collapsed().subs(GAP, 0),
        reason="c = 0.04125: zero is better than every gap. Between, at c = 0.0412289, two minimizers of "
        "φ + c|t| "
        "tie, against Definition 1",
        claim=r"f_{ETF} > f_0",
        confirms=True,
    )
    yield from _bracket_steps(*around, after)


def _bend() -> Iterator[Step]:
    at = {FOCUSING: 2}
    true = sp.diff(slope(), XI)
    printed = bend() - 1 + FOCUSING
    factor = FOCUSING * (XI - 1) ** 2 / XI**4
    yield refutation(
        "printed second derivative",
        true.subs(at).subs(XI, 2),
        "=",
        (factor * printed).subs(at).subs(XI, 2),
        reason="γ = 2, ξ = 2; the derivative of ς against the printed ϑ",
        equation="C B.2",
    )
    yield identity(
        "true",
        true.subs(at),
        (factor * bend()).subs(at),
        reason="at γ = 2; for every γ in C.PhiFL. The printed argument needs only that ϑ decreases, and "
        "survives",
        claim=r"\varsigma' = \tfrac{\gamma (\xi-1)^\gamma}{\xi^{\gamma+2}} \left(-\log\xi + "
        r"\tfrac{\gamma\log\xi}"
        r"{\xi-1} + 1 + \tfrac{\gamma+1}{\gamma}\right)",
        domain={XI: sp.Interval.open(1, sp.oo)},
    )


def erratum(
    number: int, title: str, claim: str, equations: str, steps: Callable[[], Iterable[Step]]
) -> Statement:
    """Return paper C's erratum ``number``, refuted by its steps."""
    return Statement(f"C.Erratum{number}", "C", "erratum", title, claim, equations, Verdict.REFUTED, steps)


STATEMENTS = (
    erratum(
        1,
        "The focal loss does not always collapse to an ETF",
        r"Printed: $t^*$ is unique for every $c$ (a tie may be omitted) and all minimizers are ETFs. "
        r"True: for $K \ge "
        r"18$ two minima can tie, and near the tie neither is global: at $K = 30$, $n = 1$, $d = 31$, "
        r"$\beta = 3$, "
        r"$\lambda_W = \lambda_H = 0.041225$, $\lambda_b = 0.01$ an ETF of 26 classes with 4 dead ones "
        "and unequal "
        r"biases is lower. For $c \le \frac{1}{K-1}$ the theorem holds (C.FocalSafe).",
        "Theorem 1, App. B.2",
        _focal,
    ),
    erratum(
        2,
        "Second derivative of the focal φ",
        r"Printed: $\vartheta = \dots + \gamma + \frac{\gamma+1}{\gamma}$. True: $\dots + 1 + "
        r"\frac{\gamma+1}{\gamma}$.",
        "App. B.2",
        _bend,
    ),
)
