"""Only a proxy that the configuration names is believed about the browser's address and about TLS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from somec.node.proxies import TrustedProxyMiddleware


def seen(remote: str, *proxies: str, **headers: str) -> tuple[str, bool]:
    """Return the address and whether the connection counts as secure, as the screens see them."""
    found: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    with override_settings(CONFIG=replace(settings.CONFIG, web_proxies=proxies)):
        TrustedProxyMiddleware(view)(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))
    left = {name for name in found[0].META if "FORWARDED" in name or name == "HTTP_X_REAL_IP"}
    assert left == set(), "a claim is left that something behind could believe"
    return found[0].META["REMOTE_ADDR"], found[0].is_secure()


CLAIM = {"HTTP_X_FORWARDED_FOR": "192.0.2.7", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_REAL_IP": "192.0.2.9"}


@pytest.mark.parametrize(("remote", "proxies", "headers", "expected"), [
    ("192.0.2.1", (), {}, ("192.0.2.1", False)),
    ("192.0.2.1", (), CLAIM, ("192.0.2.1", False)),
    ("192.0.2.1", ("10.0.0.5",), CLAIM, ("192.0.2.1", False)),
    ("10.0.0.5", ("10.0.0.5",), CLAIM, ("192.0.2.7", True)),
    ("10.0.0.5", ("10.0.0.0/28",), CLAIM, ("192.0.2.7", True)),
    ("2001:db8::5", ("2001:db8::/64",), CLAIM, ("192.0.2.7", True)),
    ("10.0.0.5", ("10.0.0.5",), {}, ("10.0.0.5", False)),
    ("10.0.0.5", ("10.0.0.5",), {"HTTP_X_FORWARDED_PROTO": "http"}, ("10.0.0.5", False)),
    ("10.0.0.5", ("10.0.0.0/28",), {"HTTP_X_FORWARDED_FOR": "198.51.100.9, 192.0.2.7, 10.0.0.6"}, ("192.0.2.7", False)),
    ("10.0.0.5", ("10.0.0.5",), {"HTTP_X_FORWARDED_FOR": "nonsense"}, ("10.0.0.5", False)),
    ("", ("10.0.0.5",), CLAIM, ("", False)),
])  # fmt: skip
def test_who_is_believed(
    remote: str, proxies: tuple[str, ...], headers: dict[str, str], expected: tuple[str, bool]
) -> None:
    assert seen(remote, *proxies, **headers) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "status"), [(("10.0.0.5",), 200), ((), 403)])
def test_a_form_sent_by_way_of_a_trusted_proxy_passes_the_checks(proxies: tuple[str, ...], status: int) -> None:
    origin: dict[str, Any] = {
        "HTTP_HOST": "127.0.0.1", "HTTP_ORIGIN": "https://127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "10.0.0.5",
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
    }  # fmt: skip
    with override_settings(CONFIG=replace(settings.CONFIG, web_proxies=proxies)):
        client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
        page = client.get("/account/login/", **origin)
        token = page.context["csrf_token"]
        sent = {"login": "nobody@lv.example", "password": "wrong", "csrfmiddlewaretoken": str(token)}
        assert client.post("/account/login/", sent, **origin).status_code == status
