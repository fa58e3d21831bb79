"""Where a person was, is, or is expected: the kinds of statements that a line of movement is drawn from (pure)."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What a statement about a place says."""

    HERE = "here"
    EXPECTED = "expected"
    LEFT = "left"
    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    SIGHTING = "sighting"
    ABSCONDED = "absconded"
    TOLD = "told"


class Certainty(StrEnum):
    """How sure it is: an authority saw it, somebody said it, or it is only planned."""

    CONFIRMED = "confirmed"
    REPORTED = "reported"
    EXPECTED = "expected"
