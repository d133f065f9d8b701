"""How a repulsion energy settles at the simplex ETF."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from nccourse import checks
from nccourse.plots.arrays import array
from nccourse.plots.curves import measured_line
from nccourse.plots.style import COLOURS, THEORY, new_figure


def energy_trace(
    energies: Any,
    *,
    minimum: float | None = None,
    ylabel: str = "energy (1/distance)",
    title: str = "",
) -> Figure:
    """Plot energies over the steps of a descent; with ``minimum``, also the excess over it on a log axis.

    Args:
        energies: one a step, (T,).
        minimum: the energy of the simplex ETF, dashed.
        ylabel: quantity and unit.
        title: above the figure.

    Returns:
        One panel, or two with ``minimum``.

    Raises:
        InputTypeError: not numbers.
        InputValueError: empty or not finite.

    >>> figure = energy_trace([4.0, 3.2, 3.0], minimum=3.0)
    """
    energies = array("energies", energies, ("T",))
    panels = 1 if minimum is None else 2
    figure, axes = new_figure(1, panels, width=3.7 * panels, height=3.0)
    figure.suptitle(title, fontsize=11)
    measured_line(
        axes[0], array("steps", range(len(energies)), ("T",)), energies, {"color": COLOURS["blue"]}, "descent"
    )
    axes[0].set(xlabel="step", ylabel=ylabel)
    if minimum is not None:
        minimum = checks.real("minimum", minimum)
        axes[0].axhline(minimum, color="black", label=f"simplex ETF: {minimum:.4g}", **THEORY)
        axes[0].legend(fontsize=9)
        excess = energies - minimum
        excess[excess <= 0] = float("nan")
        axes[1].semilogy(range(len(energies)), excess, color=COLOURS["blue"], linewidth=1.6)
        axes[1].set(xlabel="step", ylabel="excess over the ETF's energy")
    return figure
