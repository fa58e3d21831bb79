"""Sign-ins, failures, locks and second factors go into the log (LED Art. 25 and 29), by id and never by address.

When the entry cannot be written the sign-in fails too: nobody is in who is not in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as factors
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest

from somec.access.models import User
from somec.audit.actions import record
from somec.audit.rules import Detail, Kind

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Person:
    """Who is recorded; nobody known is recorded as such."""

    id: str
    authority_id: str


def connect() -> None:
    """Listen; harmless when called twice."""
    listeners = (
        (user_logged_in, _signed_in), (user_logged_out, _signed_out), (user_login_failed, _refused),
        (user_locked_out, _locked), (account.password_changed, _password_changed),
        (account.password_set, _password_changed), (factors.authenticator_added, _factor_added),
        (factors.authenticator_removed, _factor_removed), (factors.authenticator_reset, _factor_reset),
        (factors.authentication_failed, _factor_refused),
    )  # fmt: skip
    for signal, listener in listeners:
        signal.connect(listener, dispatch_uid=f"somec.access.{listener.__name__}")


def _record(action: str, user: User | None, detail: Detail | None = None) -> None:
    person = _Person(user.pk, user.authority_id) if user is not None else _Person(UNKNOWN, "")
    with transaction.atomic():
        record(actor=person, action=action, kind=Kind.SECURITY, subject=person.id, detail=detail)


def _signed_in(*, request: HttpRequest | None, user: User, **_: Any) -> None:
    methods = [str(one["method"]) for one in get_authentication_records(request, user)] if request is not None else []
    _record("session.begin", user, {"methods": " ".join(methods)})


def _signed_out(*, user: User | None, **_: Any) -> None:
    if user is not None:
        _record("session.end", user)


def _refused(*, credentials: dict[str, Any], **_: Any) -> None:
    address = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    _record("session.refused", User.objects.filter(email=address).first())


def _locked(*, username: str, **_: Any) -> None:
    _record("session.locked", User.objects.filter(email=username).first())


def _password_changed(*, user: User, **_: Any) -> None:
    _record("user.password", user)


def _factor_added(*, user: User, authenticator: Any, **_: Any) -> None:
    _record("factor.add", user, {"type": str(authenticator.type)})


def _factor_removed(*, user: User, authenticator: Any, **_: Any) -> None:
    _record("factor.remove", user, {"type": str(authenticator.type)})


def _factor_reset(*, user: User, authenticator: Any, **_: Any) -> None:
    _record("factor.reset", user, {"type": str(authenticator.type)})


def _factor_refused(*, user: User, authenticator: Any, **_: Any) -> None:
    _record("factor.refused", user, {"type": str(authenticator.type)})
