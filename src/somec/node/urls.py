"""Addresses of a node: sign-in, screens, the JSON interface."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from somec.access.authentication import CLOSED_PAGES, closed
from somec.api.interface import api

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(CLOSED_PAGES, closed),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("", include("somec.web.urls")),
]
