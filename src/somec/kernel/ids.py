"""Ids that sort by time and say what they name: ``prs-01jd8x4e7q3v9t2m5k6n0p1r2s``.

The part after the prefix is a ULID (128 bits: 48 of milliseconds, 80 of chance) in lower-case Crockford base 32. Ids
derived from content (an obligation that two nodes must name alike) are a hash in the same alphabet.
"""

from __future__ import annotations

import hashlib
import os
import re

from somec.kernel import clock

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
MAX_LENGTH = 40  # width of every id column
_LENGTH = 26
_PATTERN = re.compile(r"[a-z]{2,8}-[0-9a-hjkmnp-tv-z]{26}")


def _encode(value: int) -> str:
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def new_id(prefix: str) -> str:
    """Return a fresh id with this prefix (2 to 8 lower-case letters)."""
    milliseconds = int(clock.now().timestamp() * 1000)
    return f"{prefix}-{_encode((milliseconds << 80) | int.from_bytes(os.urandom(10), 'big'))}"


def derived_id(prefix: str, *parts: str) -> str:
    """Return the id that everybody computes alike from the same parts (order counts)."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()[:16]
    return f"{prefix}-{_encode(int.from_bytes(digest, 'big'))}"


def is_id(text: str, prefix: str | None = None) -> bool:
    """Tell whether this has the form of an id, and the prefix if one is named."""
    return bool(_PATTERN.fullmatch(text)) and (prefix is None or text.startswith(f"{prefix}-"))
