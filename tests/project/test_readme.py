"""The README's promises that a machine can keep: its snippets, their length, its links."""

import re
from pathlib import Path

import pytest
import torch

from nccourse import metrics

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()

SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def snippet():
    return SNIPPETS[0]


def test_the_snippet_has_about_ten_lines_after_its_imports(snippet):
    body = [line for line in snippet.splitlines() if line.strip() and "import" not in line]
    assert len(body) <= 12
    assert len(SNIPPETS) == 2


def test_the_second_snippet_prints_what_it_says(capsys):
    exec(compile(SNIPPETS[1], "README.md", "exec"), {})
    solved, closed, gap = map(float, capsys.readouterr().out.split())
    assert solved == pytest.approx(closed, abs=1e-10)
    assert abs(gap) < 1e-10


def test_the_snippet_measures_what_the_one_shot_function_measures(snippet):
    scope = {}
    exec(compile(snippet, "README.md", "exec"), scope)
    torch.manual_seed(0)
    body, head = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.ReLU()), torch.nn.Linear(8, 3)
    images, labels = torch.randn(60, 5), torch.arange(60) % 3
    loop = [(images[start : start + 16], labels[start : start + 16]) for start in range(0, 60, 16)]
    streamed = scope["measure"](torch.nn.Sequential(body, head), head, loop, 3)
    assert not body.training
    whole = metrics.neural_collapse(
        body(images).detach(), labels, head.weight.detach(), b=-head.bias.detach()
    )
    for name in ("nc1", "nc2", "nc3", "nc4"):
        assert getattr(streamed, name) == pytest.approx(getattr(whole, name), rel=1e-5), name
    assert not head._forward_pre_hooks


def test_every_linked_file_exists():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_lesson_table_names_every_lesson():
    masters = {path.name[:2] for path in (ROOT / "lessons" / "source").glob("[0-9]*.py")}
    assert set(re.findall(r"^\| (\d\d) \|", README, re.MULTILINE)) == masters
