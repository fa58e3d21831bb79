"""What a signature covers of a payload: its octets, or for XML and text a canonical form (SwA profile 1.1.1, 5.4.2).

The SwA profile has the content of XML parts put into exclusive canonical form and the line ends of text parts made
CRLF before hashing; WSS4J does so, other makers hash what is there. Both are accepted: the second form is a function
of the first, so whoever signed one of them has signed what is delivered. What we send is typed so that both agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from somec.as4.errors import As4Error
from somec.as4.octets import Octets
from somec.as4.soap import canonical, parse
from somec.crypto import suites

_XML = re.compile(r"(?:text|application)/xml|(?:application|image)/.*\+xml", re.IGNORECASE)
_TEXT = re.compile(r"text/", re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\r|\n")
LARGEST_XML = 16 << 20  # bytes; larger XML is hashed as it stands only, for its tree would fill the memory


def is_rewritten(media_type: str) -> bool:
    """Tell whether the SwA profile has parts of this type rewritten before they are hashed."""
    return _XML.match(media_type) is not None or _TEXT.match(media_type) is not None


def digests(content: Octets, algorithm: str, media_type: str) -> Iterator[bytes]:
    """Yield the digests a signature may give for a payload: of its octets, then of the form for its media type."""
    yield suites.digest(algorithm, content.read()) if content.in_memory else _digest(content.chunks(), algorithm)
    if _XML.match(media_type):
        if content.size <= LARGEST_XML:
            yield from _xml_digest(content, algorithm)
    elif _TEXT.match(media_type):
        yield _digest(_with_crlf(content), algorithm)


def _digest(pieces: Iterator[bytes], algorithm: str) -> bytes:
    digest = suites.new_digest(algorithm)
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _xml_digest(content: Octets, algorithm: str) -> Iterator[bytes]:
    try:
        tree = parse(content.read()).getroottree()
        yield suites.digest(algorithm, canonical(tree))
    except As4Error:  # not XML after all, or XML that we do not read: then there is no second form
        return


def _with_crlf(content: Octets) -> Iterator[bytes]:
    """Yield the content with every line end as CRLF; a CR at the end of a piece waits for what follows it."""
    waiting = b""
    for piece in content.chunks():
        whole = waiting + piece
        waiting = whole[-1:] if whole.endswith(b"\r") else b""
        yield _LINE_END.sub(b"\r\n", whole[: len(whole) - len(waiting)])
    yield _LINE_END.sub(b"\r\n", waiting)
