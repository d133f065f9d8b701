import pytest
import sympy as sp

from nccourse.errors import InputTypeError, InputValueError
from nccourse.symbolic import (
    assert_identity,
    assert_inequality,
    assert_limit,
    identity,
    inequality,
    refutation,
    statement,
)

x = sp.Symbol("x", positive=True)

CASES = [
    (
        lambda: assert_identity(0.5 * x, x / 2),
        "lhs: expected exact numbers, got the float 0.5",
        InputValueError,
    ),
    (lambda: assert_identity(x, x + 1e-9), "rhs: expected exact numbers, got the float", InputValueError),
    (
        lambda: assert_identity(..., x),
        "lhs: expected an exact sympy expression or matrix, got Ellipsis",
        InputTypeError,
    ),
    (
        lambda: assert_identity(x, "x"),
        "rhs: expected an exact sympy expression or matrix, got 'x'",
        InputTypeError,
    ),
    (
        lambda: assert_identity(None, x),
        "lhs: expected an exact sympy expression or matrix, got None",
        InputTypeError,
    ),
    (lambda: assert_identity(True, x), "lhs: expected .* got True", InputTypeError),
    (lambda: assert_identity({x: 1}, x), "lhs: expected .* got dict", InputTypeError),
    (lambda: assert_identity(sp.Eq(x, 1), x), "lhs: expected an exact sympy expression", InputTypeError),
    (
        lambda: assert_identity(sp.eye(2), sp.eye(3)),
        "rhs: expected the shape of lhs, a 2 x 2",
        InputValueError,
    ),
    (
        lambda: assert_identity(sp.eye(2), x),
        "rhs: expected the shape of lhs, .* got a scalar",
        InputValueError,
    ),
    (
        lambda: assert_identity(x, x, method="magic"),
        "method: expected None or one of .* got 'magic'",
        InputValueError,
    ),
    (
        lambda: assert_inequality(x, "!=", 1),
        "relation: expected one of <, <=, >, >=, got '!='",
        InputValueError,
    ),
    (lambda: assert_inequality(x, "=", x), "relation: expected one of", InputValueError),
    (lambda: assert_inequality(sp.eye(2), "<", x), "lhs: expected a scalar", InputValueError),
    (lambda: assert_inequality(x, ">", 0.0), "rhs: expected exact numbers", InputValueError),
    (
        lambda: assert_limit(x * 1.5, x, 0, 0),
        "expression: expected exact numbers, got the float 1.5",
        InputValueError,
    ),
    (lambda: assert_limit(x, x, 0, "0"), "value: expected an exact", InputTypeError),
    (lambda: assert_limit(x, 2, 0, 0), "symbol: expected a sympy symbol, got 2", InputTypeError),
    (
        lambda: assert_limit(x, x, 0, 0, direction="?"),
        "direction: expected '\\+' or '-', got '\\?'",
        InputValueError,
    ),
    (lambda: identity("s", lambda k: k, 1, reason="r"), "claim: expected LaTeX", InputValueError),
    (lambda: inequality("s", lambda k: k, ">", 1, reason="r"), "claim: expected LaTeX", InputValueError),
    (
        lambda: refutation("s", x, "=", 1, reason="r", claim="x").verify(),
        "lhs: expected numbers",
        InputValueError,
    ),
    (lambda: statement(7), "identifier: expected the id of a registered statement, got 7", InputValueError),
]


@pytest.mark.parametrize(("call", "message", "kind"), CASES)
def test_bad_input_is_named(call, message, kind):
    with pytest.raises(kind, match=message):
        call()
