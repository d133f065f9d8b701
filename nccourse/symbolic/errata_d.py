"""Paper D's errata, each with a counterexample to what is printed; its results stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, refutation
from nccourse.symbolic.imbalanced import (
    COUNT,
    DECAY_H,
    DECAY_W,
    MARGIN,
    OTHER,
    TOTAL,
    WEIGHT_SCALE,
    bound_of_class,
    feature_square,
    margin,
    slope,
    weight_rows,
)
from nccourse.symbolic.imbalanced_collapse import (
    MAJORS,
    MINOR_COUNT,
    MINORS,
    collapse_ratio,
    multiplier,
    printed_ratio,
)
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

TWO_SAMPLES = {K: 2, COUNT: 1, OTHER: 1, TOTAL: 2, DECAY_W: sp.Rational(1, 10), DECAY_H: sp.Rational(1, 10)}
TWO_SIZES = {K: 4, TOTAL: 16, DECAY_W: sp.Rational(8, 100), DECAY_H: sp.Rational(8, 100)}


def _length() -> sp.Expr:
    """The length of both features at K = 2, n = (1, 1), λ_W = λ_H = 1/10."""
    return sp.sqrt(feature_square(margin(slope()))).subs(TWO_SAMPLES)


def two_size_bounds() -> tuple[sp.Expr, sp.Expr]:
    """Return the proof's lower bound with one constant c_1, and the minimum, at n = (2, 2, 6, 6), λ = .08."""
    small, large = (slope(sp.Integer(count)).subs(TWO_SIZES) for count in (2, 6))
    shared = sp.Rational(3, 4) * bound_of_class(large, margin(large))
    uncapped = sp.Rational(1, 4) * bound_of_class(small, margin(small))
    return (shared + uncapped).subs(K, 4), (shared + sp.log(K) / 4).subs(K, 4)


def _dual_variables() -> Iterator[Step]:
    yield refutation(
        "printed remark",
        multiplier(sp.Integer(1), sp.Integer(1), _length()).subs(TWO_SAMPLES),
        "=",
        0,
        reason="K = 2, n = (1, 1), λ_W = λ_H = 1/10: the multiplier of h_1 on the axis of h_2, see D.KKT; "
        "the trace (43), all the proof needs, is true: D.Lem1",
        equation="D remark in 7.1",
    )


def _matrix_identity() -> Iterator[Step]:
    first, second = sp.symbols("v_1 v_2", positive=True)
    w_k, w_j = weight_rows(first**2, second**2, sp.Integer(0))
    weights = sp.Matrix([w_k, w_j])[:, :2]
    yield identity(
        "off the diagonal",
        -(K - 1) - (K - 1) + (K - 2),
        -K,
        claim=r"\textstyle\sum_m w_{m1} w_{m2} = -K \kappa^2 v_1 v_2",
        reason="axes of classes 1, 2 at the minimizer (10), v_k = sqrt(n_k) ‖h_k‖; two own rows, K - 2 more",
    )
    yield refutation(
        "printed, Lemma 1",
        (WEIGHT_SCALE**2 * (weights.T * weights)[0, 1])
        .subs(K, 2)
        .subs({first: 1, second: 1})
        .subs(TWO_SAMPLES),
        "=",
        0,
        reason="K = 2, both features of length 1: λ_W W'W has an entry where λ_H sum n_k h_k h_k' has 0",
        equation="D proof of Lemma 1",
    )
    yield identity(
        "diagonal",
        (K - 1) ** 2 + (K - 1),
        K * (K - 1),
        claim=r"\textstyle\sum_m w_{m1}^2 = \kappa^2 K (K-1)\, v_1^2 = \tfrac{\lambda_H}{\lambda_W} v_1^2",
        reason="agrees, and so does the trace",
    )


def _collapsed_bound() -> Iterator[Step]:
    printed, minimum = two_size_bounds()
    yield refutation(
        "printed equality",
        printed,
        "=",
        minimum,
        reason="n = (2, 2, 6, 6), λ = .08: with one c_1 the bound is 1.23514, the minimum 1.23593",
        equation="D Step 4",
        claim=r"\textstyle\sum_k \tfrac{n_k}{N} c_{2,k} \ne \sum_k g(x_k^*) \qquad (1.23514,\ 1.23593)",
    )
    yield inequality(
        "the small classes collapse",
        slope(sp.Integer(2)).subs(TWO_SIZES),
        ">",
        sp.Rational(3, 4),
        reason="y = c_1/sqrt(2) = .784 is above (K-1)/K; with t_k = 1/(K-1) there the proof holds: D.Thm1",
        confirms=True,
    )


def _global_mean() -> Iterator[Step]:
    features, classes = sp.Matrix([1, 1, 1, 1]), 2
    yield refutation(
        "printed h_G",
        sum(features) / classes,
        "=",
        sum(features) / len(features),
        reason="K = n = 2, all four features 1: 1/K times the sum over all samples is 2, their mean is 1",
        equation="D Sec. 5.1",
    )


def _indices() -> Iterator[Step]:
    features, scaled = sp.Matrix([1, 1]), sp.Matrix([1, 2])
    yield refutation(
        "printed sum over k",
        features[0] ** 2,
        ">=",
        sum(features) ** 2,
        reason="h_{1,1} = h_{2,1} = 1, n_1 = 1: the printed ‖sum_k h_{k,i}‖²/n_k mixes classes; sum over i",
        equation="D Step 1",
    )
    yield refutation(
        "printed (45)",
        2 * scaled[0] - sum(scaled),
        "=",
        2 * scaled[1] - sum(scaled),
        reason="K = 2, sqrt(n) h = 1 and 2: the index m on the right is free, m = 1, 2 disagree; k is meant",
        equation="D (45), Step 4",
    )


