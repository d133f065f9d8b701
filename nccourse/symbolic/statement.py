"""A statement of one of the papers: what is claimed, where, and the derivation that decides it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from nccourse.errors import InputValueError
from nccourse.symbolic.derivation import Derivation, Step, Verification
from nccourse.symbolic.verdict import FalseStatementError, UndecidedError, Verdict

KINDS = ("theorem", "lemma", "proposition", "corollary", "definition", "equation", "erratum", "new")
PAPERS = ("all", "A", "B", "C", "D", "E")


@dataclass(frozen=True)
class Statement:
    """A claim with its derivation.

    Args:
        id: e.g. ``"A.Thm1"``, ``"A.Lem16"``, ``"A.Erratum7"``.
        paper: a letter A to E, or "all" for what every paper uses.
        kind: theorem, lemma, proposition, corollary, definition, equation, erratum, or new (ours).
        title: a few words.
        claim: what is claimed, in words and LaTeX between dollar signs; for an erratum what is printed and
            what is true.
        equations: the paper's equation numbers, e.g. ``"(10), (11)"``.
        status: how strongly the derivation is checked; :meth:`verify` fails when it no longer is.
        steps: builds the derivation; called once, when it is looked at.

    >>> from nccourse.symbolic import statement
    >>> print(statement("A.Thm1"))
    A.Thm1  Minimum of the normalized CE  [proved for small K]
    """

    id: str
    paper: str
    kind: str
    title: str
    claim: str
    equations: str
    status: Verdict
    steps: Callable[[], Iterable[Step]] = field(repr=False)

    def __post_init__(self) -> None:
        if self.paper not in PAPERS:
            raise InputValueError("paper", expected=f"one of {', '.join(PAPERS)}", got=repr(self.paper))
        if self.kind not in KINDS:
            raise InputValueError("kind", expected=f"one of {', '.join(KINDS)}", got=repr(self.kind))

    @cached_property
    def derivation(self) -> Derivation:
        """The steps, built when first looked at."""
        return Derivation(tuple(self.steps()))

    def verify(self) -> Verification:
        """Run every step and compare with the recorded status.

        Raises:
            FalseStatementError: a step is false, or the derivation is checked differently from what
                ``status`` says.
        """
        try:
            verification = self.derivation.verify()
        except UndecidedError as error:
            raise FalseStatementError(
                f"the status of {self.id}", expected=self.status.value, got=f"undecided: {error}"
            ) from error
        if verification.status != self.status:
            raise FalseStatementError(
                f"the status of {self.id}", expected=self.status.value, got=verification.status.value
            )
        return verification

    def __str__(self) -> str:
        return f"{self.id}  {self.title}  [{self.status}]"

    def _repr_markdown_(self) -> str:
        where = f", {self.equations}" if self.equations else ""
        source = f"Paper {self.paper}{where}" if self.paper != "all" else f"Used by all papers{where}"
        head = f"**{self.id} ({self.kind}): {self.title}.** {self.claim}\n\n*{source}; {self.status}.*\n\n"
        return head + self.derivation._repr_markdown_()
