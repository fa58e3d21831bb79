"""What was to be sent later by a clock that ran ahead is sent when the clock is right again."""

from __future__ import annotations

import logging

from django.db import transaction

from somec.exchange.models import Delivery
from somec.exchange.reach import RETRY
from somec.exchange.rules import DeliveryState
from somec.kernel import clock

_log = logging.getLogger(__name__)


def call_in_time() -> int:
    """Make deliveries due whose next try lies further ahead than any pause; returns how many.

    A machine that wakes with a wrong clock writes such times; set right again, the node would wait for them for years,
    with every peer well and nothing to be seen but a number of waiting documents.
    """
    now = clock.now()
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED.value, next_try__gt=now + RETRY.furthest)
    if not waiting.exists():
        return 0  # asked every minute: looking takes no lock
    with transaction.atomic():
        count = waiting.update(next_try=now)
    _log.warning("exchange.clock_was_ahead", extra={"count": count})
    return count
