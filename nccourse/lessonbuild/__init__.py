"""From masters to lessons and solutions: build, check, run and lint the course's notebooks."""

from nccourse.lessonbuild.build import Build, build
from nccourse.lessonbuild.check import Report, check
from nccourse.lessonbuild.contents import contents, stops
from nccourse.lessonbuild.course import Course, find_course
from nccourse.lessonbuild.execute import Run, execute, parameters_of
from nccourse.lessonbuild.lesson import Demand, Lesson, LessonError
from nccourse.lessonbuild.lints import Problem, lint
from nccourse.lessonbuild.master import find_master, lessons
from nccourse.lessonbuild.parts import part_of
from nccourse.lessonbuild.sync import differences, orphans, stale_solutions

__all__ = [
    "Build",
    "Course",
    "Demand",
    "Lesson",
    "LessonError",
    "Problem",
    "Report",
    "Run",
    "build",
    "check",
    "contents",
    "differences",
    "execute",
    "find_course",
    "find_master",
    "lessons",
    "lint",
    "orphans",
    "parameters_of",
    "part_of",
    "stale_solutions",
    "stops",
]
