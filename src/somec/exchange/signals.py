"""Wakes the sending loop of this process: something was put into the outbox, or a peer was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_listeners: list[Callable[[], None]] = []
_hearers: list[Callable[[str], None]] = []


def outbox_grew() -> None:
    """Say that there is something to send. Called after commit; harmless when no loop runs here."""
    for listener in _listeners:
        listener()


def peer_heard(state: str) -> None:
    """Say that a message of this peer has just held; harmless when no loop runs here."""
    for hearer in _hearers:
        hearer(state)


@contextmanager
def listening(listener: Callable[[], None], hearer: Callable[[str], None]) -> Iterator[None]:
    """Have ``listener`` called when the outbox grew and ``hearer`` when a peer was heard; from any thread."""
    _listeners.append(listener)
    _hearers.append(hearer)
    try:
        yield
    finally:
        _listeners.remove(listener)
        _hearers.remove(hearer)
