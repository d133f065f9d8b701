"""Definitions of the experiments, one topic a file; each registers its own when imported."""
