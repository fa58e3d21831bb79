"""What was typed survives: a session that ended in the middle of a form, a form that was open while somebody signed in.

Nothing is stored at the node: the page that says so carries what was typed, and sends it when its reader is signed in
again and presses the button. Only a form of this node is answered like this, and no password is ever written back.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

FORBIDDEN = 403
ACCOUNT = "/account/"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed, field by field, as hidden fields can carry it; files cannot be carried."""
    return [(name, value) for name, values in request.POST.lists() if name != TOKEN for value in values]


def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session is over, and keep what was typed on that page until its reader is signed in again."""
    sign_in = f"{reverse('account_login')}?{urlencode({'next': reverse('signed_in_again')})}"
    return _page(request, {"typed": typed(request), "sign_in": sign_in})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a form whose page is older than the present sign-in: what was typed is shown to be sent once more.

    Another site's form gets none of it back: it could make a signed-in person send what he never wrote.
    """
    own = request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"
    if not own or request.path.startswith(ACCOUNT):
        return _plain(request)
    if getattr(request, "actor", None) is None:
        return signed_out(request)
    return _page(request, {"typed": typed(request), "sign_in": ""})


def _page(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    around = {
        "files_lost": bool(request.FILES), "here": request.get_full_path(), "back": request.headers.get("Referer", "/"),
    }  # fmt: skip
    return _closed_to_caches(render(request, "web/signed_out.html", context | around, status=FORBIDDEN))


def _plain(request: HttpRequest) -> HttpResponse:
    return _closed_to_caches(render(request, "403_csrf.html", status=FORBIDDEN))


def _closed_to_caches(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
