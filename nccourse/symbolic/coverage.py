"""What covers each result of the papers: derivation, closed form, solved model, lesson; and the page."""

from __future__ import annotations

from dataclasses import dataclass

from nccourse.symbolic.numbered import NUMBERED
from nccourse.symbolic.registry import statement


@dataclass(frozen=True)
class Row:
    """One result and where to find it.

    Args:
        result: in a few words.
        statements: ids in the catalogue.
        theory: closed forms, as ``"module.function"`` below ``nccourse.theory``; empty where there is none.
        models: tests that hold a solved model against it, as ``"file::test"`` below ``tests/ufm``.
        lessons: numbers of those that teach it.
    """

    result: str
    statements: tuple[str, ...]
    theory: tuple[str, ...]
    models: tuple[str, ...]
    lessons: tuple[str, ...]


def _ids(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROWS = (
    Row(
        "The simplex ETF: best cosine, constructions, uniqueness",
        _ids("ETF.Cosine ETF.Gram ETF.Canonical ETF.Helmert ETF.Unique ETF.Centring"),
        (),
        ("test_solve::test_certified_and_collapsed",),
        ("02",),
    ),
    Row(
        "A Theorem 1: minimum of the normalized CE",
        _ids("A.Thm1 A.Eq8 A.Lem8 A.Lem9 A.Lem18 A.Lem19 A.Lem20 CE.Convex"),
        ("normalized.ce_minimum", "normalized.unbiased_scores"),
        ("test_solve::test_certified_and_collapsed", "test_solve::test_scipy_agrees"),
        ("03", "07"),
    ),
    Row(
        "A Theorem 2: minimum of the normalized BCE and its bias, limits included",
        _ids("A.Thm2 A.Eq39 A.BiasLimits A.Lem11 A.Lem12 A.Lem13 A.Lem14 A.Lem15"),
        ("normalized.bce_minimum", "normalized.bce_bias"),
        ("test_solve::test_certified_and_collapsed", "test_solve::test_extreme_scales"),
        ("03", "07"),
    ),
    Row(
        "BCE with its bias held at 0: weights and features lean apart",
        _ids("A.NoBias"),
        ("normalized_offset.bce_minimum_without_bias", "normalized_offset.offset_without_bias"),
        ("test_solve::test_without_bias_bce_reaches_the_leaning_minimum",),
        ("14",),
    ),
    Row(
        "A Lemma 16: when the bias separates the scores",
        _ids("A.Lem16 A.Def3 A.Def4"),
        ("normalized.separation_scale",),
        ("test_solve::test_solution_is_what_it_says",),
        ("03",),
    ),
    Row(
        "A gradients, (204) to (215)",
        _ids("A.GradientsCE A.GradientsBCE A.Eq206"),
        (),
        ("test_normalized_problem::test_objective_and_gradient_match_differentiation",),
        ("08",),
    ),
    Row(
        "A Theorems 5 and 6, and the exact local rates",
        _ids("A.Thm5 A.Thm6 A.Lem21 A.Lem22 A.Modes A.StandardMode"),
        ("normalized_hessian.hessian_spectrum", "normalized_hessian.local_rate"),
        ("test_gradient_descent::test_late_rate_is_the_smallest_eigenvalue",),
        ("08",),
    ),
    Row(
        "Both limits of the rate, and the scale that converges fastest",
        _ids("A.SmallScale A.LargeScale A.FastestScale"),
        ("normalized_hessian.local_rate",),
        ("test_gradient_descent::test_late_rate_is_the_smallest_eigenvalue",),
        ("08",),
    ),
    Row(
        "A (23), (24): compactness, separability, and two poles",
        _ids("A.Eq23 A.Poles"),
        (),
        ("test_solve::test_bipolar_curvature", "test_solve::test_a_nudge_leaves_the_saddle"),
        ("07", "09"),
    ),
    Row(
        "B (12), (18) to (21): gradients and the bias equation",
        _ids("B.Gradients B.Eq12 B.Lem5"),
        ("regularized.minimizer",),
        ("test_regularized::test_certified_by_both_methods",),
        ("06",),
    ),
    Row(
        "B Theorems 1 and 2, and the off-centred minimizer",
        _ids("B.Thm1 B.Thm2 B.OffCentre"),
        ("regularized.minimizer",),
        (
            "test_regularized::test_the_off_centred_minimizer_is_found",
            "test_regularized::test_without_room_to_lean_a_centred_etf_is_not_the_minimum",
        ),
        ("06",),
    ),
    Row(
        "B (13): the scores, and when the bias separates them",
        _ids("B.Eq13 B.Separation B.Lem6"),
        ("regularized.minimizer",),
        ("test_regularized::test_certified_by_both_methods",),
        ("06",),
    ),
    Row(
        "C: the contrastive property and φ of CE, label smoothing, focal loss",
        _ids("C.Def1 C.PhiCE C.PhiLS C.PhiFL"),
        ("contrastive.phi", "contrastive.phi_slope"),
        ("test_regularized::test_slope_of_focal_loss_rises_above_one_and_falls_to_it",),
        ("04",),
    ),
    Row(
        "C Theorem 1: global minimizers collapse, with their scale",
        _ids("C.Thm1 C.Lem1 C.Lem2 C.Lem3 C.Lem4 C.Lem5 C.Lem6 C.Lem7 C.Lem8 C.Lem9 C.Scale"),
        ("regularized.minimizer",),
        (
            "test_regularized::test_certified_by_both_methods",
            "test_regularized::test_the_minimizer_has_the_geometry_of_theory",
        ),
        ("04",),
    ),
    Row(
        "Where the focal loss is safe, where its minima tie, where classes die",
        _ids("C.FocalSafe C.FocalTransition"),
        ("regularized.minimizer", "dead_classes.focal_minimum"),
        ("test_regularized::test_the_focal_window",),
        ("04",),
    ),
    Row(
        "Mean squared error, with and without bias",
        _ids("C.MSE C.MSENoBias"),
        ("regularized.minimizer",),
        ("test_regularized::test_certified_by_both_methods",),
        ("04",),
    ),
    Row(
        "When everything collapses to zero",
        _ids("C.Zero"),
        ("regularized.minimizer",),
        ("test_regularized::test_zero_where_it_is_the_minimum",),
        ("04", "06"),
    ),
    Row(
        "C Theorem 2: benign landscape, the Hessian at zero",
        _ids("C.Thm2 C.Cor1 C.SaddleAtZero"),
        (),
        ("test_regularized::test_zero_is_a_saddle_that_random_starts_leave",),
        ("05",),
    ),
    Row(
        "C Corollary 2: where the focal loss is convex, exactly",
        _ids("C.Cor2 C.FocalConvexity C.FocalConvexityBound"),
        (),
        ("test_regularized::test_no_start_beats_what_focal_loss_is_proved_to_have",),
        ("05",),
    ),
    Row(
        "D Theorem 1: structure of the minimizers, margins, norms",
        _ids("D.Thm1 D.Eq6 D.Lem1 D.Lem2"),
        ("imbalanced.minimizer",),
        ("test_nonnegative::test_certified_by_both_methods", "test_nonnegative::test_scipy_agrees"),
        ("10",),
    ),
    Row(
        "D Proposition 1, Corollaries 1 to 3: norms and angles of the weights",
        _ids("D.Prop1 D.Cor1 D.Cor2 D.Cor3"),
        ("imbalanced.minimizer",),
        ("test_nonnegative::test_minority_collapse_and_general_orthogonal_frame",),
        ("10",),
    ),
    Row(
        "D Corollary 4: minority and complete collapse",
        _ids("D.Cor4"),
        ("imbalanced.collapse_count",),
        ("test_nonnegative::test_minority_collapse_and_general_orthogonal_frame",),
        ("11",),
    ),
    Row(
        "Multipliers of the constraint, and dead classes as spurious minima",
        _ids("D.KKT D.DeadClass"),
        (),
        ("test_nonnegative::test_a_dead_class_is_a_trap_and_is_left",),
        ("11",),
    ),
    Row(
        "E Theorem 1: the minimizer with a fixed classifier",
        _ids("E.Thm1 E.Lagrangian"),
        (),
        (
            "test_fixed_classifier::test_an_etf_collapses_whatever_the_counts",
            "test_fixed_classifier::test_cvxpy_agrees",
        ),
        ("12",),
    ),
    Row(
        "E (8) to (15): pull, push, and dot regression",
        _ids("E.Eq8 E.Eq12 E.Eq15"),
        ("fixed_etf.pull_push",),
        ("test_derivatives::test_gradient_and_hessian_are_those_of_the_objective",),
        ("12",),
    ),
    Row(
        "Exact dynamics of dot regression and of cross-entropy, and the best step",
        _ids("E.DRDynamics E.CEDynamics E.BestStep"),
        ("fixed_etf.dot_regression_factor",),
        (
            "test_fixed_classifier::test_dot_regression_obeys_its_exact_factor",
            "test_fixed_classifier::test_cross_entropy_converges_linearly_at_the_stated_factor",
        ),
        ("12",),
    ),
    Row(
        "E Theorem 2, corrected: who is faster",
        _ids("E.Thm2"),
        ("fixed_etf.dot_regression_factor",),
        ("test_fixed_classifier::test_dot_regression_obeys_its_exact_factor",),
        ("12",),
    ),
)

_HEAD = """# Coverage

What the course has on each result of the five papers: a derivation that a machine checks (with how strongly),
a closed form in `nccourse.theory`, a solved unconstrained feature model held against it (tests in
`tests/ufm`), and a lesson. `nccourse theorems` runs every check and fails if one no longer is what this page
says, or if a numbered statement of a paper is not covered. What is false as printed is on the page
[Errata](errata.md).

| status | meaning |
|---|---|
| proved symbolically | for general K, every symbol free |
| refuted by a counterexample | false as printed; the claim says what is true |
| proved for small K | each of K = 2..6, or the few that the step names |
| holds at random rational points, 50 digits | no counterexample at the points tried |
| text not available | stands in a supplement that we do not have |

Generated by `nccourse theorems --pages docs`; edit `nccourse/symbolic/coverage.py`, not the page.

## Results

| result | derivation (status) | closed form | solved model | lesson |
|---|---|---|---|---|
"""


def coverage_page() -> str:
    """Return the page as Markdown: the results, then every numbered statement of each paper."""
    lines = [_HEAD + "\n".join(map(_line, ROWS)), "\n## Numbered statements\n"]
    lines.append("| paper | statement | covered by | status |\n|---|---|---|---|")
    for paper, labels in NUMBERED.items():
        for label, identifier in labels.items():
            entry = statement(identifier)
            lines.append(f"| {paper} | {label} | `{identifier}` {entry.title} | {entry.status} |")
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    derived = "; ".join(f"`{name}` ({statement(name).status})" for name in row.statements)
    cells = (row.result, derived, _code(row.theory), _code(row.models), ", ".join(row.lessons))
    return f"| {' | '.join(cells)} |"


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
