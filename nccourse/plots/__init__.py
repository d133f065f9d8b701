"""Figures of the course: data in, a matplotlib figure or a small page out; nothing computed, nothing kept.

``show`` displays a figure with alt text; ``animation`` and ``rotatable`` display themselves.
"""

from nccourse.plots.animation import animation
from nccourse.plots.class_space import class_space
from nccourse.plots.class_vectors import class_vectors
from nccourse.plots.collapse_curves import collapse_curves
from nccourse.plots.contours import contours
from nccourse.plots.contrastive_cases import contrastive_cases
from nccourse.plots.cosines import cosines
from nccourse.plots.course_map import Stop, course_map, course_map_text
from nccourse.plots.curves import curves
from nccourse.plots.descent_frame import descent_frame
from nccourse.plots.energy_trace import energy_trace
from nccourse.plots.known_unknown import known_unknown
from nccourse.plots.pull_push import pull_push
from nccourse.plots.regions import regions
from nccourse.plots.rotatable import rotatable
from nccourse.plots.scene import principal_axes
from nccourse.plots.score_histogram import score_histogram
from nccourse.plots.score_levels import score_levels
from nccourse.plots.scores_by_scale import scores_by_scale
from nccourse.plots.show import png, show
from nccourse.plots.style import COLOURS, class_colour, class_marker, new_figure

__all__ = [
    "COLOURS",
    "Stop",
    "animation",
    "class_colour",
    "class_marker",
    "class_space",
    "class_vectors",
    "collapse_curves",
    "contours",
    "contrastive_cases",
    "cosines",
    "course_map",
    "course_map_text",
    "curves",
    "descent_frame",
    "energy_trace",
    "known_unknown",
    "new_figure",
    "png",
    "principal_axes",
    "pull_push",
    "regions",
    "rotatable",
    "score_histogram",
    "score_levels",
    "scores_by_scale",
    "show",
]
