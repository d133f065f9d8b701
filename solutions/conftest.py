"""Solutions run strictly here too: an exercise that is not right raises."""

import os
from collections.abc import Iterator
from unittest import mock

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    """Set the switch while a notebook's kernel starts, which it does with its first cell."""
    with mock.patch.dict(os.environ, NCCOURSE_STRICT="1"):
        yield
