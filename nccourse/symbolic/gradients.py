"""Paper A, Eqs. (186)-(215): gradients of both losses, the step of a score, and how either decays."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, limit
from nccourse.symbolic.normalized import sigmoid, softplus
from nccourse.symbolic.normalized_ce import scores
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import gamma
from nccourse.symbolic.verdict import Verdict

SAMPLES = 2


def logits(classes: int) -> sp.ImmutableMatrix:
    """Return γ H W' - 1 b' for symbolic H (nK, d), W (K, d), b: row i K + k is sample i of class k."""
    model = scores(classes, SAMPLES)
    return gamma * model["H"] * model["W"].T - sp.ones(SAMPLES * classes, 1) * model["b"].T


def objective(classes: int, loss: str) -> sp.Expr:
    """Return the mean loss over all samples, ``loss`` "ce" or "bce".   Source: A (2), (5), (6)."""
    z = logits(classes)
    total = sp.Integer(0)
    for sample in range(z.rows):
        own = z[sample, sample % classes]
        if loss == "ce":
            total += sp.log(sum(sp.exp(value) for value in z[sample, :])) - own
        else:
            total += softplus(-own) + sum(softplus(value) for value in z[sample, :]) - softplus(own)
    return total / z.rows


def residual(classes: int, loss: str) -> sp.ImmutableMatrix:
    """Return p_sj - [j is the class of s], (nK, K): p the softmax, or the sigmoid of each logit."""
    z = logits(classes)
    if loss == "ce":
        p = sp.Matrix(z.rows, classes, lambda s, j: sp.exp(z[s, j]) / sum(sp.exp(value) for value in z[s, :]))
    else:
        p = z.applyfunc(sigmoid)
    return sp.ImmutableMatrix(z.rows, classes, lambda s, j: p[s, j] - (1 if s % classes == j else 0))


def feature_gradient(classes: int, loss: str) -> sp.ImmutableMatrix:
    """Return γ/(nK) (p - y) W, (nK, d).   Source: A (208), (214)."""
    factor = gamma / (SAMPLES * classes)
    return sp.ImmutableMatrix(factor * residual(classes, loss) * scores(classes, SAMPLES)["W"])


def weight_gradient(classes: int, loss: str) -> sp.ImmutableMatrix:
    """Return γ/(nK) (p - y)' H, (K, d).   Source: A (209), (215)."""
    factor = gamma / (SAMPLES * classes)
    return sp.ImmutableMatrix(factor * residual(classes, loss).T * scores(classes, SAMPLES)["H"])


def bias_gradient(classes: int, loss: str) -> sp.ImmutableMatrix:
    """Return -1/(nK) (p - y)' 1, (K, 1): minus, since logits are w.h - b.   Source: A (186)."""
    ones = sp.ones(SAMPLES * classes, 1)
    return sp.ImmutableMatrix(-residual(classes, loss).T * ones / (SAMPLES * classes))


def _differentiated(classes: int, loss: str, name: str) -> sp.ImmutableMatrix:
    value = objective(classes, loss)
    return scores(classes, SAMPLES)[name].applyfunc(lambda symbol: sp.diff(value, symbol))


def _gradient_steps(loss: str) -> Iterator[Step]:
    formulas = {"H": feature_gradient, "W": weight_gradient, "b": bias_gradient}
    equations = {"H": "A (208), (214)", "W": "A (209), (215)", "b": "A (186)"}
    claims = {
        "H": r"\nabla_H f = \tfrac{\gamma}{nK} (p - y) W",
        "W": r"\nabla_W f = \tfrac{\gamma}{nK} (p - y)^\top H",
        "b": r"\nabla_b f = -\tfrac{1}{nK} (p - y)^\top \mathbf 1",
    }
    for name, formula in formulas.items():
        yield identity(
            f"gradient in {name}",
            partial(_differentiated, loss=loss, name=name),
            partial(formula, loss=loss),
            values=(2, 3),
            method="points",
            claim=claims[name],
            reason="chain rule; against differentiation at arbitrary weights, features, biases (K = 2, 3; n "
            "= d = 2)",
            equation=equations[name],
        )


