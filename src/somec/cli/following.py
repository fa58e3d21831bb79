"""The worker's care for the search index: a process beside it, started only while there is something to do.

The engine takes hundreds of megabytes; a node at rest does not hold it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from typing import Final

from somec.movements import queries as movements
from somec.persons import indexing, likeness

COMMAND: Final = (sys.executable, "-m", "somec.cli.main", "match", "follow", "--quiet")
AFTER_FAILURE_SECONDS: Final = 60.0
ENDS_WITHIN_SECONDS: Final = 10.0

_log = logging.getLogger(__name__)


def _work() -> bool:
    return indexing.overdue() or movements.links_wait() or likeness.overdue()


class Following:
    """At most one such process at a time; after a failure it is started again a minute later."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def tick(self) -> None:
        """Start the process where the index is behind or links or files wait; note how the last one ended."""
        if self._process is not None:
            ended = self._process.poll()
            if ended is None:
                return
            self._process = None
            if ended:
                _log.warning("node.index_not_followed", extra={"code": str(ended)})
                self._not_before = time.monotonic() + AFTER_FAILURE_SECONDS
        if time.monotonic() >= self._not_before and _work():
            self._process = subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command

    def stop(self) -> None:
        """End the process; what it had not finished is taken up by the next."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
