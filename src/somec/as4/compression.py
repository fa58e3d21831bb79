"""GZIP of payloads (RFC 1952, AS4 3.1), in pieces, with an upper bound on what comes out.

Our own octets are packed with ISA-L, a third of zlib's time and smaller; what others packed is opened with zlib, which
is stricter about headers.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from isal import isal_zlib

from somec.as4.errors import DECOMPRESSION_FAILURE, As4Error
from somec.as4.octets import CHUNK, Collector, Octets
from somec.as4.pmode import Limits

_GZIP = 31  # window bits for a gzip header; no time is written, so equal input gives equal output
SMALL = 1 << 20  # payloads up to this size are compressed in one call


def compress(content: Octets, level: int) -> Octets:
    """Return the content as one gzip member."""
    if content.in_memory and content.size <= SMALL:
        return Octets.of(isal_zlib.compress(content.read(), level, _GZIP))
    with Collector() as collector:
        packer = isal_zlib.compressobj(level, isal_zlib.DEFLATED, _GZIP)
        for piece in content.chunks():
            collector.write(packer.compress(piece))
        collector.write(packer.flush())
        return collector.finish()


@dataclass(slots=True)
class Budget:
    """What may still come out of one message's payloads."""

    limits: Limits
    spent: int = 0

    def take(self, produced: int, compressed: int, total: int) -> None:
        """Account for ``produced`` octets, ``total`` so far of a payload of ``compressed``; raise EBMS:0303 beyond."""
        self.spent += produced
        if total > self.limits.payload or self.spent > self.limits.payloads:
            raise As4Error(DECOMPRESSION_FAILURE, "payload.too-large")
        if total > self.limits.ratio_from and total > compressed * self.limits.ratio:
            raise As4Error(DECOMPRESSION_FAILURE, "payload.bomb")


def decompress(content: Octets, budget: Budget) -> tuple[Octets, str]:
    """Return the decompressed payload and its SHA-256 (hex). Raises EBMS:0303 for damage, rubbish behind it, a bomb."""
    digest = hashlib.sha256()
    with Collector() as collector:
        for piece in _inflate(content):
            budget.take(len(piece), content.size, collector.size + len(piece))
            digest.update(piece)
            collector.write(piece)
        return collector.finish(), digest.hexdigest()


def _inflate(content: Octets) -> Iterator[bytes]:
    """Yield the content of all gzip members, at most CHUNK octets at a time."""
    unpacker = zlib.decompressobj(_GZIP)
    begun = False
    try:
        for chunk in content.chunks():
            pending = chunk
            while pending:
                if unpacker.eof:  # a further member may follow (RFC 1952, 2.2)
                    unpacker, begun = zlib.decompressobj(_GZIP), False
                begun = True
                piece = unpacker.decompress(pending, CHUNK)
                pending = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
                yield piece
        while not unpacker.eof and (piece := unpacker.decompress(b"", CHUNK)):
            yield piece
    except zlib.error as error:
        raise As4Error(DECOMPRESSION_FAILURE, "payload.damaged") from error
    if not (begun and unpacker.eof):
        raise As4Error(DECOMPRESSION_FAILURE, "payload.truncated")


def accept_plain(content: Octets, budget: Budget) -> str:
    """Return the SHA-256 (hex) of a payload that came uncompressed, within the same bounds."""
    budget.take(content.size, content.size, content.size)
    digest = hashlib.sha256()
    for piece in content.chunks():
        digest.update(piece)
    return digest.hexdigest()
