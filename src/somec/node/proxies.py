"""A proxy that ends TLS in front of the screens, where the node's configuration names it; nobody else is believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
OTHERS = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class TrustedProxyMiddleware:
    """Takes the browser's address and scheme from a trusted proxy, and drops what anybody else claims.

    Stands first: form checks, secure cookies, sign-in limits and the log all rest on these two. The browser's address
    is the last one in ``X-Forwarded-For`` that is no trusted proxy itself, since everything before it is only claimed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request with address and scheme settled."""
        meta = request.META
        addresses, proto = meta.pop(FORWARDED_FOR, ""), meta.pop(FORWARDED_PROTO, "")
        for header in OTHERS:
            meta.pop(header, None)
        proxies = networks(settings.CONFIG.web_proxies)
        if proxies and among(str(meta.get("REMOTE_ADDR", "")), proxies):
            meta["wsgi.url_scheme"] = "https" if proto.strip().lower() == "https" else "http"
            named = [one.strip() for one in addresses.split(",") if one.strip()]
            browser = next((one for one in reversed(named) if not among(one, proxies)), "")
            if browser and valid(browser):
                meta["REMOTE_ADDR"] = browser
        return self.get_response(request)


@cache
def networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Return addresses and networks (``10.0.0.5``, ``10.0.1.0/28``) as networks; raises ValueError."""
    return tuple(ip_network(name) for name in names)


def among(address: str, proxies: Sequence[Network]) -> bool:
    """Tell whether an address lies in one of the networks."""
    if not valid(address):
        return False
    found = ip_address(address)
    return any(found in network for network in proxies)


def valid(address: str) -> bool:
    """Tell whether this is an IP address at all."""
    try:
        ip_address(address)
    except ValueError:
        return False
    return True
