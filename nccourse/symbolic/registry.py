"""All statements of the course, gathered from the modules that derive them."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module

from nccourse.errors import InputValueError
from nccourse.symbolic.statement import Statement

MODULES = (
    "simplex_etf",
    "softmax",
    "normalized",
    "inequalities",
    "normalized_ce",
    "normalized_bce",
    "normalized_lemmas",
    "feature_properties",
    "gradients",
    "rate_statements",
    "standard_mode",
    "errata_a",
    "errata_a_rates",
    "bce_statements",
    "bce_minimizer",
    "errata_b",
    "contrastive",
    "focal",
    "rank_one",
    "contrastive_lemmas",
    "contrastive_theorem",
    "mean_squared",
    "landscape",
    "focal_convexity",
    "errata_c_focal",
    "errata_c",
    "imbalanced_lemmas",
    "imbalanced_theorem",
    "imbalanced_corollaries",
    "imbalanced_collapse",
    "errata_d",
    "fixed_etf_statements",
    "fixed_etf_dynamics",
    "fixed_etf_regularity",
    "errata_e",
)


def statements(*, paper: str | None = None, kind: str | None = None) -> tuple[Statement, ...]:
    """Return every registered statement, optionally of one paper or kind, in the order of the course.

    Args:
        paper: "A" to "E" or "all"; None for every paper.
        kind: e.g. "theorem" or "erratum"; None for every kind.

    >>> [s.id for s in statements(paper="A", kind="theorem")][:2]
    ['A.Thm1', 'A.Thm2']
    """
    return tuple(s for s in _catalogue().values() if paper in (None, s.paper) and kind in (None, s.kind))


def statement(identifier: str) -> Statement:
    """Return the statement with this id.

    Raises:
        InputValueError: no such id; the message suggests near ones.

    >>> statement("A.Lem16").kind
    'lemma'
    """
    catalogue = _catalogue()
    if identifier not in catalogue:
        near = get_close_matches(str(identifier), catalogue, n=3)
        raise InputValueError(
            "identifier",
            expected="the id of a registered statement",
            got=repr(identifier),
            advice=" or ".join(map(repr, near)) or "statements()",
        )
    return catalogue[identifier]


@cache
def _catalogue() -> dict[str, Statement]:
    found: dict[str, Statement] = {}
    for module in MODULES:
        for entry in import_module(f"nccourse.symbolic.{module}").STATEMENTS:
            if entry.id in found:
                raise InputValueError("STATEMENTS", expected="distinct ids", got=f"{entry.id!r} twice")
            found[entry.id] = entry
    return found
