"""A running node: listeners, the sending loop, the clock that raises alerts and seals the log.

One process or several.
"""

from __future__ import annotations

import itertools
import logging
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from somec.alerts import actions as alerts
from somec.audit import actions as audit
from somec.audit import checking
from somec.cli.following import Following
from somec.exchange import clockback, keyring, unsent, witnessing
from somec.exchange.condition import WORK
from somec.exchange.directory import Directory
from somec.exchange.endpoint import Endpoint
from somec.exchange.inbox import Inbox
from somec.exchange.lease import Lease
from somec.exchange.sender import Sender
from somec.exchange.server import Listener, Tls, web_tls
from somec.exchange.transport import Transport
from somec.kernel import clock
from somec.kernel.errors import NotPossibleNow

TICK_SECONDS: Final = 1.0
RAISE_SECONDS: Final = 2.0  # how late an alert may be raised; asking costs some milliseconds
CLEAN_TICKS: Final = 1800  # every hour
SEAL_TICKS: Final = 3  # how often it is asked whether a checkpoint is due
PROVE_SECONDS: Final = 5.0  # how soon the log is proved when somebody asks for it
LOOK_TICKS: Final = 30  # how often it is asked whether something waits for a time that a wrong clock set
FOLLOW_TICKS: Final = 5  # how often it is asked whether the search index is behind; the next search would catch up too
CHECKPOINT_EVERY: Final = timedelta(minutes=1)
WITNESS_EVERY_TRAINING: Final = timedelta(minutes=5)
CHECKPOINT_FILE: Final = "checkpoint.note"

_log = logging.getLogger(__name__)


class Node:
    """What this process runs; parts are started in order and stopped in the opposite one."""

    def __init__(self) -> None:
        self.config: Any = settings.CONFIG
        self.ring = keyring.keyring()
        self.directory = Directory()
        self._stop = threading.Event()
        self._closing: list[Callable[[], None]] = []
        self._each_tick: list[Callable[[], None]] = []

    def serve_people(self) -> Listener:
        """Listen for browsers and for programs of this state."""
        listener = Listener(self.config.web_address, get_wsgi_application())
        if self.config.web_tls:
            listener.use(web_tls(str(self.ring.tls_file)))
        return self._started(listener, self.config.web_address)

    def serve_peers(self) -> Listener:
        """Listen for other nodes."""
        inbox = Inbox()
        inbox.start()
        self._closing.append(inbox.stop)
        tls = Tls(self.ring, self.directory, self.config.client_certificates)
        self._each_tick.append(tls.refresh)
        listener = Listener(self.config.exchange_address, Endpoint(self.ring, self.directory, inbox))
        listener.use(tls.adapter)
        return self._started(listener, self.config.exchange_address)

    def work(self) -> None:
        """Send what is queued, raise what is due, seal the log; waits until no other process of this node does."""
        thread = threading.Thread(target=self._work, name="work", daemon=True)
        thread.start()
        self._closing.append(thread.join)

    def _work(self) -> None:
        with Lease(WORK).held(self._stop) as held:
            if not held:
                return
            sender = Sender(self.ring, self.directory, Transport(self.ring))
            loop = threading.Thread(target=sender.run, name="send", daemon=True)
            loop.start()
            proving = threading.Thread(target=self._prove, name="prove", daemon=True)
            proving.start()
            following = Following()
            for tick in itertools.count():
                if tick % SEAL_TICKS == 0:
                    self._guarded(self._seal)
                self._guarded(self._raise)
                if tick % CLEAN_TICKS == 0:
                    self._guarded(unsent.discard_unsent)
                if tick % LOOK_TICKS == 0:
                    self._guarded(clockback.call_in_time)
                if tick % FOLLOW_TICKS == 0:
                    self._guarded(following.tick)
                if self._stop.wait(RAISE_SECONDS):
                    break
            following.stop()
            sender.stop()
            loop.join()
            proving.join(PROVE_SECONDS)

    def _prove(self) -> None:
        while not self._stop.wait(PROVE_SECONDS):
            self._guarded(self._proven)

    def _proven(self) -> None:
        result = checking.run_due(
            verifiers=lambda: [self.ring.node.verifier, *witnessing.verifiers()], notes=self._kept_notes
        )
        if result is not None and result.finding is not None:
            _log.error("audit.not_proved", extra={"code": result.finding.code, "entry": result.finding.first})

    def _kept_notes(self) -> list[str]:
        file = self.config.folder / CHECKPOINT_FILE
        return [file.read_text(encoding="utf-8")] if file.exists() else []

    @staticmethod
    def _raise() -> None:
        alerts.tick(now=clock.now())

    def _seal(self) -> None:
        audit.checkpoint(signer=self.ring.node, every=CHECKPOINT_EVERY, copy_to=self.config.folder / CHECKPOINT_FILE)
        witnessing.ask(every=WITNESS_EVERY_TRAINING if self.config.training else witnessing.EVERY)

    @staticmethod
    def _guarded(work: Callable[[], object]) -> None:
        try:
            close_old_connections()
            work()
        except Exception:  # noqa: BLE001 - the clock goes on; the log says what stood still
            _log.exception("node.tick_failed")

    def _started(self, listener: Listener, address: str) -> Listener:
        try:
            listener.start()
        except OSError as error:
            raise NotPossibleNow("node.address_not_free", address=address) from error
        self._closing.append(listener.stop)
        return listener

    def run(self) -> None:
        """Run until the process is told to end (SIGTERM, SIGINT)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        while not self._stop.wait(TICK_SECONDS):
            for refresh in self._each_tick:
                self._guarded(refresh)

    def close(self) -> None:
        """End what was started, the last first; a listener that stays would keep half a node alive."""
        self._stop.set()
        for close in reversed(self._closing):
            close()
