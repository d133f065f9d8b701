"""Paper A's errata on rates, experiments and definitions, each with a counterexample to what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit, refutation
from nccourse.symbolic.feature_properties import compactness
from nccourse.symbolic.normalized import sigmoid
from nccourse.symbolic.rates import CE_PROBABILITY, CURVATURE, bce_probability
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, gamma
from nccourse.symbolic.verdict import Verdict

# The starred points of Table 11 for the CE at large γ: (γ, epochs).
TABLE_11_CE = ((6, 77), (7, 180), (8, 435), (9, 1448), (sp.Rational(19, 2), 2083))


def _shrinking_margin() -> Iterator[Step]:
    margin, moving = gamma**2 * sigmoid(sp.Integer(-1)), gamma * sigmoid(sp.Integer(0))
    yield limit(
        "shrinking margin",
        margin,
        gamma,
        sp.oo,
        sp.oo,
        claim=r"\lim_{\gamma \to \infty} \gamma^2 \sigma(-s\gamma)\big|_{s = 1/\gamma} = \infty",
        reason="critical condition I allows a margin s = 1/γ",
    )
    yield limit(
        "moving bias",
        moving,
        gamma,
        sp.oo,
        sp.oo,
        claim=r"\lim_{\gamma \to \infty} \gamma\, \sigma(-\gamma - b)\big|_{b = -\gamma} = \infty",
        reason="nor may the bias follow γ",
    )
    yield refutation(
        "printed (2)",
        margin.subs(gamma, 10),
        "<=",
        margin.subs(gamma, 1),
        reason="with s = 1/γ the bound does not decay",
        equation="A Theorems 5(2), 6(2)",
    )
    shift = sp.Symbol("b", real=True)
    yield limit("true", gamma**2 * sigmoid(-gamma - shift), gamma, sp.oo, 0, reason="margin and bias fixed")


def _small_scale() -> Iterator[Step]:
    for name, probability, factor in (
        ("CE", CE_PROBABILITY, sp.Integer(1)),
        ("BCE", bce_probability(), 1 - bce_probability()),
    ):
        rate = probability * gamma * CURVATURE * factor
        yield limit(
            f"{name}, not linear",
            rate / gamma,
            gamma,
            0,
            0,
            claim=r"\lambda_{\rm ETF} / \gamma \to 0",
            reason="the rate of the ETF mode (K >= 4) up to its factor 4/(n+1), see A.SmallScale",
        )
    yield refutation(
        "printed (1)",
        sp.limit((CE_PROBABILITY * gamma * CURVATURE / gamma).subs(K, 10), gamma, 0),
        ">",
        0,
        reason="a linear decay of the rate would leave a positive limit of rate over γ",
        equation="A Theorems 5(1), 6(1)",
        claim=r"\lim_{\gamma \to 0} \lambda_{\rm ETF} / \gamma = 0 \not> 0",
    )


def _epochs() -> Iterator[Step]:
    def fit(scale: sp.Expr) -> sp.Expr:
        return sp.Rational(2714, 100) / scale + sp.Rational(4441, 100)

    yield refutation(
        "printed, App. F",
        fit(sp.Rational(2, 10)),
        "=",
        (fit(sp.Rational(1, 10)) + fit(sp.Rational(3, 10))) / 2,
        reason="a linear function takes its mean value in the middle; the paper's own fit (218) is a/γ + c",
        equation="A (218)",
    )


def _compactness_bound() -> Iterator[Step]:
    u, v = sp.symbols("u v", real=True)
    yield identity(
        "mean cosine",
        (1 + 1 + 2 * u * v + 2 * sp.sqrt(1 - u**2) * sp.sqrt(1 - v**2)) / 4,
        ((u + v) ** 2 + (sp.sqrt(1 - u**2) + sp.sqrt(1 - v**2)) ** 2) / 4,
        claim=r"\tfrac{1}{n_k^2} \sum_{i,i'} \cos = \big\| \tfrac{1}{n_k} \sum_i \hat h_i \big\|^2 \ge 0",
        reason="so E_com >= 1/2 for any features; two unit vectors in the plane",
        domain={u: sp.Interval(-1, 1), v: sp.Interval(-1, 1)},
        confirms=True,
    )
    printed = sp.Rational(1, 2) - 1 / (2 * (K - 1))
    yield inequality(
        "vacuous",
        printed,
        "<",
        sp.Rational(1, 2),
        reason="the printed bound lies below what holds always",
        equation="A B.3",
    )
    yield refutation(
        "informative?",
        printed.subs(K, 2),
        ">=",
        compactness(sp.Matrix([1, 1, -1, -1]), 2),
        reason="K = 2, two opposite features in each class, as spread out as can be: E_com = 1/2 even "
        "there, above "
        "the printed bound",
    )


def _constant_term() -> Iterator[Step]:
    coefficients, softmax = [sp.Integer(1)], 1 / (1 + sp.exp(sp.Integer(1)))
    yield refutation(
        "printed (202)",
        coefficients[0] * softmax,
        "<=",
        sum((abs(a) * softmax for a in coefficients[1:]), sp.Integer(0)),
        reason="P = a_0 = 1, K = 2, scores 0 and 1, γ = 1: the sum from i = 1 leaves out a_0 and is 0",
        equation="A (202)",
    )


def _rounded_fit() -> Iterator[Step]:
    def squares(factor: str, rate: str, shift: str) -> sp.Expr:
        a, r, c = map(sp.Rational, (factor, rate, shift))
        return sum(((a * sp.exp(r * x) - c - y) ** 2 for x, y in TABLE_11_CE), sp.Integer(0))

    yield refutation(
        "printed (219)",
        squares("0.54", "0.87", "61.83"),
        "<=",
        squares("0.53690", "0.87489", "61.825"),
        reason="sum of squares over the starred CE points: two digits in an exponent are too few",
        equation="A (219)",
        claim=r"\mathrm{SSE}(0.54,\, 0.87,\, 61.83) > \mathrm{SSE}(0.53690,\, 0.87489,\, 61.825)",
    )


def _dimension() -> Iterator[Step]:
    yield refutation(
        "printed, Theorem 1",
        K.subs(K, 3) - 1,
        ">",
        3,
        reason="d = K - 1 = 2 satisfies d >= K - 1 but is not greater than K = 3",
        equation="A Theorem 1",
    )
    frame = sp.Matrix([[1, 0], [-sp.Rational(1, 2), sp.sqrt(3) / 2], [-sp.Rational(1, 2), -sp.sqrt(3) / 2]])
    yield identity(
        "Definition 7",
        frame * frame.T,
        sp.Matrix(3, 3, lambda i, j: 1 if i == j else -sp.Rational(1, 2)),
        claim=r"W W^\top = \tfrac32 (I - \tfrac13 \mathbf{11}^\top),\quad d = 2 < K = 3",
        reason="an ETF that Definition 7, with its d >= K, leaves out",
        equation="A (25)",
    )


def _erratum(
    number: int, title: str, claim: str, equations: str, steps: Callable[[], Iterable[Step]]
) -> Statement:
    return Statement(f"A.Erratum{number}", "A", "erratum", title, claim, equations, Verdict.REFUTED, steps)


STATEMENTS = (
    _erratum(
        11,
        "Exponential decay needs a margin and a bias",
        "Printed: under critical condition I or II the rate decays exponentially. True: only while the "
        "margin stays bounded below "
        "and the bias fixed.",
        "Theorems 5(2), 6(2), (192), (198)",
        _shrinking_margin,
    ),
    _erratum(
        12,
        "Small scale: quadratic, not linear",
        r"Printed: the rate decays linearly as $\gamma \to 0$. True: for $K \ge 4$ the slowest rate decays "
        r"as $\gamma^2$.",
        "Theorems 5(1), 6(1)",
        _small_scale,
    ),
    _erratum(
        13,
        "1/γ is not linear",
        r"Printed: epochs grow linearly as $\gamma \to 0$. True: as $1/\gamma$.",
        "(218)",
        _epochs,
    ),
    _erratum(
        14,
        "A bound that says nothing",
        r"Printed: near the minimum $E_{\rm com}$ may exceed $\frac12 - \frac1{2(K-1)}$. True: $E_{\rm com} "
        r"\ge \frac12$ always.",
        "B.3, (23)",
        _compactness_bound,
    ),
    _erratum(
        15, "The constant term", r"Printed: the sum starts at $a_1$. True: at $a_0$.", "(202)", _constant_term
    ),
    _erratum(
        16,
        "Rounded exponents",
        r"Printed: $0.54\, e^{0.87\gamma} - 61.83$ as the fitted curve. True: the fit is $0.53690\, "
        r"e^{0.87489\gamma} - 61.825$; two digits in an exponent raise its squared error by half.",
        "(219)",
        _rounded_fit,
    ),
    _erratum(
        17,
        "The dimension",
        r"Printed: $d \ge K-1$, i.e. greater than $K$; an ETF needs $d \ge K$. True: $d \ge K-1$ is enough, "
        r"and is not $d > K$.",
        "Theorem 1, Definition 7",
        _dimension,
    ),
)
