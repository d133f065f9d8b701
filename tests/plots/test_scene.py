from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.plots import principal_axes
from nccourse.plots.scene import MOST_DOTS, make_scene, rotation

angles = st.floats(-720, 720)


@settings(max_examples=50, deadline=None)
@given(angles, angles)
def test_a_rotation_is_orthogonal_and_keeps_orientation(azimuth: float, elevation: float) -> None:
    view = rotation(azimuth, elevation)
    assert np.allclose(view @ view.T, np.eye(3), atol=1e-12)
    assert np.isclose(np.linalg.det(view), 1.0)


@settings(max_examples=50, deadline=None)
@given(angles, st.floats(-90, 90))
def test_up_stays_up_and_the_viewer_stands_where_asked(azimuth: float, elevation: float) -> None:
    view = rotation(azimuth, elevation)
    assert (view @ [0, 0, 1])[0] == 0
    assert (view @ [0, 0, 1])[1] >= -1e-12
    assert np.isclose((view @ [0, 0, 1])[2], np.sin(np.deg2rad(elevation)))


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 7), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_principal_axes_keep_the_most(num_classes: int, dim: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(num_classes, dim))
    axes = principal_axes(means)
    gram = axes.T @ axes
    rank = min(num_classes, dim, 3)
    assert np.allclose(gram[:rank, :rank], np.eye(rank), atol=1e-10)
    centred = means - means.mean(axis=0)
    other = np.linalg.qr(rng.normal(size=(dim, min(3, dim))))[0]
    assert ((centred @ axes) ** 2).sum() >= ((centred @ other) ** 2).sum() - 1e-10


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 4), st.floats(0.01, 100), st.integers(0, 2**32 - 1))
def test_four_classes_or_fewer_are_shown_whole(num_classes: int, size: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    means = size * rng.normal(size=(num_classes, 6)) + 5
    scene = make_scene(means)
    assert np.isclose(scene.shown, 1.0)
    gram = (means - means.mean(axis=0)) @ (means - means.mean(axis=0)).T
    assert np.allclose(scene.means @ scene.means.T, gram / gram.trace() * num_classes)


def test_features_stand_among_the_means_and_weights_have_their_own_scale() -> None:
    rng = np.random.default_rng(0)
    means, labels = rng.normal(size=(3, 5)), np.arange(30) % 3
    scene = make_scene(means, 7 * (means - means.mean(axis=0)), features=means[labels], labels=labels)
    assert np.allclose(scene.dots, scene.means[labels])
    assert scene.weights is not None
    assert np.allclose(scene.weights, scene.means)


def test_many_features_are_thinned_with_their_labels() -> None:
    labels = np.arange(5000) % 2
    means = np.array([[1.0, 0], [-1, 0]])
    scene = make_scene(means, features=means[labels] + 1e-3, labels=labels)
    assert 0 < len(scene.dots) <= MOST_DOTS
    assert np.allclose(scene.dots[:, 0], np.where(scene.labels == 0, 1, -1), atol=0.01)


@pytest.mark.parametrize("spread", [0.1, 10.0])
def test_reach_holds_every_tip(spread: float) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 4
    scene = make_scene(
        rng.normal(size=(4, 3)),
        rng.normal(size=(4, 3)),
        features=spread * rng.normal(size=(40, 3)),
        labels=labels,
    )
    assert scene.reach > np.linalg.norm(scene.means, axis=1).max()
