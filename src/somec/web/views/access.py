"""The door of every page: signed in or not, allowed or not, and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from somec.access import actions as access
from somec.access.rules import Actor
from somec.kernel.errors import Conflict, NotAllowed, NotFound, NotPossibleNow, SomecError
from somec.web import sentences
from somec.web.views import kept

P = ParamSpec("P")


class OfficerRequest(HttpRequest):
    """A request of a signed-in officer. ``needs_counted``: how many items need him, where the page has counted them."""

    actor: Actor
    needs_counted: int


View = Callable[Concatenate[OfficerRequest, P], HttpResponse]


def officer(*methods: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let only signed-in officers in, by the named HTTP methods (GET if none), and turn errors into pages."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @require_http_methods(list(methods) or ["GET", "HEAD"])
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if getattr(request, "actor", None) is None:
                return (
                    kept.signed_out(request) if request.method == "POST" else redirect_to_login(request.get_full_path())
                )
            try:
                return view(request, *args, **kwargs)  # type: ignore[arg-type]
            except SomecError as error:
                return refusal(request, error)

        return guarded

    return decorate


def refusal(request: HttpRequest, error: SomecError) -> HttpResponse:
    """Return the page for an error that no form could show: no access (which is logged), gone on, not possible now."""
    actor: Actor | None = getattr(request, "actor", None)
    if isinstance(error, NotAllowed) and actor is not None:
        access.record_refusal(actor=actor, error=error)
    if isinstance(error, NotAllowed | NotFound):
        return render(request, "web/no_access.html", {"code": error.code}, status=403)
    status = 409 if isinstance(error, Conflict | NotPossibleNow) else 400
    return render(request, "web/refused.html", {"sentence": sentences.of(error)}, status=status)
