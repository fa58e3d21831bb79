"""The screens as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files, languages."""

    name = "somec.web"
    label = "web"
