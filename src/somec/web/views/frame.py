"""Pages that belong to no topic: language, account, what is logged, accessibility."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from somec.access import actions as access_actions
from somec.access import queries as access
from somec.access import trails
from somec.access.sessions import seconds_left
from somec.persons import queries as persons
from somec.web.views.access import OfficerRequest, officer

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the screens, for a signed-in officer for good."""
    chosen = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR_SECONDS, samesite="Strict", httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        actor = getattr(request, "actor", None)
        if actor is not None and actor.language != chosen:
            access_actions.set_language(actor=actor, language=chosen)
    return response


@officer()
def account(request: OfficerRequest) -> HttpResponse:
    """Show who one is here, how one signs in, and what one did and read."""
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    found = trails.own_trail(actor=request.actor, page=page)
    cases = persons.labels({one.case for one in found.trail.entries if one.case})
    context = {
        "card": access.person(request.actor.id), "trail": found.trail, "people": found.people, "cases": cases,
    }  # fmt: skip
    return render(request, "web/account.html", context)


@officer()
def signed_in_again(request: OfficerRequest) -> HttpResponse:
    """Say where to go on after a sign-in in a tab of its own."""
    return render(request, "web/signed_in_again.html")


@officer()
def stay(request: OfficerRequest) -> HttpResponse:
    """Say how many seconds are left of the session. Asked in the background (HX-Request) it does not prolong it."""
    return JsonResponse({"left": seconds_left(request)})


def what_is_logged(request: HttpRequest) -> HttpResponse:
    """Say what the log holds and who reads it."""
    return render(request, "web/what_is_logged.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how far the screens are accessible and whom to tell."""
    return render(request, "web/accessibility.html")


ADDRESSES = [
    path("language/", language, name="language"),
    path("me/", account, name="account"),
    path("signed-in/", signed_in_again, name="signed_in_again"),
    path("me/session/", stay, name="session_left"),
    path("what-is-logged/", what_is_logged, name="what_is_logged"),
    path("accessibility/", accessibility, name="accessibility"),
]
