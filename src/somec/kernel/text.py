"""Characters that nobody sees and that change what everybody reads (Unicode Technical Report 36, section 2.5)."""

from __future__ import annotations

import re
from typing import Final, TypeVar, cast

# Overrides, embeddings and isolates of direction, deprecated formats, tags, invisible operators, other controls. What
# scripts need stays: joiner and non-joiner (Persian, Arabic), the direction marks (Hebrew, Arabic), the zero width
# space (Khmer, Thai), the soft hyphen; and tab, line feed, carriage return.
_CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

_T = TypeVar("_T")


def has_controls(text: str) -> bool:
    """Tell whether a text holds a control or format character that no script needs."""
    return not text.isprintable() and _CONTROLS.search(text) is not None


def without_controls(value: _T) -> _T:
    """Return a text, or a JSON value with every text and name in it, without these characters."""
    return cast("_T", _cleaned(value))


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return value if value.isprintable() else _CONTROLS.sub("", value)
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return value
