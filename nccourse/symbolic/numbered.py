"""Every numbered statement of the five papers, and the statement of the catalogue that covers it.

A restatement (paper A's Theorem 10 repeats Theorem 2) is covered by the statement it repeats. Paper B's
Lemmas 5 and 6 are named in its text but stand in a supplement that we do not have.
"""

from __future__ import annotations

from nccourse.symbolic.registry import statements

NUMBERED: dict[str, dict[str, str]] = {
    "A": {
        "Theorem 1": "A.Thm1",
        "Theorem 2": "A.Thm2",
        "Definition 3": "A.Def3",
        "Definition 4": "A.Def4",
        "Theorem 5": "A.Thm5",
        "Theorem 6": "A.Thm6",
        "Definition 7": "ETF.Canonical",
        "Lemma 8": "A.Lem8",
        "Lemma 9": "A.Lem9",
        "Theorem 10": "A.Thm2",
        "Lemma 11": "A.Lem11",
        "Lemma 12": "A.Lem12",
        "Lemma 13": "A.Lem13",
        "Lemma 14": "A.Lem14",
        "Lemma 15": "A.Lem15",
        "Lemma 16": "A.Lem16",
        "Theorem 17": "A.Thm1",
        "Lemma 18": "A.Lem18",
        "Lemma 19": "A.Lem19",
        "Lemma 20": "A.Lem20",
        "Lemma 21": "A.Lem21",
        "Lemma 22": "A.Lem22",
        "Theorem 23": "A.Thm6",
        "Theorem 24": "A.Thm5",
    },
    "B": {
        "Theorem 1": "B.Thm1",
        "Theorem 2": "B.Thm2",
        "Lemma 5": "B.Lem5",
        "Lemma 6": "B.Lem6",
        "Definition S-1": "C.Def1",
        "Theorem S-4": "B.Thm2",
    },
    "C": {
        "Definition 1": "C.Def1",
        "Theorem 1": "C.Thm1",
        "Theorem 2": "C.Thm2",
        "Corollary 1": "C.Cor1",
        "Corollary 2": "C.Cor2",
        "Definition 2": "ETF.Canonical",
        **{f"Lemma {number}": f"C.Lem{number}" for number in range(1, 10)},
        "Definition 3": "C.Def1",
        "Theorem 3": "C.Thm1",
    },
    "D": {
        "Theorem 1": "D.Thm1",
        "Corollary 1": "D.Cor1",
        "Proposition 1": "D.Prop1",
        "Corollary 2": "D.Cor2",
        "Corollary 3": "D.Cor3",
        "Corollary 4": "D.Cor4",
        "Lemma 1": "D.Lem1",
        "Lemma 2": "D.Lem2",
    },
    "E": {
        "Definition 1": "ETF.Gram",
        "Theorem 1": "E.Thm1",
        "Remark 1": "E.Thm1",
        "Remark 2": "E.Eq8",
        "Remark 3": "E.Eq12",
        "Definition 2": "E.Thm2",
        "Theorem 2": "E.Thm2",
    },
}


def missing(paper: str | None = None) -> list[str]:
    """Return the numbered statements that the catalogue does not cover, e.g. ``"A Lemma 8"``.

    Args:
        paper: "A" to "E"; None for all five.

    >>> missing()
    []
    """
    known = {entry.id for entry in statements()}
    return [
        f"{letter} {label}"
        for letter, labels in NUMBERED.items()
        for label, identifier in labels.items()
        if paper in (None, letter) and identifier not in known
    ]
