"""Lints over a lesson: what every lesson has to have, each finding with its place and what to do."""

from nccourse.lessonbuild.lints.lint import lint
from nccourse.lessonbuild.lints.problem import Problem

__all__ = ["Problem", "lint"]
