"""The node proves its own log by the clock and when somebody asks, and keeps what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from somec.access.rules import node_actor
from somec.audit import actions, checking
from somec.audit.models import Entry, Verification
from somec.audit.rules import Kind
from somec.audit.verify import Result
from somec.crypto.signing import Signer, new_private_key
from somec.kernel import clock

pytestmark = pytest.mark.django_db
SIGNER = Signer("log.example", new_private_key())
ACTOR = node_actor("LV")


def entries(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            actions.record(actor=ACTOR, action="person.read", kind=Kind.CONSULTATION, subject=f"prs-{number}")
    actions.checkpoint(signer=SIGNER)


def run() -> Result | None:
    return checking.run_due(verifiers=lambda: [SIGNER.verifier], notes=lambda: ())


def test_the_clock_asks_every_six_hours_and_in_between_nothing_is_read() -> None:
    entries(5)
    assert checking.latest() == checking.VerificationView(None, 0, "", 0, 0, waits=False)
    begun = clock.now()
    with clock.frozen(begun):
        result = run()
        assert result is not None
        assert result.ok
        view = checking.latest()
        assert (view.at, view.entries, view.broken, view.waits) == (begun, 5, False, False)
        assert run() is None
    with clock.frozen(begun + checking.EVERY - timedelta(seconds=1)):
        assert run() is None
    with clock.frozen(begun + checking.EVERY):
        assert run() is not None


def test_who_asks_is_in_the_log_and_asking_twice_is_one_proof() -> None:
    entries(3)
    run()
    checking.ask(actor=ACTOR)
    checking.ask(actor=ACTOR)
    assert Entry.objects.filter(action="audit.verify").count() == 1
    assert checking.latest().waits
    assert run() is not None
    assert (checking.latest().waits, checking.latest().entries) == (False, 5)  # three, the first proof, the question
    assert Verification.objects.count() == 2


def test_a_changed_entry_is_named_until_it_is_put_right() -> None:
    entries(9)
    run()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET subject = %s WHERE seq = %s", ["prs-other", 4])
    assert not checking.latest().broken
    checking.ask(actor=ACTOR)
    run()
    view = checking.latest()
    assert (view.code, view.first, view.last, view.broken) == ("entry.changed", 4, 4, True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET subject = %s WHERE seq = %s", ["prs-3", 4])
    checking.ask(actor=ACTOR)
    run()
    assert not checking.latest().broken
