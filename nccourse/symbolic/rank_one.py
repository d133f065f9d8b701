r"""Paper C's Lemmas 3 and 4: eigenvalues of a diagonal matrix plus a rank-one one.

Lemma 4's matrix Z'Z = diag(ρ_k²) - ρρ'/K has z_k² = d_k = ρ_k² and τ = -1/K, so its secular function is
-(λ/K) Σ_k 1/(d_k - λ): apart from one zero, the eigenvalues separate the distinct squares.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.frames import CENTRING, explicit
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

_EIGENVALUE = sp.Symbol("lambda", real=True)
_POLE = sp.Symbol("d", real=True)


def _symbols(name: str, size: int) -> list[sp.Symbol]:
    return [sp.Symbol(f"{name}_{index}", real=True) for index in range(1, size + 1)]


def _reflected(size: int, vector: list[sp.Expr]) -> list[sp.Expr]:
    """Reflect ``vector`` in the hyperplane orthogonal to a general v."""
    normal = _symbols("v", size)
    overlap = sum((a * b for a, b in zip(normal, vector, strict=True)), sp.Integer(0))
    share = 2 * overlap / sum((a**2 for a in normal), sp.Integer(0))
    return [a - share * b for a, b in zip(vector, normal, strict=True)]


def _squared_length(vector: list[sp.Expr]) -> sp.Expr:
    return sum((entry**2 for entry in vector), sp.Integer(0))


def reflection_step(reason: str) -> Step:
    """Return the step that a reflection, hence every orthogonal matrix, keeps lengths."""
    return identity(
        "orthogonal matrices keep lengths",
        lambda k: _squared_length(_reflected(k, list(_symbols("a", k)))),
        lambda k: _squared_length(list(_symbols("a", k))),
        claim=r"\|(I - \tfrac{2}{v^\top v} v v^\top)\, a\|^2 = \|a\|^2",
        reason=reason,
    )


def _rank_one_steps() -> Iterator[Step]:
    weight, distance = sp.symbols("s delta", positive=True)
    term = -weight / (_POLE - _EIGENVALUE)
    entry, value = sp.symbols("z_j w", real=True)
    component = entry / (_POLE - _EIGENVALUE)
    yield identity(
        "eigenvector",
        _POLE * component + entry * (value - 1) - _EIGENVALUE * component,
        entry * value,
        claim=r"\left((D + \tau z z^\top) x - \lambda x\right)_j = z_j\, w(\lambda), \quad x_j = "
        r"\tfrac{z_j}{d_j - \lambda}",
        reason="z'x = Σ z_j²/(d_j - λ) = (w - 1)/τ: each root of w is an eigenvalue",
    )
    yield inequality(
        "falling",
        sp.diff(term, _EIGENVALUE).subs(_EIGENVALUE, _POLE - distance),
        "<",
        0,
        claim=r"\tfrac{d}{d\lambda} \tfrac{\tau z_j^2}{d_j - \lambda} = -\tfrac{s}{\delta^2} < 0",
        reason="s = -τ z_j², δ = d_j - λ of either sign: w falls between its poles",
    )
    yield limit(
        "below a pole", term.subs(_EIGENVALUE, _POLE - distance), distance, 0, -sp.oo, reason="w -> -oo"
    )
    yield limit(
        "above a pole",
        term.subs(_EIGENVALUE, _POLE + distance),
        distance,
        0,
        sp.oo,
        reason="w -> +oo: exactly one root between neighbouring poles",
        equation="C (12)",
    )
    yield limit(
        "far below",
        term,
        _EIGENVALUE,
        -sp.oo,
        0,
        reason="w -> 1: one root below the last pole, none above the first, where w > 1; n roots in all",
    )
    other = sp.Symbol("z_i", real=True)
    yield identity(
        "a zero entry",
        sp.Matrix([_POLE + sp.Symbol("tau") * entry**2, sp.Symbol("tau") * entry * other]).subs(entry, 0),
        sp.Matrix([_POLE, 0]),
        claim=r"z_j = 0 \Rightarrow (D + \tau z z^\top) e_j = d_j e_j",
        reason="case 2",
    )
    yield reflection_step("case 3: a Householder matrix turns equal poles' entries into one")


def _two_values_steps() -> Iterator[Step]:
    high, low, count = sp.symbols("a b i", positive=True)
    between = high * (1 - count / K) + low * count / K
    corner = (
        sp.Matrix([[high, 0], [0, low]])
        - sp.Matrix(
            [
                [count * high, sp.sqrt(count * (K - count) * high * low)],
                [sp.sqrt(count * (K - count) * high * low), (K - count) * low],
            ]
        )
        / K
    )
    yield identity(
        "two values: trace",
        corner.trace(),
        between,
        claim=r"\operatorname{tr} M = a (1 - \tfrac iK) + b\,\tfrac iK",
        reason="i squares a > b, K - i squares b; M the remaining 2 x 2 block of case 3",
    )
    yield identity(
        "two values: determinant",
        sp.expand(corner[0, 0] * corner[1, 1]) - count * (K - count) * high * low / K**2,
        0,
        claim=r"\det M = 0",
        reason="so its eigenvalues are 0 and the trace",
    )
    gap, rest = sp.symbols("g r", positive=True)
    mixed = {high: low + gap, K: count + rest}
    yield inequality(
        "below the larger",
        (high - between).subs(mixed),
        ">",
        0,
        claim=r"a - \operatorname{tr} M > 0",
        reason="if i > 1, a too is an eigenvalue: two different positive ones, excluded by (13)",
    )
    yield inequality(
        "above the smaller",
        (between - low).subs(mixed),
        ">",
        0,
        claim=r"\operatorname{tr} M - b > 0",
        reason="if i = 1 < K - 1 and b > 0, b is another one, excluded: b = 0 is left",
    )


def _equal_or_single_steps() -> Iterator[Step]:
    multiplicity = sp.symbols("m_1:4", positive=True)
    squares = sp.symbols("d_1:4", positive=True)
    yield identity(
        "Gram",
        lambda k: _weighted(k).T * _weighted(k),
        lambda k: sp.diag(*[r**2 for r in _symbols("rho", k)]) - _column(k) * _column(k).T / k,
        claim=r"Z^\top Z = \operatorname{diag}(\rho_k^2) - \tfrac1K \rho \rho^\top",
        reason="centring is a projection",
        equation="C Lemma 4",
    )
    yield identity(
        "secular function",
        1
        - sum((m * s / (s - _EIGENVALUE) for m, s in zip(multiplicity, squares, strict=True)), sp.Integer(0))
        / sum(multiplicity),
        -_EIGENVALUE
        / sum(multiplicity)
        * sum((m / (s - _EIGENVALUE) for m, s in zip(multiplicity, squares, strict=True)), sp.Integer(0)),
        claim=r"w(\lambda) = 1 - \tfrac1K \sum_g \tfrac{m_g d_g}{d_g - \lambda} "
        r"= -\tfrac{\lambda}{K} \sum_g \tfrac{m_g}{d_g - \lambda}",
        reason="m_g of the K squares equal d_g. By Lemma 3 one eigenvalue is 0 and one lies between any two "
        "neighbouring values: three values give two different positive eigenvalues, excluded by (13)",
    )
    yield from _two_values_steps()
    yield identity(
        "a single one",
        (1 - 1 / K),
        (K - 1) / K,
        claim=r"\sigma_{\max}^2 = (1 - \tfrac1K)\, \rho_1^2",
        reason="i = 1, b = 0",
    )


def _column(size: int) -> sp.Matrix:
    return sp.Matrix(_symbols("rho", size))


def _weighted(size: int) -> sp.ImmutableMatrix:
    return sp.ImmutableMatrix(-explicit(CENTRING, size) * sp.diag(*_symbols("rho", size)))


STATEMENTS = (
    Statement(
        "C.Lem3",
        "C",
        "lemma",
        "Eigenvalues of a diagonal matrix plus a rank-one one",
        r"For $\tau < 0$ the eigenvalues of $D + \tau z z^\top$ are the roots of $w(\lambda) = 1 + \tau "
        r"\sum_j z_j^2/(d_j - \lambda)$, and $d_1 > \lambda_1 > d_2 > \dots > d_n > \lambda_n$.",
        "(12)",
        Verdict.CASES,
        _rank_one_steps,
    ),
    Statement(
        "C.Lem4",
        "C",
        "lemma",
        "Equal singular values force equal contrasts, or a single one",
        r"If the non-zero singular values of $(I - \frac1K \mathbf{11}^\top) \operatorname{diag}(\rho)$ are "
        r"all equal, $K \ge 3$, then all $|\rho_k|$ are equal or only one is not 0.",
        "(13)",
        Verdict.CASES,
        _equal_or_single_steps,
    ),
)
