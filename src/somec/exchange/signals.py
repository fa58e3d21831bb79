"""Wakes the sending loop of this process when a transaction put something into the outbox."""

from __future__ import annotations

import threading

_grew = threading.Event()


def outbox_grew() -> None:
    """Say that there is something to send. Called after commit; harmless when no loop runs here."""
    _grew.set()


def wait_for_outbox(seconds: float) -> bool:
    """Wait until something was handed over, or so long; loops of other processes are only seen by looking again."""
    woken = _grew.wait(seconds)
    _grew.clear()
    return woken
