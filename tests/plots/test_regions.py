"""Regions of the plane: each point has its class's colour, none is white."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from nccourse.errors import InputValueError
from nccourse.plots import class_colour, regions

AXIS = [0.0, 1.0, 2.0]
CLASSES = [[0, 1, -1], [0, 1, 1], [0, 0, 1]]
VECTORS = [[0.0, 0.0], [2.0, 2.0]]


def test_points_have_the_colour_of_their_class():
    (ax,) = regions(AXIS, AXIS, {"CE": CLASSES}, VECTORS, notes={"CE": "a note"}).axes
    (image,) = ax.images
    picture = np.asarray(image.get_array())
    for row, column in ((0, 0), (1, 1), (2, 2)):
        assert np.allclose(picture[row, column, :3], to_rgb(class_colour(CLASSES[row][column])))
    assert np.allclose(picture[0, 2], 1.0)
    assert ax.get_title() == "CE\na note"
    assert [tuple(map(float, line.get_xydata()[0])) for line in ax.lines] == [(0.0, 0.0), (2.0, 2.0)]


@pytest.mark.parametrize("maps", [{}, {"CE": [[0, 1]]}])
def test_maps_must_be_there_and_fit(maps):
    with pytest.raises(InputValueError):
        regions(AXIS, AXIS, maps, VECTORS)
