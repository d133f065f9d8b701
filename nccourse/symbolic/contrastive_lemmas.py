r"""Paper C's supporting lemmas: Young, the nuclear norm, balance, stationarity, and the bias of Lemma 7."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, refutation
from nccourse.symbolic.rank_one import reflection_step
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.verdict import Verdict

DECAY_W, DECAY_H, DECAY_B = sp.symbols("lambda_W lambda_H lambda_b", positive=True)
_RATIO = sp.Symbol("alpha", positive=True)
_DIM = 2


def _matrix(name: str, rows: int, columns: int) -> sp.ImmutableMatrix:
    return sp.ImmutableMatrix(rows, columns, lambda i, j: sp.Symbol(f"{name}_{i + 1}{j + 1}", real=True))


def young_steps() -> Iterator[Step]:
    """Yield Young's inequality by its one stationary point.   Source: A (27), C Lemma 1."""
    u, v = sp.symbols("u v", real=True)
    rest = sp.Symbol("r", positive=True)
    p, q = 1 + rest, (1 + rest) / rest
    excess = sp.exp(p * u) / p + sp.exp(q * v) / q - sp.exp(u + v)
    yield identity(
        "touches",
        excess.subs(u, v / rest),
        0,
        claim=r"\tfrac{a^p}{p} + \tfrac{b^q}{q} - ab = 0 \quad \text{at } a = b^{1/(p-1)}",
        reason="a = e^u, b = e^v, p = 1 + r, so q = (1 + r)/r",
        equation="C Lemma 1",
    )
    yield identity(
        "derivative in a",
        sp.diff(excess, u),
        sp.exp(u) * (sp.exp(rest * u) - sp.exp(v)),
        claim=r"a\, \partial_a = a\,(a^{p-1} - b)",
        reason="negative below a = b^(1/(p-1)), positive above: equality only there, where |a|^p = |b|^q",
    )


def _nuclear_steps() -> Iterator[Step]:
    x, y = sp.symbols("x y", real=True)
    sigma = sp.Symbol("sigma", nonnegative=True)
    root = sp.sqrt(_RATIO)
    yield identity(
        "Young, entry by entry",
        x**2 / (2 * root) + root * y**2 / 2 - x * y,
        (x - root * y) ** 2 / (2 * root),
        reason="summed over the entries x of U'W and y of (H V)': tr(U'W H V) = sum of x y",
        equation="C (11)",
    )
    yield reflection_step("so |U'W| = |W|, |H V| = |H|: U, V are products of reflections")
    yield identity(
        "attained",
        (root * sigma + _RATIO * sigma / root) / (2 * root),
        sigma,
        claim=r"\tfrac{1}{2\sqrt\alpha} \left(\sqrt\alpha\, \sigma + \alpha\, \tfrac{\sigma}{\sqrt\alpha}"
        r"\right) = \sigma",
        reason="W = α^(1/4) U Σ^(1/2), H = α^(-1/4) Σ^(1/2) V': singular value by singular value",
    )


def _gradients(classes: int) -> tuple[sp.MatrixBase, sp.MatrixBase, sp.MatrixBase, sp.MatrixBase]:
    """Return W, H and the gradients of f in both, G the gradient of g in Z = W H."""
    weights, features = _matrix("w", classes, _DIM), _matrix("h", _DIM, classes)
    inner = _matrix("g", classes, classes)
    return (
        weights,
        features,
        inner * features.T + DECAY_W * weights,
        weights.T * inner + DECAY_H * features,
    )


def _balance(classes: int) -> sp.ImmutableMatrix:
    weights, features, in_weights, in_features = _gradients(classes)
    return sp.ImmutableMatrix((weights.T * in_weights - in_features * features.T).expand())


def _balanced(classes: int) -> sp.ImmutableMatrix:
    weights, features, _, _ = _gradients(classes)
    return sp.ImmutableMatrix((DECAY_W * weights.T * weights - DECAY_H * features * features.T).expand())


def _balance_steps() -> Iterator[Step]:
    yield identity(
        "balance",
        _balance,
        _balanced,
        claim=r"W^\top \nabla_W f - \nabla_H f\, H^\top = \lambda_W W^\top W - \lambda_H H H^\top",
        reason="W'G H' cancels; at a critical point the left side is zero",
        equation="C (19)-(21)",
    )
    yield identity(
        "trace",
        lambda k: sum((entry**2 for entry in _matrix("w", k, _DIM)), sp.Integer(0)),
        lambda k: (_matrix("w", k, _DIM).T * _matrix("w", k, _DIM)).trace(),
        claim=r"\operatorname{tr} W^\top W = \|W\|_F^2",
        reason=r"so λ_W |W|² = λ_H |H|²",
    )


def _linearized(classes: int) -> sp.Expr:
    """Return <G, W h> + λ_H/2 |h|² of one sample, the part of f that its gradient in h sees."""
    weights, feature = _matrix("w", classes, _DIM), _matrix("h", _DIM, 1)
    inner = _matrix("g", classes, 1)
    return (inner.T * weights * feature)[0] + DECAY_H / 2 * (feature.T * feature)[0]


def _group_steps() -> Iterator[Step]:
    yield identity(
        "gradient",
        lambda k: sp.ImmutableMatrix([sp.diff(_linearized(k), h) for h in _matrix("h", _DIM, 1)]),
        lambda k: sp.ImmutableMatrix(
            _matrix("w", k, _DIM).T * _matrix("g", k, 1) + DECAY_H * _matrix("h", _DIM, 1)
        ),
        claim=r"\nabla_h f = W^\top G + \lambda_H h",
        reason="chain rule, one sample at a time; zero at a critical point",
        equation="C (22)-(24)",
    )


