"""Exercises of lesson 03, unconstrained features."""

from __future__ import annotations

import math
from typing import Any

import sympy as sp
import torch
from torch import Tensor

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.losses import binary_cross_entropy
from nccourse.symbolic import K, b, gamma, normalized


@exercise(
    "03.1",
    title="Free features",
    difficulty=1,
    minutes=3,
    hints=(
        "Fix W and b. What then does the loss of one sample depend on?",
        "On its own feature alone. Two samples of a class face the same little problem.",
        "If that problem has one best unit vector, both will choose it.",
    ),
    explanation="Given W and b, all samples of a class solve the same problem. For CE at the minimum it has "
    "only one solution. For the hinge loss it can have many: that is zero once every margin is kept.",
)
def free_features(answer: Any) -> Outcome:
    """Judge the prediction that features of a class coincide."""
    return expect_choice(
        answer,
        "a",
        "abc",
        name="the prediction",
        mistakes={
            "b": "Being free, each chooses what is best for its own loss. Is that different for two samples?",
            "c": "Free to move does not mean repelled: no term of the loss compares two samples.",
        },
    )


@exercise(
    "03.2",
    title="Program BCE",
    difficulty=2,
    minutes=8,
    hints=(
        "log(1 + e^x) is torch.nn.functional.softplus(x), which does not overflow.",
        "The own class enters with -z, all others with +z: multiply the logits by -1 or 1 first.",
        "Sum over the classes, dim=1; one number a sample stays.",
    ),
    explanation="Written with torch.log(1 + torch.exp(z)) it is infinite from z = 89 on in float32.",
)
def program_bce(answer: Any) -> Outcome:
    """Judge a function on moderate and on extreme logits."""
    return expect_function(answer, _logits(), _is_bce, name="bce")


