"""The course whose lessons these tests gate."""

from pathlib import Path

import pytest

from nccourse.lessonbuild import Course

COURSE = Course(Path(__file__).parents[2])


@pytest.fixture(scope="session")
def course() -> Course:
    return COURSE


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``lesson`` once for each master."""
    if "lesson" in metafunc.fixturenames:
        names = sorted(path.stem for path in COURSE.source.glob("*.py"))
        metafunc.parametrize("lesson", names)
