"""Asking what is due costs a node at rest nothing that grows with its notices."""

from __future__ import annotations

import pytest

from exchange.plans import reads_whole
from somec.alerts import actions as alerts
from somec.kernel import clock
from somec.movements import queries as movements

pytestmark = pytest.mark.django_db
FEW = {
    "alerts_alert by alert_open",  # alerts that stand
    "movements_helddocument",  # documents that came before their notice
    "movements_incoming by incoming_linked",  # links that a person confirmed
}


def test_the_clock_reads_no_notices_but_those_that_are_due() -> None:
    with reads_whole() as read:
        assert alerts.tick(now=clock.now()) == 0
        assert not movements.links_wait()
    assert "alerts_alert by alert_open" in read
    assert read <= FEW
