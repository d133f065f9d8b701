"""How well scores tell known classes from unknown ones."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError


def auroc(known: Tensor, unknown: Tensor) -> float:
    """Return the area under the ROC curve: the probability that a known sample scores above an unknown one.

    1/(N M) sum_{i,j} ([s_i > u_j] + [s_i = u_j]/2), the curve's area with ties joined by straight lines.

    Args:
        known: s, (N,) floats, finite, N >= 1; higher means known.
        unknown: u, (M,) floats, finite, M >= 1.

    Returns:
        Float in [0, 1]: 1/2 for scores that do not tell, 1 for scores that tell perfectly.

    Raises:
        InputTypeError: not a tensor of floats.
        InputValueError: not one-dimensional, empty, NaN or infinity.

    Source: used in paper A, Section 5 (open-set recognition); Hanley and McNeil (1982).

    Cost: O((N + M) log M).

    >>> auroc(torch.tensor([3.0, 1.0]), torch.tensor([1.0, 0.0]))
    0.875
    """
    return float(_share_below(_scores("known", known), _scores("unknown", unknown)).mean())


def oscr(known_scores: Tensor, known_correct: Tensor, unknown_scores: Tensor) -> float:
    """Return the area under the open-set classification rate curve.

    The curve of the share of known samples classified correctly with a score above t, against the share of
    unknown samples with a score above t, for t from high to low, ties joined by straight lines:
    1/(N M) sum_{i,j} [i correct] ([s_i > u_j] + [s_i = u_j]/2).

    Args:
        known_scores: s, (N,) floats, finite, N >= 1; higher means known.
        known_correct: (N,) booleans, whether the sample got its right class.
        unknown_scores: u, (M,) floats, finite, M >= 1.

    Returns:
        Float in [0, 1], at most the accuracy on the known samples; the AUROC when all are correct.

    Raises:
        InputTypeError: not tensors of floats and booleans.
        InputValueError: wrong shape, empty, NaN or infinity.

    Source: used in paper A, Section 5; Dhamija, Guenther and Boult (2018).

    Cost: O((N + M) log M).

    >>> oscr(torch.tensor([3.0, 1.0]), torch.tensor([True, False]), torch.tensor([1.0, 0.0]))
    0.5
    """
    known = _scores("known_scores", known_scores)
    correct = _require_correct(known_correct, len(known))
    return float((_share_below(known, _scores("unknown_scores", unknown_scores)) * correct).mean())


def _share_below(known: Tensor, unknown: Tensor) -> Tensor:
    """Return for each known score the share of unknown ones below it, equal ones counted half."""
    ordered = unknown.sort().values
    below = torch.searchsorted(ordered, known)
    not_above = torch.searchsorted(ordered, known, right=True)
    return (below + not_above).double() / (2 * len(ordered))


def _scores(name: str, value: Any) -> Tensor:
    scores = checks.tensor(name, value, ("N",)).detach()
    if len(scores) == 0:
        raise InputValueError(name, expected="at least one score", got="none")
    return scores.cpu().double()


def _require_correct(value: Any, num_samples: int) -> Tensor:
    expected = f"a bool tensor of shape ({num_samples},)"
    if not isinstance(value, Tensor) or value.dtype != torch.bool:
        got = f"dtype {value.dtype}" if isinstance(value, Tensor) else type(value).__name__
        raise InputTypeError("known_correct", expected=expected, got=got, advice="predictions == labels")
    if value.shape != (num_samples,):
        raise InputValueError("known_correct", expected=expected, got=f"shape {tuple(value.shape)}")
    return value.cpu()
