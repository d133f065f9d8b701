"""What the γ explorer says in words and digits."""

from __future__ import annotations

import math

import numpy as np

from nccourse.plots.arrays import Array
from nccourse.theory import normalized
from nccourse.widgets.panel import Readout
from nccourse.widgets.solved_scores import SAMPLES_PER_CLASS, Setting, SolvedScores, Theory

MODES = {
    "out:align": "weights against class means",
    "in:antisym": "weights against class means",
    "out:uniform-w": "all weights together",
    "out:uniform-h": "all features together",
    "out:fluct": "single features against their class mean",
    "in:fluct": "single features against their class mean",
    "in:ETF-": "what equalises the angles",
    "in:ETF+": "what equalises the angles",
    "in:std": "scores and bias of whole classes",
    "bias:uniform": "the bias as a whole",
}


def gamma_readout(setting: Setting, here: Theory, solved: SolvedScores) -> Readout:
    """Put theory beside what was solved.

    Args:
        setting: the controls.
        here: theory at the setting's scale, arrays of one.
        solved: the solved model.

    Returns:
        Name -> text.
    """
    return {
        "Setting": f"γ = {setting.scale:.4g}, K = {setting.num_classes}, {SAMPLES_PER_CLASS} samples a class",
        "Positive score": _beside(here.positive, solved.positive),
        "Negative score": _beside(here.negative, solved.negative),
        "Bias": _bias(setting, here, solved.bias),
        "Loss": _loss(here, solved),
        "Condition I": _light(
            _first_condition(solved), "each positive score above its sample's negative ones"
        ),
        "Condition II": _light(_second_condition(solved), "positive scores above 0, negative ones below"),
        "b separates": _separates(setting, solved),
        "Slowest mode": _slowest(setting),
    }


def _beside(theory: Array, solved: Array) -> str:
    return f"theory {theory[0]:.4f}, solved {solved.mean():.4f}, spread {np.ptp(solved):.1e}"


def _bias(setting: Setting, here: Theory, solved: Array) -> str:
    if not setting.bias:
        return "fixed at 0"
    if setting.loss == "ce":
        return f"any value shared by all classes; solved spread {np.ptp(solved):.1e}"
    return f"b* {_beside(here.bias, solved)}"


def _loss(here: Theory, solved: SolvedScores) -> str:
    text = f"lower bound {here.minimum[0]:.5g}, solved {solved.objective:.5g}"
    if solved.gap is None:
        return text
    return f"{text}, {'gap below 1e-12' if solved.gap < 1e-12 else f'gap {solved.gap:.0e}'}"


def _first_condition(solved: SolvedScores) -> bool:
    return bool((solved.positive[:, None] > solved.negative).all())


def _second_condition(solved: SolvedScores) -> bool:
    return bool(solved.positive.min() > 0 > solved.negative.max())


def _separates(setting: Setting, solved: SolvedScores) -> str:
    between = bool(solved.negative.max() < solved.bias.min() and solved.bias.max() < solved.positive.min())
    if setting.loss == "ce" or not setting.bias:
        return _light(between, "b lies between negative and positive scores")
    return _light(
        between, f"in theory exactly when γ > {normalized.separation_scale(setting.num_classes):.4f}"
    )


def _slowest(setting: Setting) -> str:
    if setting.loss == "bce" and not setting.bias:
        return "known with a trained bias only"
    K, scale, loss = setting.num_classes, setting.scale, setting.loss
    spectrum = normalized.hessian_spectrum(K, SAMPLES_PER_CLASS, scale, loss, bias=setting.bias, log=True)
    logarithm, mode = min((float(value), mode) for mode, (value, _) in spectrum.items() if value > -math.inf)
    rate = math.exp(logarithm)
    words = MODES[mode.rstrip("0123456789")]
    return f"{words} ({mode}); a step η shrinks its error by the factor 1 − {rate:.3e} η"


def _light(on: bool, meaning: str) -> str:
    return f"{'● yes' if on else '○ no'}: {meaning}"
