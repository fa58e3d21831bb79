"""Change any octet anywhere: the message is refused with an As4Error, or means exactly what it meant before."""

from __future__ import annotations

import random

import pytest
from as4_parties import Forgery, part, pmode, receive, send
from hypothesis import given, settings
from hypothesis import strategies as st

from somec.as4.errors import As4Error
from somec.as4.findings import Known
from somec.as4.inspection import inspect
from somec.as4.octets import Octets

OUTGOING = send([part(b'{"made":"up"}' * 20), part(b"second", compress=False)])
WIRE = OUTGOING.body.read()
PLAIN = send([part(b'{"made":"up"}' * 20)], mode=pmode(encrypt=False))
PLAIN_WIRE = PLAIN.body.read()


RECORDED = Forgery(encrypt=False).wire()[1]
TRUTH = inspect(Octets.of(RECORDED), Known())
TOLD = ("message_id", "kind", "from", "to", "action", "properties", "signature", "covers", "parts")


def check_unchanged_or_refused(content_type: str, wire: bytes, original: object, **more: object) -> bool:
    """Return whether it was refused; fail when something else was believed."""
    try:
        received = receive(content_type, wire, **more)  # type: ignore[arg-type]
    except As4Error:
        return True
    assert received.message == original.message  # type: ignore[attr-defined]
    assert [one.digest for one in received.references] == [one.digest for one in original.references]  # type: ignore[attr-defined]
    return False


def _flip(wire: bytes, at: int, bit: int) -> bytes:
    changed = bytearray(wire)
    changed[at % len(wire)] ^= 1 << bit
    return bytes(changed)


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 1 << 20), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_believed(at: int, bit: int) -> None:
    check_unchanged_or_refused(OUTGOING.content_type, _flip(WIRE, at, bit), OUTGOING)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 1 << 20), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_believed_without_encryption(at: int, bit: int) -> None:
    check_unchanged_or_refused(PLAIN.content_type, _flip(PLAIN_WIRE, at, bit), PLAIN, mode=pmode(encrypt=False))


@settings(max_examples=150, deadline=None)
@given(start=st.integers(0, len(WIRE)), length=st.integers(1, 400), more=st.binary(max_size=60))
def test_a_replaced_stretch_is_never_believed(start: int, length: int, more: bytes) -> None:
    check_unchanged_or_refused(OUTGOING.content_type, WIRE[:start] + more + WIRE[start + length :], OUTGOING)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(WIRE) - 3))
def test_a_message_cut_off_is_refused(at: int) -> None:
    # The last two octets are the line end behind the closing delimiter and carry nothing.
    with pytest.raises(As4Error):
        receive(OUTGOING.content_type, WIRE[:at])


@settings(max_examples=100, deadline=None)
@given(
    body=st.binary(max_size=400),
    content_type=st.sampled_from(["", "application/soap+xml", OUTGOING.content_type, "x/y"]),
)
def test_rubbish_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(As4Error):
        receive(content_type, body)


def test_flipped_bits_are_refused_in_every_signed_region() -> None:
    """Not only "nothing bad was accepted": flips inside header, SignedInfo and payload are in fact refused."""
    chance = random.Random(20261122)  # noqa: S311 - a reproducible choice of places
    start, stop = WIRE.index(b"<eb:Messaging"), WIRE.index(b"</eb:Messaging>")
    for _ in range(60):
        at = chance.randrange(start, stop)
        assert check_unchanged_or_refused(OUTGOING.content_type, _flip(WIRE, at, chance.randrange(8)), OUTGOING)
    start = WIRE.rindex(b"Content-ID: <part-2") + 60
    assert check_unchanged_or_refused(OUTGOING.content_type, _flip(WIRE, start, 3), OUTGOING)


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 1 << 20), bit=st.integers(0, 7))
def test_inspection_never_raises_and_never_confirms_a_change(at: int, bit: int) -> None:
    report = inspect(Octets.of(_flip(RECORDED, at, bit)), Known())
    if report["verifies"]:
        assert {name: report[name] for name in TOLD} == {name: TRUTH[name] for name in TOLD}
