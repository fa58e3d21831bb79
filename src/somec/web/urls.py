"""Addresses of the screens, topic by topic."""

from __future__ import annotations

from somec.web.views import frame, log, peers, purpose

urlpatterns = [*frame.ADDRESSES, *log.ADDRESSES, *peers.ADDRESSES, *purpose.ADDRESSES]
