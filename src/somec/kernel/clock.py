"""The only clock. Every instant in somec is an aware UTC ``datetime`` that came from :func:`now`.

A training node may run ahead of the world, so that a story of days can be shown in minutes: it names a file that holds
an offset in whole seconds (``SOMEC_TRAINING_CLOCK``). The screens of such a node say so; another node refuses it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path

TRAINING_CLOCK_VARIABLE = "SOMEC_TRAINING_CLOCK"
REREAD_SECONDS = 0.2  # how long a training offset may be stale; short enough for a person not to notice

_frozen: ContextVar[datetime | None] = ContextVar("somec_frozen_clock", default=None)


class _TrainingOffset:
    """Reads the offset file at most once every REREAD_SECONDS."""

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._offset = timedelta()

    def current(self, file: str) -> timedelta:
        moment = time.monotonic()
        if moment - self._read_at >= REREAD_SECONDS:
            self._read_at = moment
            try:
                self._offset = timedelta(seconds=int(Path(file).read_text(encoding="ascii").strip() or "0"))
            except FileNotFoundError:
                self._offset = timedelta()
        return self._offset


_training = _TrainingOffset()


def now() -> datetime:
    """Return the present instant, aware, in UTC, with microseconds."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    return datetime.now(UTC) + training_offset()


def training_offset() -> timedelta:
    """Return how far this node's clock was set ahead for training; zero everywhere else."""
    file = os.environ.get(TRAINING_CLOCK_VARIABLE)
    return _training.current(file) if file else timedelta()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at ``at`` (aware) within the block, for tests."""
    if at.tzinfo is None:
        message = "a clock needs an aware instant"
        raise ValueError(message)
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def iso(at: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC with milliseconds: ``2026-11-21T22:00:00.000Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Read an RFC 3339 instant; refuses one without a zone (ValueError)."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        message = "instant without a time zone"
        raise ValueError(message)
    return at.astimezone(UTC)
