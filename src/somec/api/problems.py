"""What the interface says when it says no: RFC 9457 problem documents with the stable code of the parts' errors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel

from somec.access import actions as access
from somec.access.rules import Actor
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow, SomecError

MEDIA_TYPE = "application/problem+json"
_HIDDEN = ("access.relation", "access.opening")  # answered like something that does not exist
_UNKNOWN = {"title": "Nothing here that you may know of.", "code": "unknown", "fields": {}, "parameters": {}}


class Problem(BaseModel):
    """Why something was not done. ``fields`` names each wrong field with the codes of its mistakes."""

    status: int
    title: str
    code: str
    fields: dict[str, list[str]]
    parameters: dict[str, Any]


def answer(status: int, title: str, code: str, **more: Any) -> HttpResponse:
    """Return one problem document."""
    body = {"fields": {}, "parameters": {}} | more | {"status": status, "title": title, "code": code}
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def of(request: HttpRequest, error: SomecError) -> HttpResponse:
    """Return the answer to an error of the parts; a refusal is recorded in the log."""
    if isinstance(error, NotAllowed):
        actor: Actor | None = getattr(request, "auth", None)
        if actor is not None:
            access.record_refusal(actor=actor, error=error)
        if error.code not in _HIDDEN:
            return answer(403, "You may not do this.", error.code)
    if isinstance(error, NotAllowed | NotFound):
        return JsonResponse({**_UNKNOWN, "status": 404}, status=404, content_type=MEDIA_TYPE)
    if isinstance(error, Invalid):
        found = {name: list(codes) for name, codes in error.fields.items()}
        return answer(
            422,
            "What was sent cannot be taken. Nothing was changed.",
            error.code,
            fields=found,
            parameters=dict(error.parameters),
        )
    if isinstance(error, Conflict):
        title = "Somebody else changed it meanwhile. Nothing of yours was stored; read it again."
    elif isinstance(error, NotPossibleNow):
        title = "This is not possible now. Nothing was changed."
    else:
        return answer(400, "This could not be done. Nothing was changed.", error.code)
    return answer(409, title, error.code, parameters=dict(error.parameters))


def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    found: dict[str, list[str]] = {}
    for one in error.errors:
        place = ".".join(str(part) for part in one["loc"] if part not in {"body", "query", "path", "header"})
        found.setdefault(place or "body", []).append(str(one["type"]))
    return answer(
        422, "The request does not fit its description. Nothing was changed.", "request.invalid", fields=found
    )


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return answer(error.status_code, str(error), f"http.{error.status_code}")


def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    del error
    if getattr(request, "too_many_tries", False):
        return answer(429, "Too many wrong tokens from this address. Wait a minute.", "token.too_many")
    response = answer(401, "A valid token is needed.", "token.needed")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def install(api: NinjaAPI) -> None:
    """Teach the interface to answer with problem documents."""
    api.add_exception_handler(SomecError, of)  # type: ignore[arg-type]
    api.add_exception_handler(ValidationError, _validation)  # type: ignore[arg-type]
    api.add_exception_handler(HttpError, _http)  # type: ignore[arg-type]
    api.add_exception_handler(AuthenticationError, _unauthenticated)  # type: ignore[arg-type]
