"""The focal loss with dead classes: what a solver finds, what was proved, and where collapse wins."""

from __future__ import annotations

import pytest

from nccourse import ufm
from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.symbolic import errata_c_focal
from nccourse.theory import contrastive, regularized
from nccourse.theory.dead_classes import focal_minimum

PRICE = 0.041225


def test_the_best_number_of_living_classes_is_the_solver_s_minimum() -> None:
    solved = ufm.solve(ufm.RegularizedUFM(30, 1, 31, "focal", PRICE, PRICE, 0.01))
    living = int((solved.W.norm(dim=1) > 1e-3).sum())
    objectives = {alive: focal_minimum(30, alive, PRICE, 0.01) for alive in range(20, 31)}
    assert min(objectives, key=lambda alive: objectives[alive]) == living < 30
    assert solved.objective == pytest.approx(objectives[living], rel=1e-12)


def test_it_is_at_least_as_good_as_the_exact_counterexample() -> None:
    exact = float(errata_c_focal.dead_class_objective(26))
    assert exact - 1e-8 < focal_minimum(30, 26, PRICE, 0.01) <= exact


def test_all_alive_is_the_minimizer_and_few_alive_is_worse_where_the_theorem_holds() -> None:
    best = regularized.minimizer("focal", 10, 1, 0.05, 0.05).objective
    assert focal_minimum(10, 10, 0.05, 0.01) == best
    assert all(focal_minimum(10, alive, 0.05, 0.01) > best for alive in range(1, 10))


def test_one_living_class_is_zero() -> None:
    at_zero = contrastive.phi("focal", 10, 0.0)
    assert focal_minimum(10, 1, 0.05, 0.01) == pytest.approx(at_zero, rel=1e-12)


BAD: list[tuple[tuple[object, ...], str, type[NCCourseError], str]] = [
    ((1, 1, 0.1, 0.1), "K", InputValueError, "1"),
    ((5, 6, 0.1, 0.1), "alive", InputValueError, "6"),
    ((5, 0, 0.1, 0.1), "alive", InputValueError, "0"),
    ((5, 2.5, 0.1, 0.1), "alive", InputTypeError, "2.5"),
    ((5, 3, 0.0, 0.1), "c", InputValueError, "0"),
    ((5, 3, 0.1, 0.0), "lambda_b", InputValueError, "0"),
]


@pytest.mark.parametrize(("arguments", "what", "kind", "got"), BAD)
def test_bad_input_is_explained(arguments, what, kind, got) -> None:
    with pytest.raises(kind) as caught:
        focal_minimum(*arguments)
    assert caught.value.what == what
    assert got in caught.value.got
