"""Decide whether an exact expression vanishes or has a sign, for all values of its symbols.

Exponentials are the whole difficulty: exp(γK/(K-1)), exp(γ) and exp(-γ/(K-1)) are one and the same unknown
and its powers. Splitting every exponent into a sum of elementary terms and naming each exp(term) turns an
identity between losses into one between rational functions, which is decided by cancellation.
"""

from __future__ import annotations

from collections import defaultdict

import sympy as sp

from nccourse.symbolic.symbols import Domain, domain_of


def vanishes(expression: sp.Expr) -> bool:
    """Tell whether ``expression`` is proved zero for all values of its symbols; False means "not proved".

    >>> x = sp.Symbol("x", positive=True)
    >>> vanishes(sp.log(sp.exp(x) + 1) - x - sp.log(1 + sp.exp(-x)))
    True
    """
    if expression.has(sp.Sum):
        expression = expression.doit()
    if expression.has(sp.LambertW):
        # The defining property W(z) e^W(z) = z.
        expression = sp.expand(expression).replace(_is_exp_lambert, lambda e: e.exp.args[0] / e.exp)
    named, meaning = name_exponentials(expression.rewrite((sp.sinh, sp.cosh, sp.tanh), sp.exp))
    for rewrite in (_split_roots, lambda e: _split_logarithms(e, meaning)):
        if _numerator(named) == 0:
            return True
        named = rewrite(named)
    return bool(_numerator(named) == 0)


def _is_exp_lambert(expression: sp.Basic) -> bool:
    return isinstance(expression, sp.exp) and isinstance(expression.exp, sp.LambertW)


def _numerator(expression: sp.Expr) -> sp.Expr:
    return sp.expand(sp.fraction(sp.together(expression))[0])


def _split_roots(expression: sp.Expr) -> sp.Expr:
    """Pull the squares of positive symbols out of every square root, so that equal roots look equal."""
    roots = [power for power in expression.atoms(sp.Pow) if power.exp in (sp.S.Half, -sp.S.Half)]
    return expression.xreplace({root: _split_root(root.base) ** (2 * root.exp) for root in roots})


def _split_root(base: sp.Expr) -> sp.Expr:
    top, bottom = sp.fraction(sp.together(base))
    constant, factors = _factors(top * bottom)
    outside, inside = sp.Integer(1), sp.sympify(constant)
    for factor, power in factors:
        pulled = power // 2 if factor.is_positive else 0
        outside, inside = outside * factor**pulled, inside * factor ** (power - 2 * pulled)
    return outside * sp.sqrt(sp.expand(inside)) / bottom if bottom.is_positive else sp.sqrt(base)


def _factors(polynomial: sp.Expr) -> tuple[sp.Expr, list[tuple[sp.Expr, int]]]:
    expanded = sp.expand(polynomial)
    roots = {power: sp.Dummy("root") for power in expanded.atoms(sp.Pow) if not power.exp.is_Integer}
    named = expanded.xreplace(roots)
    if not named.free_symbols:
        return expanded, []
    constant, factors = sp.factor_list(named)
    back = {name: power for power, name in roots.items()}
    return constant, [(factor.xreplace(back), power) for factor, power in factors]


