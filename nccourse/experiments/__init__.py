"""Experiments of the papers: their printed numbers, to lay beside ours."""

from nccourse.experiments.papers import paper_table, paper_tables

__all__ = ["paper_table", "paper_tables"]