def _logits() -> list[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(2)
    moderate = 3 * torch.randn(6, 4, dtype=torch.float64, generator=generator)
    labels = torch.randint(4, (6,), generator=generator)
    return [(moderate, labels), (moderate[:, :2], labels % 2), (1000 * moderate, labels)]


def _is_bce(result: Any, logits: Tensor, labels: Tensor) -> Outcome:
    right = binary_cross_entropy(logits, labels, reduction="none")
    kind = f"a tensor of shape ({len(labels)},)"
    if not isinstance(result, Tensor) or tuple(result.shape) != tuple(right.shape):
        advice = ""
        if isinstance(result, Tensor) and result.ndim == 0:
            advice = "Keep one loss for each sample: sum over classes, do not average over samples."
        elif isinstance(result, Tensor) and result.shape == logits.shape:
            advice = "Sum over the classes."
        return Outcome.wrong("the result", expected=kind, got=describe(result), advice=advice)
    single = result.dtype == torch.float32  # what torch returns for targets from one_hot(...).float()
    rtol, atol = (1e-5, 1e-6 * float(logits.abs().max())) if single else (1e-8, 1e-12)
    if torch.allclose(result.double(), right, rtol=rtol, atol=atol):
        return Outcome.right()
    own = logits.gather(1, labels[:, None])[:, 0]
    wrong = {
        "Softmax compares logits with each other; here each is judged by itself.": (
            torch.logsumexp(logits, 1) - own
        ),
        "The own class has the other sign: log(1 + exp(-z_y)).": torch.nn.functional.softplus(logits).sum(1),
        "The terms of the other classes are missing.": torch.nn.functional.softplus(-own),
        "Divide by nothing: (A 5) sums over the classes.": right / logits.shape[1],
        "The own class enters once, with -z; leave it out of the sum over the others.": (
            right + torch.nn.functional.softplus(own)
        ),
        "All signs are reversed: -z for the own class, +z for the others.": binary_cross_entropy(
            -logits, labels, reduction="none"
        ),
    }
    advice = next((text for text, value in wrong.items() if torch.allclose(result.double(), value)), "")
    if not advice and logits.abs().max() > 100:
        advice = "Moderate logits come out right, these of a few thousand do not. softplus handles them."
    if not torch.isfinite(result).all():
        advice = "Something overflowed: exp of a large logit is infinite. softplus is not."
    return Outcome.wrong("the result", expected=kind, got="other values", advice=advice)


@exercise(
    "03.3",
    title="The gap between the scores",
    difficulty=1,
    minutes=3,
    hints=(
        "Subtract a negative score from a positive one.",
        "gamma + gamma/(K-1) = gamma K/(K-1).",
        "8 times 10/9.",
    ),
    explanation="The gap is gamma K/(K-1): a little more than gamma, because negative scores are below zero.",
)
def score_gap(answer: Any) -> Outcome:
    """Judge 80/9."""
    return expect_number(
        answer,
        sp.Rational(80, 9),
        name="the gap",
        tolerance=2e-3,
        mistakes=[
            (-sp.Rational(80, 9), "The positive score is the larger one: subtract the negative from it."),
            (8, "The negative scores are not zero."),
            (sp.Rational(64, 9), "Subtracting a negative number adds."),
            (sp.Rational(88, 10), "Each class meets K - 1 = 9 others."),
            (16, "Negative scores of -gamma would need two classes."),
            (sp.Rational(10, 9), "That is the difference of the cosines; scores are stretched by gamma."),
        ],
    )


@exercise(
    "03.4",
    title="BCE at the ETF",
    difficulty=2,
    minutes=5,
    hints=(
        "The logits are z_y = gamma - b, and z_j = -gamma/(K-1) - b for each of the others.",
        "(A 5) has one term for the own class and K - 1 equal ones.",
        "log(1 + exp(b - gamma)) + (K-1) log(1 + ...).",
    ),
    explanation="The bias no longer cancels: raising it hurts the first term and helps the others.",
)
def bce_at_etf(answer: Any) -> Outcome:
    """Judge the loss at a simplex ETF as an expression."""
    first, others = sp.log(1 + sp.exp(b - gamma)), sp.log(1 + sp.exp(-gamma / (K - 1) - b))
    return expect_expression(
        answer,
        first + (K - 1) * others,
        name="the loss",
        mistakes=[
            (first + others, "There are K - 1 other classes."),
            (first + K * others, "The own class is not among the others."),
            (
                sp.log(1 + sp.exp(gamma - b)) + (K - 1) * others,
                "The own class enters with -z: its loss falls as its score grows.",
            ),
            (
                sp.log(1 + sp.exp(-b - gamma)) + (K - 1) * sp.log(1 + sp.exp(b - gamma / (K - 1))),
                "The bias is subtracted in this course: z = gamma w.h - b.",
            ),
            (
                first + (K - 1) * sp.log(1 + sp.exp(gamma / (K - 1) - b)),
                "Mind the sign of the negative scores, (A 13).",
            ),
            (
                first.subs(b, 0) + (K - 1) * others.subs(b, 0),
                "These are the scores; the logits subtract the bias b from them.",
            ),
            (
                sp.log(1 + (K - 1) * sp.exp(-gamma * K / (K - 1))),
                "That is CE. BCE judges every logit by itself, with a term for each.",
            ),
        ],
    )


@exercise(
    "03.5",
    title="The one best bias",
    difficulty=3,
    minutes=8,
    hints=(
        "x^2 - p x - q = 0 has the roots (p +- sqrt(p^2 + 4 q)) / 2.",
        "q > 0 here, so one root is negative; x = e^b is not.",
        "Take the logarithm of the positive root, with p = (K-2) e^(-gamma/(K-1)).",
    ),
    explanation="That is (A 11), which writes the 1/2 as -log 2 outside.",
)
def best_bias(answer: Any) -> Outcome:
    """Judge (A 11) in any form."""
    low = sp.exp(-gamma / (K - 1))
    discriminant = (K - 2) ** 2 * low**2 + 4 * (K - 1) * low * sp.exp(gamma)
    p = (K - 2) * low
    return expect_expression(
        answer,
        normalized.bce_bias(),
        name="the bias",
        domain={"K": (3, 9)},
        mistakes=[
            (sp.exp(normalized.bce_bias()), "That is x = e^b; the bias is its logarithm."),
            (sp.log(p + sp.sqrt(discriminant)), "The quadratic formula divides by 2."),
            (
                sp.log((sp.sqrt(discriminant) - p) / 2),
                "Mind the sign: with x^2 - p x the root starts with +p.",
            ),
            (sp.log((p - sp.sqrt(discriminant)) / 2), "That root is negative, so it has no real logarithm."),
            ((p - sp.sqrt(discriminant)) / 2, "That root is negative; x = e^b is not."),
            (
                sp.log((p + sp.sqrt(p**2 + (K - 1) * low * sp.exp(gamma))) / 2),
                "Four times the constant term.",
            ),
            (gamma * (K - 2) / (2 * (K - 1)) + sp.log(K - 1) / 2, "Right only as gamma grows without bound."),
            (sp.log(K - 1), "That is the limit as gamma tends to 0."),
        ],
    )


@exercise(
    "03.6",
    title="No information",
    difficulty=2,
    minutes=4,
    hints=(
        "With all scores zero the only thing left to learn is how often a class is the right one.",
        "One time in K. So sigma(-b) = 1/K.",
        "1 + e^b = K; solve for b and insert K = 10.",
    ),
    explanation="Then sigma(-b*) = 1/K, the share of each class: b* tends to log(K-1).",
)
def bias_limit(answer: Any) -> Outcome:
    """Judge log 9."""
    return expect_number(
        answer,
        sp.log(9),
        name="the limit",
        tolerance=2e-3,
        mistakes=[
            (sp.Rational(1, 10), "That is the probability; which b gives sigma(-b) this value?"),
            (sp.Rational(1, 9), "That is e^(-b)."),
            (sp.log(10), "sigma(-b) = 1/(1 + e^b), and 1 + e^b = K."),
            (0, "At b = 0 every class gets probability 1/2, far too much for one in ten."),
            (-sp.log(9), "The bias is subtracted, so a small probability needs a positive one."),
            (9, "That is e^b."),
        ],
    )


@exercise(
    "03.7",
    title="One direction only",
    difficulty=3,
    minutes=7,
    hints=(
        "(1 - 1/K) log(2K-3) is smaller than log(2K-3), so one side is easier to satisfy.",
        "A counterexample lies between the two numbers.",
        "Compute both for K = 10: 0.9 log 17 and log 17.",
    ),
    explanation="Only <= holds. b* obeys the left side: at your scale it still separates the scores.",
)
def one_direction(answer: Any) -> Outcome:
    """Judge any number between the two thresholds."""
    value = as_number(answer)
    low, high = 0.9 * math.log(17), math.log(17)
    if value is None:
        return Outcome.wrong("the scale", expected="a number", got=describe(answer))
    if low < value <= high:
        return Outcome.right()
    both = "true" if value > high else "false"
    advice = f"Both sides are {both} there."
    return Outcome.wrong(
        "the scale", expected="a number at which the sides differ", got=describe(answer), advice=advice
    )


@exercise(
    "03.8",
    title="The share of the bias",
    difficulty=3,
    minutes=6,
    hints=(
        "Under the root of (A 11), compare the exponents -2 gamma/(K-1) and gamma - gamma/(K-1).",
        "For large gamma the root is 2 sqrt(K-1) e^((gamma - gamma/(K-1))/2) and outgrows the first term.",
        "Take the logarithm, divide by gamma and let it grow: half of 1 - 1/(K-1).",
    ),
    explanation="It is the middle between 1 and -1/(K-1): relative to gamma the bias halves the gap.",
)
def bias_share(answer: Any) -> Outcome:
    """Judge (K-2)/(2(K-1))."""
    return expect_expression(
        answer,
        (K - 2) / (2 * (K - 1)),
        name="the share",
        domain={"K": (3, 9)},
        mistakes=[
            (sp.Rational(1, 2), "The negative scores are below zero, so the middle is not half of gamma."),
            ((K - 2) / (K - 1), "The root halves the exponent."),
            (K / (2 * (K - 1)), "Subtract gamma/(K-1) in the exponent, do not add it."),
            (sp.Rational(4, 9), "That is right for K = 10; give it for general K."),
            (sp.Integer(0), "log(K-1) is the limit at small scale; here gamma grows."),
        ],
    )