def _split_logarithms(expression: sp.Expr, meaning: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Write each logarithm as a sum over the irreducible factors of its argument.

    Only log|factor| occurs: where the argument is positive, log of it is the sum of these.
    """
    names: dict[sp.Expr, sp.Expr] = dict(meaning)
    return expression.xreplace(
        {log: _split_logarithm(log.args[0], names) for log in expression.atoms(sp.log)}
    )


def _split_logarithm(argument: sp.Expr, names: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    total = sp.Integer(0)
    for part, sign in zip(sp.fraction(sp.together(argument)), (1, -1), strict=True):
        constant, factors = _factors(part)
        primes = sp.factorrat(abs(constant)) if constant.is_Rational else {constant: 1}
        for factor, power in [*factors, *primes.items()]:
            key = sp.sympify(factor)
            key = -key if key.could_extract_minus_sign() else key
            names.setdefault(key, sp.log(key) if key.is_Integer else sp.Dummy("log"))
            total += sign * power * names[key]
    return total


def name_exponentials(expression: sp.Expr) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
    """Replace each exponential by powers of positive symbols; return the result and the exponent of each."""
    if expression.has(sp.log):
        # exp(-log(x)) is 1/x, which sympy sees once the exponent is cancelled.
        expression = expression.replace(
            sp.exp, lambda e: sp.exp(sp.expand(sp.cancel(e)) if e.has(sp.log) else e)
        )
    exponents = {power: _terms(power.exp) for power in expression.atoms(sp.exp)}
    denominators: dict[sp.Expr, int] = defaultdict(lambda: 1)
    for terms in exponents.values():
        for term, coefficient in terms.items():
            denominators[term] = sp.ilcm(denominators[term], coefficient.q)
    names = {term: sp.Dummy(f"e{index}", positive=True) for index, term in enumerate(denominators)}
    replaced = {
        power: sp.Mul(
            *(names[term] ** (coefficient * denominators[term]) for term, coefficient in terms.items())
        )
        for power, terms in exponents.items()
    }
    return expression.xreplace(replaced), {name: term / denominators[term] for term, name in names.items()}


def _terms(exponent: sp.Expr) -> dict[sp.Expr, sp.Rational]:
    """Split an exponent into elementary terms with rational coefficients."""
    parts: dict[sp.Expr, sp.Rational] = defaultdict(lambda: sp.Integer(0))
    for summand in sp.Add.make_args(sp.expand(_partial_fractions(sp.expand(exponent)))):
        # Factoring turns γ/(2K-2) into half of γ/(K-1).
        coefficient, term = sp.factor(summand).as_coeff_Mul()
        if not coefficient.is_Rational:
            coefficient, term = sp.Integer(1), summand
        parts[term] += coefficient
    return parts


def _partial_fractions(exponent: sp.Expr) -> sp.Expr:
    symbols = sp.fraction(sp.together(exponent))[1].free_symbols
    return sp.apart(sp.together(exponent), symbols.pop()) if len(symbols) == 1 else exponent


def positive(expression: sp.Expr, domain: Domain | None = None, *, strict: bool = True) -> bool:
    """Tell whether ``expression`` is proved > 0 (>= 0 unless ``strict``); False means "not proved".

    Every symbol with a lower end is written as that end plus a positive unknown, every named exponential
    exp(t) with t >= 0 as 1 plus a positive one; then all coefficients of numerator and denominator must have
    one sign.
    """
    shifted = _shift(expression, domain)
    for form in (shifted, sp.factor(shifted), sp.together(shifted)):
        if form.is_positive or (not strict and form.is_nonnegative):
            return True
    top, bottom = sp.fraction(sp.together(shifted))
    return _signed(sp.expand(top), strict=strict) and _signed(sp.expand(bottom), strict=True)


def _shift(expression: sp.Expr, domain: Domain | None) -> sp.Expr:
    replaced = {}
    for symbol in expression.free_symbols:
        values = domain_of(symbol, domain)
        if values.inf.is_finite:
            open_end = isinstance(values, sp.Interval) and bool(values.left_open)
            unknown = (
                sp.Dummy(symbol.name, positive=True) if open_end else sp.Dummy(symbol.name, nonnegative=True)
            )
            replaced[symbol] = values.inf + unknown
    named, meaning = name_exponentials(expression.xreplace(replaced))
    growing = {
        name: 1 + sp.Dummy(name.name, positive=True)
        for name, exponent in meaning.items()
        if exponent.is_positive
    }
    return sp.expand_log(named.xreplace(growing))


def _signed(polynomial: sp.Expr, *, strict: bool) -> bool:
    terms = sp.Add.make_args(polynomial)
    if not all(term.is_nonnegative for term in terms):
        return False
    return not strict or any(term.is_positive for term in terms)
