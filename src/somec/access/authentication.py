"""How sign-in is wired into allauth and axes: nobody signs himself up, no mail is sent, secrets are sealed.

An administrator makes the accounts. A person proves who he is with password and second factor (authenticator app or
security key), with a passkey alone, or through the state's own identity provider (OpenID Connect), which then answers
for the second factor.
"""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from somec.access.models import User
from somec.crypto import sealing

_SEALED_FOR = "second factor"
TOO_MANY = 429
FRESH_SECONDS = 300
QR_SCALE = 4
QR_BORDER = 4  # modules of quiet zone that readers ask for


CLOSED_PAGES = r"^account/(?:signup|email|confirm-email|password/reset|login/code)/"
"""Pages of allauth that a node does not have: it sends no mail, and addresses are an administrator's."""


def closed(_request: HttpRequest, **_kwargs: object) -> HttpResponse:
    """Answer like a page that does not exist."""
    raise Http404


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator; a locked account is told so in the form."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Tell that nobody makes an account himself."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a locked account before the password is looked at."""
        if not AxesProxyHandler.is_allowed(request, credentials):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before a change to the account, unless the person signed in a moment ago."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(context.request, context.request.user)
        newest = max((float(record["at"]) for record in records), default=0.0)
        return time.time() - newest > FRESH_SECONDS

    def send_mail(self, _template_prefix: str, _email: str, _context: dict[str, Any]) -> None:
        """Send nothing: an address in a mail already tells who works on a case."""

    def send_notification_mail(self, *_args: object, **_kwargs: object) -> None:
        """Send nothing; the log and the account page tell."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the secrets of authenticator apps and recovery codes, and draws the QR code without another library."""

    def encrypt(self, text: str) -> str:
        """Seal a secret under the node's key, so that the database alone opens no account."""
        return sealing.seal(settings.SECRET_KEY, _SEALED_FOR, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return sealing.unseal(settings.SECRET_KEY, _SEALED_FOR, encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return what the authenticator app shows above the code."""
        return f"somec {settings.CONFIG.state}"

    def _get_site_name(self) -> str:
        return f"somec {settings.CONFIG.name}"

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code of the app's address as an SVG file, which a page can show as an image."""
        drawn = BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", xmldecl=False, svgns=True, scale=QR_SCALE, border=QR_BORDER)
        return drawn.getvalue().decode()

    def send_notification_mail(self, *_args: object, **_kwargs: object) -> None:
        """Send nothing; the log and the account page tell."""


class IdentityProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in, through the state's identity provider, the people that an administrator has registered here."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: Any) -> bool:
        """Tell that an identity alone makes no account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Join an identity, when it comes the first time, to the person with the address that the provider proved."""
        if sociallogin.is_existing:
            return
        proved = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        person = User.objects.filter(email__in=proved, is_active=True, machine=False).first()
        if person is not None:
            sociallogin.connect(request, person)


def username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return by which name failed attempts are counted: the address, in lower case."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username") or request.POST.get("login", "")
    return str(given).strip().lower()


def locked_out(
    _request: HttpRequest, response: HttpResponse | None = None, _credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Return the form as it was answered, with the status that says "wait"; the next try is told to wait in words."""
    answer = response if response is not None else HttpResponse()
    answer.status_code = TOO_MANY
    return answer


def display_name(user: User) -> str:
    """Return how screens of the account name a person."""
    return user.name
