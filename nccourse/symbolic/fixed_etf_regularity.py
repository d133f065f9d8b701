"""Paper E, Theorem 2 corrected: how much one step gains, dot regression against cross-entropy."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.fixed_etf import (
    ACUTE,
    COSINE,
    MOVE,
    cosine_after,
    norm_after,
    printed_regularity,
    pull,
    regularity,
)
from nccourse.symbolic.fixed_etf_dynamics import G
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict


def _regularity_steps() -> Iterator[Step]:
    stretch, length = sp.Symbol("delta", positive=True), sp.Symbol("L", positive=True)
    root = sp.sqrt(2 - COSINE**2)
    yield identity(
        "regularity number",
        (1 - cosine_after()) / (1 - COSINE),
        regularity(),
        claim=r"\eta_h = \frac{1 - \cos\theta'}{1 - \cos\theta} = \frac{1 + c}{D (D + c + m)}",
        reason="a move m along the weight, D² = 1 + 2cm + m²; true for any loss whose step is along w_c",
        equation="E Definition 2",
        domain=ACUTE,
    )
    yield identity(
        "dot regression",
        regularity(1 - COSINE),
        (1 + COSINE) / (root * (1 + root)),
        claim=r"\eta_h^{(DR)} = \frac{1 + c}{s (1 + s)},\quad s = \sqrt{1 + \sin^2\theta}",
        reason="m = 1 - c",
        domain=ACUTE,
    )
    yield inequality(
        "below the printed number",
        (1 + stretch) * (2 + stretch),
        ">",
        2,
        claim=r"s (1 + s) > 2,\quad s = 1 + \delta",
        reason="so it is less than (1 + c)/2 away from the optimum",
        equation="E (16), (36)",
    )
    yield identity(
        "but tends to 1",
        regularity(1 - COSINE).subs(COSINE, 1),
        printed_regularity(sp.Integer(1)),
        claim=r"\lim_{c \to 1} \eta_h^{(DR)} = 1",
        reason="no linear rate",
    )
    yield identity(
        "cross-entropy",
        regularity(G).subs(COSINE, 1),
        1 / (1 + G) ** 2,
        claim=r"\lim_{c \to 1} \eta_h^{(CE)} = \tfrac{1}{(1+g)^2}",
        reason="out of span, where the theorem's assumption holds exactly: less than 1, a linear rate",
    )
    yield identity(
        "who is faster",
        (1 - COSINE**2) / norm_after(1 - COSINE) ** 2 - (1 - COSINE**2) / norm_after() ** 2,
        (1 - COSINE**2)
        * (COSINE + MOVE - 1)
        * (COSINE + MOVE + 1)
        / (norm_after(1 - COSINE) * norm_after()) ** 2,
        claim=r"\sin^2\theta'_{DR} - \sin^2\theta'_{CE} \propto c + G - 1",
        reason="cross-entropy is faster at θ iff G(θ) > 1 - cos θ",
        equation="E (16), corrected",
    )
    yield inequality(
        "near the optimum", pull(), ">", 0, reason="1 - cos θ goes to 0 there: cross-entropy wins"
    )
    yield limit(
        "far from it",
        K / (K - 1 + sp.exp(length)),
        length,
        sp.oo,
        0,
        claim=r"\lim_{L \to \infty} \tfrac{K}{K - 1 + e^L} = 0,\quad L = \tfrac{K}{K-1} \sqrt{E_W E_H}\, c",
        reason="G is tiny at every acute angle if E_W E_H is large: dot regression wins until 1 - cos θ = G",
    )


STATEMENTS = (
    Statement(
        "E.Thm2",
        "E",
        "theorem",
        "Regularity numbers, corrected",
        r"$\eta^{(DR)} = \frac{1+c}{s(1+s)} \le \frac{1+c}{2}$, $s = \sqrt{1+\sin^2\theta}$, tends to 1; "
        r"$\eta^{(CE)}$ tends to $\frac{1}{(1+g)^2} < 1$ out of span. Cross-entropy is faster exactly where "
        r"$G(\theta) > 1 - \cos\theta$: near the optimum always, elsewhere not for long features.",
        "(16), (34)-(44)",
        Verdict.PROVED,
        _regularity_steps,
    ),
)