def _cosine(own: sp.Expr, other: sp.Expr, total: sp.Expr) -> sp.Expr:
    w_k, w_j = weight_rows(own, other, total - own - other)
    return w_k.dot(w_j) / sp.sqrt(w_k.dot(w_k) * w_j.dot(w_j))


def _correlation() -> Iterator[Step]:
    w_k, w_j = weight_rows(sp.Integer(2), sp.Integer(1), sp.Integer(1))
    yield refutation(
        "printed",
        w_k.dot(w_k).subs(K, 3),
        "<=",
        w_j.dot(w_j).subs(K, 3),
        reason="K = 3, sqrt(n_m) M_m = 2, 1, 1: the largest class has the longest weight (Proposition 1)",
        equation="D Sec. 4.1",
    )
    large, small = (
        _cosine(sp.Integer(10), s, sp.Integer(14)).subs(K, 4) for s in (sp.Integer(2), sp.Integer(1))
    )
    yield refutation(
        "cosines pair by pair",
        large,
        "<=",
        small,
        reason="K = 4, sqrt(n_m) M_m = 10, 2, 1, 1: the second class is larger than the third, yet its "
        "cosine with the first is larger",
        equation="D Sec. 4.1",
    )
    yield inequality(
        "true",
        sp.diff((1 + sp.exp(MARGIN) / (K - 1)) * MARGIN, MARGIN),
        ">",
        0,
        reason="sqrt(n) M rises with n, and the norm with it (Corollary 2)",
    )


def _implicit() -> Iterator[Step]:
    example = {
        K: 2,
        MAJORS: 1,
        MINORS: 1,
        MINOR_COUNT: 1,
        DECAY_W: sp.Rational(1, 20),
        DECAY_H: sp.Rational(1, 10),
    }
    yield identity(
        "solved",
        collapse_ratio().subs(example),
        9,
        claim=r"R \ge 9",
        reason="K_A = K_B = 1, n_B = 1, λ_W λ_H = 1/200: with N = R + 1 the condition is R + 1 >= 10",
    )
    yield identity(
        "printed, N at R = 9",
        printed_ratio(sp.Integer(10)).subs(example),
        9,
        claim=r"\tfrac{1}{K_A}\left(\tfrac{K-1}{N K \lambda_W \lambda_H} - K_B\right)\Big|_{N = 10} = 9",
        reason="true as an equivalence",
        equation="D (17)",
    )
    yield refutation(
        "printed, as a number",
        printed_ratio(sp.Integer(2)).subs(example),
        "=",
        printed_ratio(sp.Integer(10)).subs(example),
        reason="the right side contains N = R + 1: 49 at R = 1, 9 at R = 9",
        equation="D (17)",
    )


def _erratum(
    number: int, title: str, claim: str, equations: str, steps: Callable[[], Iterable[Step]]
) -> Statement:
    return Statement(f"D.Erratum{number}", "D", "erratum", title, claim, equations, Verdict.REFUTED, steps)


STATEMENTS = (
    _erratum(
        1,
        "The multipliers are not zero",
        r"Printed: strong duality holds with dual variables 0, so $\nabla_H L_1 = 0$. True: the multipliers "
        r"of $H \ge 0$ are positive on the axes of the other classes; only $\langle \mu, H \rangle = 0$.",
        "remark in 7.1",
        _dual_variables,
    ),
    _erratum(
        2,
        "A matrix identity that holds in the trace",
        r"Printed: $\lambda_W W^\top W = \lambda_H \sum_k n_k h_k h_k^\top$. True: the two sides have equal "
        r"traces, all the proof uses, but differ off the diagonal.",
        "proof of Lemma 1",
        _matrix_identity,
    ),
    _erratum(
        3,
        "The proof when a class collapses",
        "Printed: the bound with one constant $c_1$ equals the minimum. True: only while every class "
        "survives; with $t_k = 1/(K-1)$ for a collapsed class the theorem holds as stated.",
        "Step 4, (38), (47)",
        _collapsed_bound,
    ),
    _erratum(
        4,
        "The global mean",
        r"Printed: $h_G = \frac1K \sum_k \sum_i h_{k,i}$. True: $\frac1N$, as in Section 3.",
        "Sec. 5.1",
        _global_mean,
    ),
    _erratum(
        5,
        "Index slips",
        r"Printed: $\|\sum_k h_{k,i}\|^2$, and $K\sqrt{n_m} h_m$ for $w_k$. True: $\|\sum_i h_{k,i}\|^2$, "
        r"and $K\sqrt{n_k} h_k$.",
        "Step 1, Step 4, (45)",
        _indices,
    ),
    _erratum(
        6,
        "Norm and class size",
        "Printed: the norm of a weight is negatively correlated with the class size. True: it rises with it, "
        "as Proposition 1 and the text after it say. With two sizes, the cosine of two "
        "large classes is below that of two small ones (Corollary 3); it does not fall pair by pair.",
        "Sec. 4.1",
        _correlation,
    ),
    _erratum(
        7,
        "An implicit threshold",
        r"Printed: $R \ge \frac{1}{K_A}(\frac{K-1}{NK\lambda_W\lambda_H} - K_B)$, where $N$ contains $R$. "
        r"True: that is an equivalence, not a number; solved for fixed $n_B$: $R \ge "
        r"\frac{1}{K_A}(\sqrt{\frac{K-1}{n_B K \lambda_W\lambda_H}} - K_B)$.",
        "(17)",
        _implicit,
    ),
)
