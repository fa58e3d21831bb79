"""The level of evidence between two packed dates, compiled. `dates.DateLevel` says what each number means."""

# Kernels mix Python and numpy scalars, which numba unifies and mypy keeps apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, type-var, call-overload, operator, index"

from __future__ import annotations

from somec.persons.matching.compiled import compiled


@compiled
def one_digit_apart(a: int, b: int) -> bool:
    """One digit differs, or two neighbouring digits are exchanged: 1981 and 1918, 12 and 21, 3 and 8 after padding."""
    wrong, first, second = 0, -1, -1
    position = 0
    x, y = a, b
    while x > 0 or y > 0:
        if x % 10 != y % 10:
            wrong += 1
            if first < 0:
                first = position
            else:
                second = position
        x //= 10
        y //= 10
        position += 1
    if wrong == 1:
        return True
    if wrong != 2 or second != first + 1:
        return False
    power = 10**first
    return (a // power) % 10 == (b // (power * 10)) % 10 and (b // power) % 10 == (a // (power * 10)) % 10


@compiled
def date_level(a: int, b: int) -> int:
    """The `DateLevel` of two packed dates; symmetric."""
    ya, ma, da = a >> 9, (a >> 5) & 15, a & 31
    yb, mb, db = b >> 9, (b >> 5) & 15, b & 31
    if ya == 0 or yb == 0:
        if da > 0 and db > 0 and ma == mb and da == db:
            return 9
        return 0
    gap = abs(ya - yb)
    full = da > 0 and db > 0
    if gap == 0:
        if full:
            return _same_year(ma, da, mb, db)
        if ma > 0 and ma == mb:
            return 6
        return 7 if ma == 0 or mb == 0 else 8
    if full and ma == mb and da == db and not (ma == 1 and da == 1):
        return 5 if gap == 1 or gap == 10 or one_digit_apart(ya, yb) else 9
    if full and gap == 1 and ma == db and da == mb and ma != da:
        return 9
    if gap == 1:
        return 10
    return 11 if gap <= 5 else 12


@compiled
def _same_year(ma: int, da: int, mb: int, db: int) -> int:
    if ma == mb and da == db:
        return 1
    if ma == db and da == mb:
        return 2
    if (ma == 1 and da == 1) or (mb == 1 and db == 1):
        return 7
    if ma == mb:
        return 3 if abs(da - db) == 1 or one_digit_apart(da, db) else 6
    if da == db:
        return 4
    return 8
