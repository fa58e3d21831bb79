"""Threads that do not hold up the end of the process: what they do is safe to leave off at any point.

A post to a peer that hangs may last half a minute. The bytes of its message are stored, so a node that is told to end
need not wait for it; ``concurrent.futures`` would.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any


class DaemonPool:
    """Runs work in at most ``size`` threads, made when all present ones are busy."""

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._work: queue.SimpleQueue[tuple[Callable[..., object], tuple[Any, ...]]] = queue.SimpleQueue()
        self._idle = 0
        self._threads = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[..., object], *arguments: Any) -> None:
        """Have ``work`` called soon. It must not raise."""
        self._work.put((work, arguments))
        with self._lock:
            if self._idle >= self._work.qsize() or self._threads >= self._size:
                return
            self._threads += 1
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            work, arguments = self._work.get()
            with self._lock:
                self._idle -= 1
            work(*arguments)
