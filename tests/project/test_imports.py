"""What importing costs: the package itself nothing, its parts only what they compute with."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("imported", "unwanted"),
    [
        ("nccourse", {"torch", "numpy", "sympy", "matplotlib"}),
        ("nccourse.cli", {"torch", "numpy", "sympy", "matplotlib", "nbconvert"}),
        ("nccourse.symbolic", {"torch", "numpy", "matplotlib"}),
        ("nccourse.theory", {"torch", "matplotlib"}),
        ("nccourse.metrics", {"torchmetrics", "torchvision", "sklearn", "matplotlib"}),
        ("nccourse.training", {"torchmetrics", "torchvision", "sklearn", "matplotlib", "sympy"}),
        ("nccourse.widgets", {"torchmetrics", "torchvision", "sklearn"}),
    ],
)
def test_nothing_heavy_is_loaded_that_is_not_needed(imported, unwanted):
    program = f"import sys, {imported}; print(*(set({sorted(unwanted)!r}) & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
