"""Who is reading, in which language, in which zone: settled once for each request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from somec.access import queries as access
from somec.access.queries import SessionLike


class OfficerMiddleware:
    """Puts the :class:`~somec.access.rules.Actor` of a signed-in officer on the request as ``request.actor``.

    Also sets the officer's language (own choice before the browser's) and the node's time zone, and forbids caches to
    keep any page that a signed-in person saw.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request with the actor, language and zone set."""
        timezone.activate(self.zone)
        user = request.user
        session = cast("SessionLike", request.session)
        request.actor = access.actor_for(user, session=session) if user.is_authenticated else None  # type: ignore[attr-defined]
        if request.actor is not None:  # type: ignore[attr-defined]
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.actor.language  # type: ignore[attr-defined]
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