def _score_steps() -> Iterator[Step]:
    step = sp.Symbol("eta", positive=True)
    w, h, g_w, g_h = (sp.Matrix(sp.symbols(f"{name}_1:4", real=True)) for name in ("w", "h", "u", "v"))
    change = gamma * ((w - step * g_w).dot(h - step * g_h) - w.dot(h))
    yield identity(
        "step of a score",
        change,
        -gamma * step * w.dot(g_h) - gamma * step * g_w.dot(h) + gamma * step**2 * g_w.dot(g_h),
        claim=r"\hat s - s = -\gamma \eta\, w^\top \nabla_h f - \gamma \eta\, \nabla_w f^\top h "
        r"+ \gamma \eta^2\, \nabla_w f^\top \nabla_h f",
        reason="expand one gradient step, u and v the two gradients (printed as s - ŝ: sign reversed)",
        equation="A (206), (207)",
    )


def _decay_steps() -> Iterator[Step]:
    margin, shift = sp.symbols("s b", positive=True)
    degree = sp.Symbol("m", integer=True, positive=True)
    yield limit(
        "sigmoid, large scale",
        gamma**degree * sigmoid(-margin * gamma - shift),
        gamma,
        sp.oo,
        0,
        reason="an exponential beats every power, for a margin s bounded below and a fixed bias",
        equation="A (192)",
    )
    yield limit(
        "own class, large scale",
        gamma**degree * (1 - sigmoid(margin * gamma - shift)),
        gamma,
        sp.oo,
        0,
        reason="likewise",
        equation="A (193)",
    )
    yield limit(
        "small scale",
        gamma**degree * sigmoid(margin * gamma - shift),
        gamma,
        0,
        0,
        reason="a polynomial without constant term vanishes, the sigmoid is bounded",
        equation="A (194), (195)",
    )


def _softmax_steps() -> Iterator[Step]:
    low, gap, shift = sp.symbols("s delta b", positive=True)
    degree = sp.Symbol("m", integer=True, positive=True)
    softmax = sp.exp(low * gamma - shift) / (sp.exp(low * gamma - shift) + sp.exp((low + gap) * gamma))
    bound = sp.exp(-gap * gamma - shift)
    yield identity(
        "one rival",
        softmax,
        bound / (1 + bound),
        reason="divide by the largest term; further rivals only lower the probability",
        equation="A (202)",
    )
    yield limit(
        "large scale",
        gamma**degree * bound,
        gamma,
        sp.oo,
        0,
        reason="an upper bound of γ^m p",
        equation="A (198)",
    )
    yield limit(
        "small scale",
        gamma**degree * bound,
        gamma,
        0,
        0,
        reason="the softmax is at most 1",
        equation="A (200), (201)",
    )


STATEMENTS = (
    Statement(
        "A.GradientsBCE",
        "A",
        "equation",
        "Gradients of the normalized BCE",
        r"With $p$ the sigmoids and $y$ the labels: $\nabla_H f = \frac{\gamma}{nK}(p - y) W$ and so on.",
        "(208), (209)",
        Verdict.POINTS,
        lambda: _gradient_steps("bce"),
    ),
    Statement(
        "A.GradientsCE",
        "A",
        "equation",
        "Gradients of the normalized CE",
        "The same with $p$ the softmax.",
        "(186), (214), (215)",
        Verdict.POINTS,
        lambda: _gradient_steps("ce"),
    ),
    Statement(
        "A.Eq206",
        "A",
        "equation",
        "The step of a score",
        "How one gradient step on $w$ and $h$, off the sphere, moves $\\gamma w^\\top h$.",
        "(204)-(207)",
        Verdict.PROVED,
        _score_steps,
    ),
    Statement(
        "A.Lem21",
        "A",
        "lemma",
        "A polynomial times a sigmoid",
        r"$\gamma^m \sigma(-s\gamma - b) \to 0$ as $\gamma \to \infty$ for fixed $s > 0$ and $b$, and as "
        r"$\gamma \to 0$.",
        "(192)-(196)",
        Verdict.PROVED,
        _decay_steps,
    ),
    Statement(
        "A.Lem22",
        "A",
        "lemma",
        "A polynomial times a softmax",
        "The same for the softmax probability of a class whose score is not the largest.",
        "(197)-(203)",
        Verdict.PROVED,
        _softmax_steps,
    ),
)
