"""Addresses of the screens, topic by topic."""

from __future__ import annotations

from somec.web.views import (
    conversation,
    decisions,
    frame,
    log,
    matches,
    merges,
    notice_acts,
    notices,
    peers,
    people,
    person,
    person_record,
    protected,
    purpose,
    received,
    search,
    work,
)

urlpatterns = [
    *frame.ADDRESSES,
    *log.ADDRESSES,
    *peers.ADDRESSES,
    *purpose.ADDRESSES,
    *merges.ADDRESSES,
    *people.ADDRESSES,
    *search.ADDRESSES,
    *person_record.ADDRESSES,
    *decisions.ADDRESSES,
    *person.ADDRESSES,
    *protected.ADDRESSES,
    *work.ADDRESSES,
    *notices.ADDRESSES,
    *notice_acts.ADDRESSES,
    *received.ADDRESSES,
    *matches.ADDRESSES,
    *conversation.ADDRESSES,
]
