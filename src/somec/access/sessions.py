"""Sessions end: after a time without work, and after a day's work at the latest; and a second factor is not optional.

Time here is the machine's own, not that of a training story, which may leap a day ahead while an officer reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from somec.access.models import User
from somec.kernel import clock

BEGAN, SEEN = "somec_began", "somec_seen"
TOUCH = timedelta(seconds=30)  # how stale "last seen" may be; spares a write for each page
FACTORS_ENOUGH = frozenset({"mfa", "socialaccount"})
OPEN_WITHOUT_FACTOR = ("/account/", "/static/", "/language/")


def _now() -> datetime:
    return clock.now() - clock.training_offset()


class SessionLimitMiddleware:
    """Signs a person out when his session is over, and sends one without second factor to set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.idle = timedelta(minutes=settings.CONFIG.session_minutes)
        self.whole = timedelta(hours=settings.CONFIG.session_hours)
        self.second_factor_required = settings.CONFIG.second_factor == "required"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request, or lead to sign-in or to the second factor."""
        if isinstance(request.user, User):
            if self._over(request):
                return self._sign_in_again(request)
            if self.second_factor_required and not self._has_factor(request, request.user):
                return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def _over(self, request: HttpRequest) -> bool:
        now = _now()
        began = _instant(request, BEGAN, now)
        seen = _instant(request, SEEN, now)
        if now - began >= self.whole or now - seen >= self.idle:
            return True
        background = request.method == "GET" and request.headers.get("HX-Request") == "true"
        if not background and (now - seen >= TOUCH or SEEN not in request.session):
            request.session[SEEN] = clock.iso(now)
        return False

    def _sign_in_again(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        back = urlencode({"next": request.get_full_path()})
        address = f"{resolve_url(settings.LOGIN_URL)}?{back}"
        if request.method == "POST" and request.headers.get("HX-Request") != "true":
            return self.get_response(request)  # the page refuses in its own words, and keeps what was typed
        if request.headers.get("HX-Request") == "true":  # a part of a page cannot show a sign-in form
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)

    def _has_factor(self, request: HttpRequest, user: User) -> bool:
        if request.path.startswith(OPEN_WITHOUT_FACTOR):
            return True
        methods = {str(record["method"]) for record in get_authentication_records(request, user)}
        return bool(methods & FACTORS_ENOUGH) or is_mfa_enabled(user)


def _instant(request: HttpRequest, key: str, otherwise: datetime) -> datetime:
    kept = request.session.get(key)
    if isinstance(kept, str):
        return clock.parse(kept)
    request.session[key] = clock.iso(otherwise)
    return otherwise


def seconds_left(request: HttpRequest) -> int:
    """Return how many seconds this session lasts if nothing more is done, so that a page can warn in time."""
    now = _now()
    idle = clock.parse(request.session.get(SEEN, clock.iso(now))) + timedelta(minutes=settings.CONFIG.session_minutes)
    whole = clock.parse(request.session.get(BEGAN, clock.iso(now))) + timedelta(hours=settings.CONFIG.session_hours)
    return max(0, int((min(idle, whole) - now).total_seconds()))