def rank_one_point(classes: int = 3) -> dict[str, sp.Expr]:
    """Return λ = λ_W = λ_H, λ_b and the first two biases of a rank-one critical point of CE.

    K = 3, n = 1, W = (0, w, -w), H = (0, w, -w) with w² = log 8, b = (2, -1, -1) log(2)/3 in paper C's
    sign.
    """
    # e^(b_2 - b_1) = 1/2 and e^(w²) = 8 make every probability rational.
    first = sp.Rational(1, 2)
    ratio = first * 8, first / 8
    total = 1 + sum(ratio)
    own, opposite = ratio[0] / total, ratio[1] / total
    pull = 1 - own + opposite
    bias_force = (1 - 1 / (1 + 2 * first) - 2 / total) / classes
    bias = 2 * sp.log(2) / 3
    return {
        "decay": pull / classes,
        "bias_decay": bias_force / bias,
        "bias_1": bias,
        "bias_2": -bias / 2,
    }


def rank_one_gradient() -> sp.ImmutableMatrix:
    """Return the gradient of f at :func:`rank_one_point` in all of W, H and b."""
    point = rank_one_point()
    weights, features, biases = (sp.symbols(f"{name}_1:4", real=True) for name in "whb")
    loss = sp.Integer(0)
    for label, feature in enumerate(features):
        logits = [w * feature + bias for w, bias in zip(weights, biases, strict=True)]
        loss += sp.log(sum((sp.exp(z) for z in logits), sp.Integer(0))) - logits[label]
    squares = [sum((x**2 for x in group), sp.Integer(0)) for group in (weights, features, biases)]
    objective = (
        loss / 3 + point["decay"] / 2 * (squares[0] + squares[1]) + point["bias_decay"] / 2 * squares[2]
    )
    side = sp.sqrt(sp.log(8))
    values = (0, side, -side) * 2 + (point["bias_1"], point["bias_2"], point["bias_2"])
    place = dict(zip((*weights, *features, *biases), values, strict=True))
    return sp.ImmutableMatrix([sp.diff(objective, variable).subs(place) for variable in place])


def _bias_steps() -> Iterator[Step]:
    yield identity(
        "a critical point",
        rank_one_gradient(),
        sp.zeros(9, 1),
        claim=r"\nabla f(W, H, b) = 0, \quad K = 3, \quad b = \tfrac{\log 2}{3} (2, -1, -1)",
        reason="cross-entropy, W = H' = (0, w, -w), w² = log 8, λ_W = λ_H and λ_b chosen to fit",
    )
    point = rank_one_point()
    yield inequality("allowed decay", point["decay"], ">", 0, reason="λ_W = λ_H")
    yield inequality(
        "allowed bias decay",
        (point["bias_decay"] * sp.log(2)),
        ">",
        0,
        claim=r"\lambda_b \log 2 > 0",
        reason="and λ_b",
    )
    yield refutation(
        "printed Lemma 7",
        point["bias_1"],
        "=",
        point["bias_2"],
        reason="the bias of this critical point is no multiple of the ones vector",
        equation="C (25)",
    )
    others, own = sp.symbols("R e", positive=True)
    yield identity(
        "sum of the gradient",
        others / (own + others) + own / (own + others) - 1,
        0,
        claim=r"\sum_j \partial \mathcal L / \partial z_j = 0",
        reason="true: softmax losses ignore a common shift, so for λ_b > 0 the biases sum to zero; "
        "that all agree (then b = 0) holds at minimizers, see C.Lem9",
        equation="C (26)",
    )


STATEMENTS = (
    Statement(
        "C.Lem1",
        "C",
        "lemma",
        "Young's inequality",
        r"$|ab| \le |a|^p/p + |b|^q/q$ for $\frac1p + \frac1q = 1$, with equality iff $|a|^p = |b|^q$.",
        "",
        Verdict.PROVED,
        young_steps,
    ),
    Statement(
        "C.Lem2",
        "C",
        "lemma",
        "The nuclear norm as the least decay",
        r"$\|WH\|_* \le \frac{1}{2\sqrt\alpha} (\|W\|_F^2 + \alpha \|H\|_F^2)$, attained from the "
        "singular value decomposition.",
        "(11)",
        Verdict.CASES,
        _nuclear_steps,
    ),
    Statement(
        "C.Lem5",
        "C",
        "lemma",
        "Balance at critical points",
        r"$\lambda_W W^\top W = \lambda_H H H^\top$, hence $\lambda_W \|W\|_F^2 = \lambda_H \|H\|_F^2$.",
        "(19)-(21)",
        Verdict.CASES,
        _balance_steps,
    ),
    Statement(
        "C.Lem6",
        "C",
        "lemma",
        "Features of a critical point",
        r"$W^\top G_i = -\lambda_H H_i$ for each group $i$ of one sample per class.",
        "(22)-(24)",
        Verdict.CASES,
        _group_steps,
    ),
    Statement(
        "C.Lem7",
        "C",
        "lemma",
        "The bias at critical points",
        r"Printed: $b = \tau \mathbf 1$ at every critical point. True: only $\mathbf 1^\top b = 0$ "
        r"(for $\lambda_b > 0$); a rank-one critical point has unequal biases.",
        "(25), (26)",
        Verdict.REFUTED,
        _bias_steps,
    ),
)
