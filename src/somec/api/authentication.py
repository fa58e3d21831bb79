"""Tokens of integrations: who calls, for which purpose, and how often one may guess wrong."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from threading import Lock

from django.http import HttpRequest
from ninja.security import HttpBearer

from somec.access import queries as access
from somec.access.rules import Actor
from somec.catalogue import queries as catalogue
from somec.kernel.errors import NotAllowed, SomecError

WRONG_TRIES = 20  # wrong tokens from one address within WINDOW seconds before it must wait
WINDOW = 60.0
MOST_ADDRESSES = 10_000


class WrongTries:
    """Counts wrong tokens by address, for one process."""

    def __init__(self) -> None:
        self._tries: dict[str, deque[float]] = {}
        self._lock = Lock()

    def too_many(self, address: str) -> bool:
        """Tell whether this address must wait."""
        with self._lock:
            tries = self._tries.get(address)
            while tries and tries[0] < time.monotonic() - WINDOW:
                tries.popleft()
            return bool(tries) and len(tries or ()) >= WRONG_TRIES

    def count(self, address: str) -> None:
        """Remember one wrong token."""
        with self._lock:
            if len(self._tries) >= MOST_ADDRESSES:
                self._tries.clear()
            self._tries.setdefault(address, deque(maxlen=WRONG_TRIES)).append(time.monotonic())


_wrong = WrongTries()


class Token(HttpBearer):
    """``Authorization: Bearer somec_…``; ``X-Purpose`` says why one reads (a purpose of the catalogue)."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor of the token, or nothing; a wrong token costs a try."""
        address = str(request.META.get("REMOTE_ADDR", ""))
        if _wrong.too_many(address):
            request.too_many_tries = True  # type: ignore[attr-defined]
            return None
        try:
            actor = access.actor_for_token(token)
        except NotAllowed:
            _wrong.count(address)
            return None
        return replace(actor, purpose=_purpose(request.headers.get("X-Purpose", "")))


def _purpose(code: str) -> str:
    if not code:
        return ""
    try:
        return catalogue.purpose(code).id
    except SomecError:
        return ""
