"""Sees to it that one process of a node, and only one, does a job (the sending loop).

On one machine a locked file tells: the system frees it when its process dies, however it dies. Processes on several
machines share PostgreSQL; there a row says who holds the job and until when.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from somec.exchange import identity
from somec.exchange.models import Lease as Row
from somec.kernel import clock

HOLD: Final = timedelta(seconds=20)
RENEW_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class Lease:
    """The right to do a job."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file = identity.config().folder / f"{name}.lock"
        self._holder = f"{socket.gethostname()}:{identity.config().folder}"[:80]

    def taken(self) -> bool:
        """Tell whether some process of this node has the right now."""
        if connection.vendor != "sqlite":
            return Row.objects.filter(name=self._name, until__gte=clock.now()).exists()
        try:
            handle = os.open(self._file, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    @contextmanager
    def held(self, stop: threading.Event) -> Iterator[bool]:
        """Wait for the right and keep it within the block; gives False when ``stop`` was set before it came."""
        with self._locked_file(stop) as locked:
            if not locked or connection.vendor == "sqlite":
                yield locked
                return
            got = self._take(stop)
            ended = threading.Event()
            keeper = threading.Thread(target=self._keep, args=(ended, stop), name="lease", daemon=True)
            keeper.start()
            try:
                yield got
            finally:
                ended.set()
                keeper.join()
                Row.objects.filter(name=self._name, holder=self._holder).delete()

    @contextmanager
    def _locked_file(self, stop: threading.Event) -> Iterator[bool]:
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _locked(handle):
                if stop.wait(RENEW_SECONDS / 10):
                    yield False
                    return
            yield True
        finally:
            os.close(handle)

    def _take(self, stop: threading.Event) -> bool:
        while not self._claim():
            if stop.wait(RENEW_SECONDS):
                return False
        return True

    def _claim(self) -> bool:
        now = clock.now()
        mine = Row.objects.filter(Q(holder=self._holder) | Q(until__lt=now), name=self._name)
        if mine.update(holder=self._holder, until=now + HOLD):
            return True
        try:
            with transaction.atomic():
                Row(name=self._name, holder=self._holder, until=now + HOLD).save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def _keep(self, ended: threading.Event, stop: threading.Event) -> None:
        while not ended.wait(RENEW_SECONDS):
            if not self._claim():
                _log.error("node.lease_lost")
                stop.set()
        connection.close()


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
