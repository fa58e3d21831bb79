"""Writing XML as text that is in exclusive canonical form already (W3C xml-exc-c14n) and can be hashed as it stands.

Rules kept by every writer here: namespace declarations before attributes, both in canonical order; a declaration only
where a prefix is used for the first time on its path; no self-closing tags; double quotes; escapes as c14n has them.
"""

from __future__ import annotations

import re

# Characters that XML 1.0 cannot hold at all (2.2); no escape helps.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)  # fmt: skip


class XmlUnwritable(ValueError):  # noqa: N818
    """A value holds a character that XML cannot carry."""

    def __init__(self) -> None:
        super().__init__("value holds a character that XML cannot carry")


def _is_plain(value: str) -> bool:
    """Tell whether a value needs no escape anywhere; most do not, and seeing that is much cheaper than escaping."""
    special = "&" in value or "<" in value or ">" in value or '"' in value
    return value.isascii() and value.isprintable() and not special


def text(value: str) -> str:
    """Escape character data as canonical XML does. Raises XmlUnwritable."""
    if _is_plain(value):
        return value
    if _FORBIDDEN.search(value):
        raise XmlUnwritable
    return value.translate(_TEXT)


def attribute(value: str) -> str:
    """Escape an attribute value as canonical XML does. Raises XmlUnwritable."""
    if _is_plain(value):
        return value
    if _FORBIDDEN.search(value):
        raise XmlUnwritable
    return value.translate(_ATTRIBUTE)
