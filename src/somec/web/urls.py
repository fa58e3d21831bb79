"""Addresses of the screens, topic by topic."""

from __future__ import annotations

from somec.web.views import (
    conversation,
    frame,
    log,
    matches,
    notice_acts,
    notices,
    peers,
    purpose,
    received,
    work,
)

urlpatterns = [
    *frame.ADDRESSES,
    *log.ADDRESSES,
    *peers.ADDRESSES,
    *purpose.ADDRESSES,
    *work.ADDRESSES,
    *notices.ADDRESSES,
    *notice_acts.ADDRESSES,
    *received.ADDRESSES,
    *matches.ADDRESSES,
    *conversation.ADDRESSES,
]
