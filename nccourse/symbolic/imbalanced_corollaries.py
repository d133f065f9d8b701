"""Paper D, Proposition 1 and Corollaries 1 to 3: norms and angles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.frames import CENTRING, COSINE, product
from nccourse.symbolic.imbalanced import (
    COUNT,
    DECAY_H,
    DECAY_W,
    MARGIN,
    OTHER,
    WEIGHT_SCALE,
    feature_square,
    margin,
    weight_rows,
    weights,
)
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

MAJORS, MINORS = sp.symbols("K_A K_B", integer=True, positive=True)
MAJOR, MINOR = sp.symbols("a b", positive=True)
OWN, RIVAL = sp.symbols("s_k s_j", positive=True)
REST = sp.Symbol("r", nonnegative=True)
PAIRS = {MAJORS: sp.Range(2, sp.oo), MINORS: sp.Range(2, sp.oo)}


def angle_of_equals(own: sp.Expr, own_classes: sp.Expr, other: sp.Expr, other_classes: sp.Expr) -> sp.Expr:
    """Return the cosine between weights of two classes of one group.

    Args:
        own: sqrt(n) M of the group's classes.
        own_classes: how many they are.
        other: sqrt(n) M of the classes of the other group.
        other_classes: how many they are.

    Source: D (15), (16).
    """
    total = own_classes + other_classes
    return 1 - total**2 * own / (total**2 * own - total * own - other_classes * own + other_classes * other)


def _norm_steps() -> Iterator[Step]:
    w_k, w_j = weight_rows(OWN, RIVAL, REST)
    yield identity(
        "scale",
        WEIGHT_SCALE**2 * COUNT * feature_square(),
        sp.sqrt(DECAY_H / DECAY_W) / (K * sp.sqrt(K * (K - 1))) * sp.sqrt(COUNT) * MARGIN,
        claim=r"\tfrac{1}{K(K-1)} \tfrac{\lambda_H}{\lambda_W} n_m \|h_m\|^2 = "
        r"\tfrac{1}{K\sqrt{K(K-1)}} \sqrt{\tfrac{\lambda_H}{\lambda_W}}\, s_m,\quad s_m = \sqrt{n_m} M_m",
        reason="(9) and (10)",
    )
    yield identity(
        "norm",
        w_k.dot(w_k),
        (K - 1) ** 2 * OWN + RIVAL + REST,
        claim=r"\textstyle\|w_k\|^2 \propto (K-1)^2 s_k + \sum_{m \ne k} s_m",
        reason="orthogonal axes: K - 1 on its own, -1 on the others",
    )
    yield identity(
        "inner product",
        w_k.dot(w_j),
        -(K - 1) * OWN - (K - 1) * RIVAL + REST,
        claim=r"\textstyle w_k^\top w_j \propto -(K-1) s_k - (K-1) s_j + \sum_{m \ne k, j} s_m",
        reason="r the sum over the other classes; the cosine is the quotient",
    )
    yield identity(
        "written out",
        lambda k: weights(k) * weights(k).T,
        _gram,
        claim=r"W W^\top",
        reason="all classes at once",
        confirms=True,
    )


def _gram(classes: int) -> sp.ImmutableMatrix:
    squares = [length**2 for length in sp.symbols(f"v_1:{classes + 1}", nonnegative=True)]
    off = sp.Matrix(
        classes,
        classes,
        lambda i, j: -classes * (squares[i] + squares[j]) if i != j else -2 * classes * squares[i],
    )
    own = sp.diag(*[classes**2 * square for square in squares])
    return sp.ImmutableMatrix(off + own + sum(squares) * sp.ones(classes, classes))


def _balanced_steps() -> Iterator[Step]:
    square = sp.Symbol("rho", positive=True) ** 2
    a, c = product(CENTRING, CENTRING)
    own, total = sp.symbols("h S", real=True)
    yield identity(
        "weights are centred means",
        WEIGHT_SCALE * (K * sp.sqrt(COUNT) * own - sp.sqrt(COUNT) * total),
        WEIGHT_SCALE * K * sp.sqrt(COUNT) * (own - total / K),
        claim=r"w_k = \kappa K \sqrt{n}\, (h_k - h_G)",
        reason="(10) with equal counts, coordinate by coordinate; S the sum of the class means, κ the factor",
        equation="D Corollary 1",
    )
    yield identity(
        "weights are an ETF",
        square * sp.Matrix([a, c]),
        square * sp.Matrix(CENTRING),
        claim=r"(\bar H - h_G \mathbf 1^\top)^\top (\bar H - h_G \mathbf 1^\top) = \rho^2 (I - \tfrac1K "
        r"\mathbf{11}^\top)",
        reason="equal margins, so H'H = ρ² I (OF), centred on both sides",
        equation="D Corollary 1",
    )
    yield identity(
        "logits too",
        sp.Matrix([(K - 1) / K * MARGIN, -MARGIN / K]),
        MARGIN * sp.Matrix([CENTRING[0] + CENTRING[1], CENTRING[1]]),
        claim=r"Z = M (I - \tfrac1K \mathbf{11}^\top)",
        reason="(11), (12) with one margin",
        equation="D Corollary 1",
    )
    w_k, w_j = weight_rows(OWN, OWN, (K - 2) * OWN)
    yield identity(
        "cosine",
        w_k.dot(w_j) / w_k.dot(w_k),
        COSINE,
        claim=r"\cos(w_k, w_j) = -\tfrac{1}{K-1}",
        reason="Proposition 1 with equal s_m",
    )


def _ratio_steps() -> Iterator[Step]:
    (w_k, w_j), root = weight_rows(OWN, RIVAL, REST), sp.Symbol("r", positive=True)
    second = sp.Symbol("M_j", positive=True)
    yield identity(
        "features",
        feature_square() / feature_square(second, OTHER),
        sp.sqrt(OTHER / COUNT) * MARGIN / second,
        claim=r"\tfrac{\|h_k\|^2}{\|h_j\|^2} = \sqrt{\tfrac{n_j}{n_k}}\, \tfrac{M_k}{M_j}",
        reason="quotient of (9); classes with M_j > 0",
        equation="D (14)",
    )
    yield identity(
        "weights",
        w_k.dot(w_k) - w_j.dot(w_j),
        K * (K - 2) * (OWN - RIVAL),
        claim=r"\|w_k\|^2 - \|w_j\|^2 \propto K (K-2) (s_k - s_j)",
        reason="Proposition 1; for K = 2 the norms are equal",
        equation="D (14)",
    )
    count_root = 1 + sp.exp(MARGIN) / (K - 1)
    yield inequality(
        "more samples, longer weight",
        sp.diff(count_root * MARGIN, MARGIN),
        ">",
        0,
        claim=r"\tfrac{d}{dM} \sqrt{n}\, M > 0,\quad \sqrt{n} = c_1 (1 + \tfrac{e^M}{K-1})",
        reason="(6) solved for the count rises with M, so s_k rises with n_k, and with it the weight norm",
    )
    yield identity(
        "feature norm rises at first",
        sp.diff(margin(1 / root) / root, root).subs(root, K / (K - 1)),
        (K - 1) ** 2 / K,
        claim=r"\left.\tfrac{d}{dr} \tfrac{\bar M}{r}\right|_{\bar M = 0} = \tfrac{(K-1)^2}{K},\quad "
        r"r = \sqrt{n_k} / c_1",
        reason="positive: just above the collapse threshold it grows with the count",
        equation="D Sec. 4.1",
    )
    yield limit(
        "and falls at last",
        margin(1 / root) / root,
        root,
        sp.oo,
        0,
        claim=r"\lim_{r \to \infty} \bar M / r = 0",
        reason="so the squared feature norm, proportional to it, is not monotone in the count",
        equation="D Sec. 4.1",
    )


def _angle_steps() -> Iterator[Step]:
    groups = {"majority": (MAJOR, MAJORS, MINOR, MINORS), "minority": (MINOR, MINORS, MAJOR, MAJORS)}
    for equation, (name, (own, classes, other, others)) in zip((15, 16), groups.items(), strict=True):
        first, second = weight_rows(own, own, (classes - 2) * own + others * other)
        yield identity(
            name,
            (first.dot(second) / first.dot(first)).subs(K, MAJORS + MINORS),
            angle_of_equals(own, classes, other, others),
            reason="Proposition 1, two classes of one group: a = sqrt(n_A) M_A, b = sqrt(n_B) M_B",
            equation=f"D ({equation})",
            domain=PAIRS,
        )
    excess = sp.Symbol("delta", positive=True)
    yield inequality(
        "majority angles are wider",
        angle_of_equals(MINOR + excess, MAJORS, MINOR, MINORS),
        "<",
        angle_of_equals(MINOR, MINORS, MINOR + excess, MAJORS),
        domain=PAIRS,
        claim=r"a > b \;\Rightarrow\; \cos(w_{major}, w'_{major}) < \cos(w_{minor}, w'_{minor})",
        reason="a = b + δ; a > b since n_A > n_B, by Corollary 2; b = 0 likewise",
    )
    yield identity(
        "minority collapse",
        angle_of_equals(sp.Integer(0), MINORS, MAJOR, MAJORS),
        1,
        claim=r"b = 0 \;\Rightarrow\; \cos(w_{minor}, w'_{minor}) = 1",
        reason="collapsed classes share one weight",
    )


def _statement(
    label: str, kind: str, title: str, claim: str, equations: str, steps: Callable[[], Iterator[Step]]
) -> Statement:
    return Statement(f"D.{label}", "D", kind, title, claim, equations, Verdict.PROVED, steps)


STATEMENTS = (
    _statement(
        "Prop1",
        "proposition",
        "Norms and angles of the weights",
        r"With $s_m = \sqrt{n_m} M_m$: $\|w_k\|^2 \propto (K-1)^2 s_k + \sum_{m \ne k} s_m$, "
        r"$w_k^\top w_j \propto -(K-1)(s_k + s_j) + \sum_{m \ne k,j} s_m$.",
        "Proposition 1",
        _norm_steps,
    ),
    _statement(
        "Cor1",
        "corollary",
        "Balanced classes",
        "With equal counts the class means form an orthogonal frame, weights and logits a simplex ETF.",
        "Corollary 1",
        _balanced_steps,
    ),
    _statement(
        "Cor2",
        "corollary",
        "Ratios of norms",
        r"$n_i \ge n_j$ implies $\|w_i\| \ge \|w_j\|$; the feature norm is not monotone in the count.",
        "(14)",
        _ratio_steps,
    ),
    _statement(
        "Cor3",
        "corollary",
        "Angles of two groups",
        r"Eqs. (15), (16), and $\cos(w_{major}, w'_{major}) < \cos(w_{minor}, w'_{minor})$.",
        "(15), (16)",
        _angle_steps,
    ),
)
