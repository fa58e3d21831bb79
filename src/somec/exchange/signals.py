"""Wakes the sending loop of this process when a transaction put something into the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_listeners: list[Callable[[], None]] = []


def outbox_grew() -> None:
    """Say that there is something to send. Called after commit; harmless when no loop runs here."""
    for listener in _listeners:
        listener()


@contextmanager
def listening(listener: Callable[[], None]) -> Iterator[None]:
    """Have ``listener`` called, from any thread, whenever the outbox of this process grew."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
