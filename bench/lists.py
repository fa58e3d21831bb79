"""Every list screen with ten times the data: server time and number of queries, at 1,000 and 10,000 people.

Bound: p95 under 100 ms with 10,000 people and 5,000 notices, and a constant number of queries.
"""

from __future__ import annotations

import os
import statistics
import time
from datetime import timedelta
from typing import Any

from bench.surroundings import throw_away_node

SIZES = ((1_000, 500), (10_000, 5_000))
ROUNDS = 60
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGES = (
    "/work/", "/people/", "/people/?relation=all", "/people/find/?text=ber", "/people/find/?born=1984", "/notices/",
    "/notices/?page=3", "/matches/", "/states/", "/me/",
)  # fmt: skip


def run() -> list[dict[str, Any]]:
    """Return for each page and size: p50 and p95 in ms, queries, status."""
    os.environ["SOMEC_FAST_PASSWORDS"] = "1"
    with throw_away_node():
        people = _staff()
        measured, have_people, have_notices = [], 0, 0
        for persons, notices in SIZES:
            _grow(people, persons - have_people, notices - have_notices)
            have_people, have_notices = persons, notices
            measured += _measure(people, persons, notices)
    return measured


def _staff() -> dict[str, str]:
    from somec.access import actions
    from somec.access.rules import Role, node_actor

    node = node_actor("LV")
    office = actions.create_authority(actor=node, name="Probation", kind="probation")
    roles = {"officer": [Role.PROBATION_OFFICER], "head": [Role.AUTHORISER], "desk": [Role.CONTACT_POINT]}
    return {
        key: actions.create_user(
            actor=node, email=f"{key}@lv.example", name=f"Made Up {key}", authority=office, roles=held,
            password="training-2026-somec",
        )
        for key, held in roles.items()
    }  # fmt: skip


def _grow(people: dict[str, str], persons: int, notices: int) -> None:
    from somec.access import queries
    from somec.movements.rules import Kind
    from somec.simulation.people import populate

    officer = queries.actor_by_id(people["officer"])
    made = populate(actor=officer, state="LV", count=persons, seed=persons)
    from somec.movements import actions
    from somec.movements.models import Incoming, Notice

    pattern = Notice.objects.get(id=actions.draft_notice(actor=officer, person_id=made[0], kind=Kind.RELOCATION))
    _clone_notices(Notice, pattern, made, notices // 2)
    _make_received(Incoming, notices - notices // 2)


def _clone_notices(model: Any, pattern: Any, made: list[str], count: int) -> None:
    from somec.kernel import clock
    from somec.kernel.ids import new_id

    now = clock.now()
    states = ("draft", "returned", "awaiting_approval")
    rows = []
    for number in range(count):
        state = states[number % 3]
        rows.append(model(
            id=new_id("ntc"), reference=f"LV-B-{now.timestamp():.0f}-{number}", kind=pattern.kind, state=state,
            person_id=made[number % len(made)], decision_id="", author_id=pattern.author_id,
            authority_id=pattern.authority_id, content=pattern.content, created=now,
            changed=now - timedelta(minutes=number),
            submitted_at=now if state == "awaiting_approval" else None, expires=pattern.expires,
        ))  # fmt: skip
    model.objects.bulk_create(rows, batch_size=500)


def _make_received(model: Any, count: int) -> None:
    from somec.kernel import clock
    from somec.kernel.ids import new_id

    now = clock.now()
    model.objects.bulk_create([
        model(
            id=new_id("inc"), conversation=new_id("cnv"), from_state=("NL", "ES", "DE")[number % 3],
            from_authority="Contact point", document_id=new_id("doc"), latest_document_id=new_id("doc"),
            reference=f"NL-2026-{number}", kind="relocation", state="received", created=now, received=now,
            requested="confirm_arrival", expires=now + timedelta(days=200), mechanism="DIR977_OWN_INITIATIVE",
            article="7(2)", purpose="prevention", handling_code="H1", family_name=f"MADE{number}", given_name="Up",
            say_arrival_by=now + timedelta(hours=number % 400),
        )
        for number in range(count)
    ], batch_size=500)  # fmt: skip


def _measure(people: dict[str, str], persons: int, notices: int) -> list[dict[str, Any]]:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    found = []
    for key in ("officer", "desk"):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(
            get_user_model().objects.get(pk=people[key]), "allauth.account.auth_backends.AuthenticationBackend"
        )
        for page in PAGES:
            answer = client.get(page)
            if answer.status_code == 403:
                continue  # not a page of this role
            assert answer.status_code == 200, (page, answer.status_code)
            queries: list[str] = []
            with connection.execute_wrapper(_noting(queries)):
                client.get(page)
            times = []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                client.get(page)
                times.append((time.perf_counter() - begun) * 1000)
            found.append({
                "who": key, "page": page, "people": persons, "notices": notices, "queries": len(queries),
                "p50": statistics.median(times), "p95": statistics.quantiles(times, n=20)[-1],
            })  # fmt: skip
    return found


def _noting(queries: list[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append(sql)
        return execute(sql, params, many, context)

    return note


def main() -> None:
    rows = run()
    print(f"{'who':8} {'page':28} {'people':>7} {'notices':>7} {'queries':>7} {'p50 ms':>7} {'p95 ms':>7}")
    for row in rows:
        print(
            f"{row['who']:8} {row['page']:28} {row['people']:>7} {row['notices']:>7} {row['queries']:>7} "
            f"{row['p50']:>7.1f} {row['p95']:>7.1f}"
        )
    worst = max(rows, key=lambda row: row["p95"])
    print(
        f"slowest: {worst['page']} for {worst['who']} with {worst['people']} people: "
        f"p95 {worst['p95']:.1f} ms (bound 100)"
    )
    growing = {
        (row["who"], row["page"]) for row in rows for other in rows
        if (row["who"], row["page"]) == (other["who"], other["page"]) and row["queries"] != other["queries"]
    }  # fmt: skip
    print(f"pages whose number of queries grows with the data: {sorted(growing) or 'none'}")


if __name__ == "__main__":
    main()
