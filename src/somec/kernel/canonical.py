"""Canonical JSON: one sequence of bytes for one value, so that hashes and signatures mean something (RFC 8785).

Only what RFC 8785 and I-JSON treat alike everywhere is allowed: no floating point numbers, whole numbers below 2**53,
keys in the Basic Multilingual Plane (there sorting by UTF-8 and by UTF-16 is the same).
"""

from __future__ import annotations

from typing import TypeAlias

import orjson

from somec.kernel.errors import Invalid

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 64
LAST_BASIC = 0xFFFF  # last code point of the Basic Multilingual Plane


def encode(value: Json) -> bytes:
    """Return the canonical bytes of ``value``; raises Invalid for what has no canonical form."""
    _check(value, 0)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def decode(data: bytes) -> Json:
    """Read JSON strictly (no NaN, no duplicate surprises beyond last-wins); raises Invalid."""
    try:
        value: Json = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Invalid("json.malformed", position=error.pos) from error
    return value


def _check(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid("json.too_deep", limit=MAX_DEPTH)
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or (not key.isascii() and any(ord(char) > LAST_BASIC for char in key)):
                raise Invalid("json.key")
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, bool) or value is None or isinstance(value, str):
        return
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Invalid("json.integer_too_large")
    else:
        raise Invalid("json.type", type=type(value).__name__)
