"""The site's moving pictures: three that play and one to turn, without kernel or network, as described."""

import pytest

from nccourse import theory
from nccourse.cli.site.films import films
from nccourse.cli.site.offline import external_loads


@pytest.fixture(scope="module")
def shown():
    return {film.name: film for film in films()}


def test_three_play_and_one_turns(shown):
    kinds = [film.view.title for film in shown.values()]
    assert kinds.count("Animation") == 3
    assert kinds.count("3-D view") == 1


def test_they_need_no_network_and_are_described(shown):
    for film in shown.values():
        assert external_loads(film.view.html()) == []
        assert len(film.view.alt) > 40
        assert len(film.view.html()) < 300_000


def test_the_captions_say_what_differs(shown):
    assert '"step 160"' in shown["collapse"].view.page
    assert "0.05, after 100 steps" in shown["scales"].view.page
    assert '"100, 100 and 6 samples"' in shown["shrinking"].view.page


def test_six_samples_are_too_few_as_the_text_says():
    few, enough = (theory.imbalanced.minimizer([100, 100, size], 0.01, 0.01).collapsed[2] for size in (6, 7))
    assert few
    assert not enough
