"""Every public function of the geometry refuses bad input, naming the argument, what it expected and what it got."""

# ruff: noqa: E501 (one case a line)

import numpy as np
import pytest
import torch

from nccourse import geometry as g
from nccourse.errors import InputTypeError, InputValueError, NCCourseError

eye = torch.eye(3)
nan_frame = torch.full((3, 3), float("nan"))
frame_functions = [g.cosines, g.angles, g.centred, g.etf_distance, g.nearest_etf]
pair_functions = [g.sphere.projection, g.sphere.retraction, g.sphere.riemannian_gradient]

CASES = [
    (lambda: g.simplex_etf(1), "num_classes: expected an integer >= 2, got 1", InputValueError),
    (lambda: g.simplex_etf(3.0), "num_classes: expected an integer >= 2, got float 3.0", InputTypeError),
    (lambda: g.simplex_etf(5, 3), "dim: expected an integer >= num_classes - 1 = 4, got 3", InputValueError),
    (lambda: g.simplex_etf(3, 2.0), "dim: expected an integer, got float 2.0", InputTypeError),
    (lambda: g.simplex_etf(3, norm=0.0), "norm: expected a finite number > 0, got 0.0", InputValueError),
    (lambda: g.simplex_etf(3, norm=float("nan")), "norm: expected a finite number > 0, got nan", InputValueError),
    (lambda: g.simplex_etf(3, norm="1"), "norm: expected a finite number > 0, got str '1'", InputTypeError),
    (lambda: g.simplex_etf(3, generator=0), "generator: expected a torch.Generator or None, got int", InputTypeError),
    (lambda: g.simplex_etf(3, dtype=torch.int64), "dtype: expected a floating torch.dtype, got torch.int64", InputTypeError),
    (lambda: g.simplex_etf(3, dtype="float64"), "dtype: expected a floating torch.dtype, got 'float64'", InputTypeError),
    (lambda: g.centring_matrix(0), "num_classes: expected an integer >= 1, got 0", InputValueError),
    (lambda: g.centring_matrix(2.0), "num_classes: expected an integer >= 1, got float 2.0", InputTypeError),
    (lambda: g.zero_sum_basis(1), "num_classes: expected an integer >= 2, got 1", InputValueError),
    (lambda: g.zero_sum_basis("3"), "num_classes: expected an integer >= 2, got str '3'", InputTypeError),
    (lambda: g.random_rotation(0), "dim: expected an integer >= 1, got 0", InputValueError),
    (lambda: g.random_rotation(3, rows=4), "rows: expected an integer in [1, 3], got 4", InputValueError),
    (lambda: g.random_rotation(3, generator=1), "generator: expected a torch.Generator", InputTypeError),
    (lambda: g.random_rotation(3, dtype=int), "dtype: expected a floating torch.dtype", InputTypeError),
    (lambda: g.orthogonal_frame([1.0, 1.0], 1), "dim: expected an integer >= 2, got 1", InputValueError),
    (lambda: g.orthogonal_frame([], 2), "norms: expected K >= 1 finite numbers >= 0, got shape (0,)", InputValueError),
    (lambda: g.orthogonal_frame(eye, 3), "norms: expected K >= 1 finite numbers >= 0, got shape (3, 3)", InputValueError),
    (lambda: g.orthogonal_frame([1.0, -1.0], 2), "norms: expected K >= 1 finite numbers >= 0, got [1.0, -1.0]", InputValueError),
    (lambda: g.orthogonal_frame([float("nan")], 2), "norms: expected K >= 1 finite numbers >= 0, got [nan]", InputValueError),
    (lambda: g.orthogonal_frame("ab", 2), "norms: expected K >= 1 finite numbers >= 0, got 'ab'", InputTypeError),
    (lambda: g.orthogonal_frame([1.0], 2, nonnegative=1), "nonnegative: expected True or False, got 1", InputTypeError),
    (lambda: g.orthogonal_frame([1.0], 2, generator=1), "generator: expected a torch.Generator", InputTypeError),
    (lambda: g.orthogonal_frame([1.0], 2, dtype=torch.int32), "dtype: expected a floating", InputTypeError),
    *[(lambda f=f: f(np.eye(3)), "frame: expected a float tensor of shape (K, d), got ndarray", InputTypeError) for f in frame_functions],
    *[(lambda f=f: f(torch.arange(4).view(2, 2)), "frame: expected a float tensor of shape (K, d), got dtype torch.int64", InputTypeError) for f in frame_functions],
    *[(lambda f=f: f(torch.ones(3)), "frame: expected a float tensor of shape (K, d), got shape (3,)", InputValueError) for f in frame_functions],
    *[(lambda f=f: f(torch.ones(3, 0)), "got shape (3, 0)", InputValueError) for f in frame_functions],
    *[(lambda f=f: f(nan_frame), "frame: expected finite values, got 9 NaN or infinite", InputValueError) for f in frame_functions],
    *[(lambda f=f: f(eye[:1]), "K >= 2 and d >= 1, got shape (1, 3)", InputValueError) for f in (g.etf_distance, g.nearest_etf)],
    (lambda: g.cosines(eye, torch.eye(2)), "other: expected a float tensor of shape (K, 3), got shape (2, 2)", InputValueError),
    (lambda: g.angles(eye, nan_frame), "other: expected finite values", InputValueError),
    (lambda: g.nearest_etf(torch.eye(4)[:, :2]), "frame: expected shape (K, d) with d >= K-1, got shape (4, 2)", InputValueError),
    (lambda: g.nearest_etf(torch.full((4, 3), 0.3)), "frame: expected rows that differ, got all rows equal", InputValueError),
    (lambda: g.nearest_etf(torch.zeros(4, 3)), "frame: expected rows that differ, got all rows equal", InputValueError),
    (lambda: g.nearest_etf(eye, norm=-1.0), "norm: expected a finite number > 0, got -1.0", InputValueError),
    *[(lambda f=f: f([1.0], eye), "point: expected a float tensor of shape (..., d), got list", InputTypeError) for f in pair_functions],
    *[(lambda f=f: f(eye, eye.long()), "expected a float tensor of shape (..., d), got dtype torch.int64", InputTypeError) for f in pair_functions],
    *[(lambda f=f: f(eye, eye[0]), "expected the shape of point, (3, 3), got shape (3,)", InputValueError) for f in pair_functions],
    *[(lambda f=f: f(eye, eye.double()), "expected the dtype of point, torch.float32, got dtype torch.float64", InputTypeError) for f in pair_functions],
    *[(lambda f=f: f(torch.tensor(1.0), torch.tensor(1.0)), "point: expected shape (..., d) with d >= 1, got shape ()", InputValueError) for f in pair_functions],
    (lambda: g.sphere.riemannian_hessian(eye, eye, eye[0], eye), "hessian_product: expected the shape of point", InputValueError),
    (lambda: g.sphere.riemannian_hessian(eye, eye, eye, eye.half()), "tangent: expected the dtype of point", InputTypeError),
    (lambda: g.sphere.random_point(0), "dim: expected an integer >= 1, got 0", InputValueError),
    (lambda: g.sphere.random_point(2, radius=0.0), "radius: expected a finite number > 0, got 0.0", InputValueError),
    (lambda: g.sphere.random_point(2, dtype=torch.long), "dtype: expected a floating", InputTypeError),
    (lambda: g.sphere.random_point(2, generator=0), "generator: expected a torch.Generator", InputTypeError),
    (lambda: g.oblique.random_point(0, 2), "num_rows: expected an integer >= 1, got 0", InputValueError),
    (lambda: g.oblique.random_point(2, 0), "dim: expected an integer >= 1, got 0", InputValueError),
    (lambda: g.oblique.random_point(2, 2, radius=float("inf")), "radius: expected a finite number > 0, got inf", InputValueError),
    (lambda: g.oblique.random_point(2, 2, dtype=torch.long), "dtype: expected a floating", InputTypeError),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message", "kind"), CASES)
def test_bad_input_is_explained(call, message, kind):
    with pytest.raises(kind) as error:
        call()
    assert isinstance(error.value, NCCourseError)
    assert message in str(error.value)
