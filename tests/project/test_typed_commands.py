"""What README and CONTRIBUTING say to type exists."""

import re
import shlex
from pathlib import Path

import pytest

from nccourse.cli.program import parser

ROOT = Path(__file__).parents[2]
PROSE = "\n".join((ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))
TARGETS = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)`", PROSE))))
def test_make_target_exists(target):
    assert target in TARGETS


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(?:\.venv/bin/)?nccourse ([^`\n]+)`", PROSE))))
def test_command_parses(command):
    arguments = shlex.split(command.replace("NN", "02"))
    if "--help" in arguments:
        with pytest.raises(SystemExit) as ended:
            parser().parse_args(arguments)
        assert ended.value.code == 0
    else:
        assert callable(parser().parse_args(arguments).action)
