"""Paper C's errata beyond the focal loss, each with a counterexample to what is printed."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import STRENGTH
from nccourse.symbolic.contrastive import UNSMOOTHED, phi_smoothed, smoothed_gap
from nccourse.symbolic.contrastive_lemmas import DECAY_H, DECAY_W, rank_one_gradient, rank_one_point
from nccourse.symbolic.contrastive_theorem import smoothed_objective
from nccourse.symbolic.derivation import Step, identity, inequality, refutation
from nccourse.symbolic.errata_c_focal import FOCAL_CASE, erratum
from nccourse.symbolic.focal import FOCUSING, slope_at_zero
from nccourse.symbolic.focal_convexity import convexity
from nccourse.symbolic.frames import CENTRING, canonical_frame, explicit
from nccourse.symbolic.symbols import K, n

PRINTED_REGION = sp.Rational(21, 100)


def _bias() -> Iterator[Step]:
    point = rank_one_point()
    yield refutation(
        "printed Lemma 7",
        point["bias_1"],
        "=",
        point["bias_2"],
        reason="a critical point at K = 3, n = 1, W = (0, w, -w), H = W', w² = log 8 has b = (2, -1, -1) "
        "log(2)/3",
        equation="C (25)",
    )
    yield identity(
        "it is critical",
        rank_one_gradient(),
        sp.zeros(9, 1),
        claim=r"\nabla f = 0",
        reason="all nine derivatives; the same happens at λ = (.05, .05, .1)",
    )


def _constants() -> Iterator[Step]:
    numbers = {K: 4, STRENGTH: sp.Rational(1, 50)}
    attained = smoothed_objective(sp.log(47), UNSMOOTHED).subs(numbers)

    def printed(scale: sp.Expr, price: sp.Expr) -> sp.Expr:
        """Return min φ(scale ρ) + price |ρ| for cross-entropy."""
        strength = (price / scale).subs(numbers)
        best = -(K - 1) * smoothed_gap(UNSMOOTHED, strength)
        return (phi_smoothed(best, UNSMOOTHED) - strength * best).subs(numbers)

    yield refutation(
        "K c with the sum",
        attained,
        ">=",
        printed(sp.Integer(1), K * STRENGTH),
        reason="cross-entropy, K = 4, c = .02: the ETF of gap log 47 lies below the claimed lower bound",
        equation="C (27), C.1",
    )
    yield refutation(
        "(K-1) c with the sum",
        attained,
        ">=",
        printed(sp.Integer(1), (K - 1) * STRENGTH),
        reason="likewise",
        equation="C (33)",
    )
    yield refutation(
        "K c with the mean",
        attained,
        ">=",
        printed(K - 1, K * STRENGTH),
        reason="the proof divides t by K - 1; K c is too much for that as well",
        equation="C (30)",
    )
    yield identity(
        "true: c with the sum",
        attained,
        printed(sp.Integer(1), STRENGTH),
        reason="the bound is attained",
        claim=r"f = \min_t \phi(t) + c|t|",
    )
    yield identity(
        "true: (K-1) c with the mean",
        attained,
        printed(K - 1, (K - 1) * STRENGTH),
        reason="the same bound in the mean",
        claim=r"f = \min_\rho \phi((K-1)\rho) + (K-1) c |\rho|",
    )


def _factors() -> Iterator[Step]:
    frame, inverse = canonical_frame(2), sp.Rational(1, 2)
    decay = {DECAY_W: 1, DECAY_H: 4}
    features = sp.sqrt(DECAY_W / DECAY_H).subs(decay) * frame
    yield refutation(
        "printed (d)",
        (inverse * explicit(CENTRING, 2)).trace(),
        "=",
        (frame * frame.T).trace(),
        reason="K = 2, two unit weights: W W' has trace 2, (K-1)/K (I - 11'/K) has trace 1/2; K/(K-1) is "
        "meant",
        equation="C Theorem 3 (d)",
        claim=r"\tfrac{K-1}{K} \operatorname{tr}(I - \tfrac1K \mathbf{11}^\top) = \tfrac12 \ne 2",
    )
    yield refutation(
        "printed |H|²",
        (DECAY_H / DECAY_W).subs(decay) * frame.norm() ** 2,
        "=",
        features.norm() ** 2,
        reason="λ_W = 1, λ_H = 4, n = 1, |W|² = 2, features as in Lemma 9: |H|² = (λ_W/λ_H)|W|² = 1/2, not "
        "(λ_H/λ_W)|W|² = 8",
        equation="C C.1",
    )
    weight_scale, feature_scale = n ** sp.Rational(1, 4), sp.Integer(1)
    yield refutation(
        "printed scale of H",
        (weight_scale * feature_scale).subs(n, 16),
        "=",
        1,
        reason="n = 16, λ_W = λ_H, ρ* = 1: the printed W H̃ is n^(1/4) times the printed Z; H̃'s scale lacks "
        "1/n",
        equation="C Lemma 9",
    )
    longer = frame.row_join(sp.zeros(2, 1))
    yield refutation(
        "printed W'W",
        (longer.T * longer).rows,
        "=",
        explicit(CENTRING, 2).rows,
        reason="K = 2, d = 3: W'W is 3 x 3, the right side 2 x 2; W W' is meant",
        equation="C Theorem 1",
    )


def _conditions() -> Iterator[Step]:
    yield refutation(
        "largest own logit",
        smoothed_gap(UNSMOOTHED, sp.Rational(1, 5)).subs(K, 5),
        ">",
        0,
        reason="cross-entropy, K = 5, c = 1/5, so Kc = 1: t* = 0, W = H = 0, all logits agree",
        equation="C Sec. 3.1",
    )
    yield refutation(
        "minimizer in Ω",
        (1 / K).subs(K, 5),
        ">=",
        PRINTED_REGION,
        reason="focal loss, K = 5, β = 3, c = 1/4: W = H = 0 is the minimizer, its p_k = 1/5 lies outside Ω",
        equation="C Cor. 2",
    )
    yield inequality(
        "because",
        slope_at_zero().subs({K: 5, FOCUSING: 3}),
        "<",
        sp.Rational(1, 4),
        reason="φ'(0) < c = 1/(K-1), C.FocalSafe: zero is the only minimizer",
        confirms=True,
    )
    gap = sp.Rational(802, 1000)
    yield inequality(
        "a larger Ω would not do",
        convexity(1 / (1 + (K - 1) * sp.exp(-gap)), FOCUSING).subs(FOCAL_CASE),
        ">",
        0,
        reason="K = 30, c = 0.04125: the ETF minimum (gap 0.802, p_k = 0.0714) lies where the focal loss "
        "is convex, "
        "yet zero is lower (C.Erratum1): a region's minimum need not be the global one",
        claim=r"F(p_k) > 0",
        confirms=True,
    )


STATEMENTS = (
    erratum(
        3,
        "Biases at critical points",
        r"Printed: $b = \tau \mathbf 1$ at every critical point. True: at minimizers; a rank-one "
        "critical point has "
        "unequal biases. Our proof of C.Thm1 does not use it.",
        "Lemma 7",
        _bias,
    ),
    erratum(
        4,
        "Constants of the lower bound",
        r"Printed: $(K-1)c$ and $Kc$. True: $c = \sqrt{n\lambda_W\lambda_H}$ with φ of the sum of "
        "differences, "
        r"$(K-1)c$ with φ of their mean.",
        "Lemma 8, (27), (30), (33), C.1",
        _constants,
    ),
    erratum(
        5,
        "Factors in Theorem 3 and Lemma 9",
        r"Printed: $\frac{K-1}{K}$, $\|H\|^2 = \frac{\lambda_H}{\lambda_W}\|W\|^2$, no $\frac1n$ in the "
        "scale of "
        r"$\tilde H$, $W^\top W$. True: $\frac{K}{K-1}$, $\frac{\lambda_W}{\lambda_H}$, with $\frac1n$, "
        r"$W W^\top$.",
        "C.1, Lemma 9, Theorem 1",
        _factors,
    ),
    erratum(
        6,
        "Conditions left out",
        r"Printed: the own logit is largest at the minimizer; Ω contains the global minimizer. True: "
        "only if $c < "
        r"\phi'(0)$ ($Kc < 1$ for cross-entropy), and if $p_k \ge 0.21$ there.",
        "Sec. 3.1, Corollary 2",
        _conditions,
    ),
)
