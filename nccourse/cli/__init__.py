"""The ``nccourse`` command: everything a learner, researcher or author does from a shell."""

from nccourse.cli.program import main

__all__ = ["main"]
