"""What needs me now on screen: the right line for the right desk, filters in the address, quiet and troubled days."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import movement_story as story
from notice_pages import incoming_version, version, words
from somec.access.models import User
from somec.alerts import actions as alerts
from somec.alerts.models import Alert
from somec.crypto.issuing import Subject, issue_pair
from somec.crypto.keys import load_key_pair
from somec.exchange import condition, keyring
from somec.exchange.lease import Lease
from somec.exchange.models import PeerHealth
from somec.kernel import clock
from somec.kernel.ids import new_id
from somec.movements import actions
from somec.movements.models import Incoming, Notice
from two_nodes import Node, at, deliver

Nodes = tuple[Node, Node, Node]
Browser = Callable[[Node, str], Client]
MANY = 5_000


def work(client: Client, query: str = "") -> str:
    return words(client.get(reverse("needs_me_now") + query))


def test_an_empty_desk_says_so_and_shows_no_empty_table(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        page = browser(lv, "desk").get(reverse("needs_me_now"))
        assert "Nothing needs this desk now." in words(page)
        assert "<table" not in page.content.decode()
        assert browser(lv, "desk").get("/").url == reverse("needs_me_now")


def test_the_line_leads_to_the_very_item_and_moves_from_desk_to_desk(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            notice = story.written(lv, "NL")
            actions.submit_notice(actor=lv.actor("officer"), id=notice, version=2)
            page = browser(lv, "head").get(reverse("needs_me_now"))
            assert "Approve or return a notice (second person)" in words(page)
            assert "KOVŠOVS, Valērijs" in words(page)
            assert f'href="{reverse("notice", args=[notice])}#decide"' in page.content.decode()
            assert "Nothing needs this desk now." in work(browser(lv, "officer"))
            actions.approve_notice(actor=lv.actor("head"), id=notice, version=version(lv, notice))
            assert "Send the notice to the Netherlands" in work(browser(lv, "desk"))
            actions.transmit_notice(actor=lv.actor("desk"), id=notice, version=version(lv, notice))
        deliver(lv, nl)
        with nl:
            page = browser(nl, "desk").get(reverse("needs_me_now"))
            incoming = story.received(nl)
            assert "Take the notice of Latvia" in words(page)
            assert "House rule no limit set by law" in words(page)
            assert f'href="{reverse("received", args=[incoming])}#take"' in page.content.decode()
            assert 'id="take"' in browser(nl, "desk").get(reverse("received", args=[incoming])).content.decode()


def test_filters_stand_in_the_address_and_say_how_many_they_show(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            client = browser(nl, "desk")
            text = work(client)
            assert "Whole desk (2)" in text
            assert "Latvia (2)" in text
            assert "Take a notice (1)" in text
            assert "Tell Latvia whether the person arrived" not in work(client, "?verb=take")
            assert "Nothing of this kind needs this desk now." in work(client, "?state=ES")
            assert "Whole desk, 2 items" in work(client, "?verb=nonsense&whose=nonsense&state=%00%00%00")


def test_an_alert_is_taken_and_ended_with_a_note(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        time.on(days=16)
        with lv:
            alerts.tick(now=clock.now())
            client = browser(lv, "desk")
            page = client.get(reverse("needs_me_now"))
            assert "Find out why the person did not arrive in the Netherlands" in words(page)
            need = next(one for one in page.context["found"].needs if one.alert_id)
            page = client.post(reverse("take_alert", args=[need.alert_id]), follow=True)
            assert "You have it now." in words(page)
            page = client.post(reverse("alert", args=[need.alert_id]), {"note": " "})
            assert "Say what was done, in one sentence." in words(page)
            page = client.post(reverse("alert", args=[need.alert_id]), {"note": "Phoned; his flight was cancelled."})
            assert page.url == reverse("needs_me_now")
            assert "Find out why" not in work(client)
            assert client.get(reverse("alert", args=[need.alert_id])).status_code == 403
            assert "Settled an alert" in words(client.get(reverse("done_today")))


def test_a_silent_state_is_a_banner_and_work_goes_on(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        story.sent(lv, "NL")
        PeerHealth.objects.filter(peer__state="NL").update(
            failing_since=story.NOW - timedelta(hours=3), failures=4, failure_code="peer.timeout"
        )
        text = work(browser(lv, "desk"))
        assert "Netherlands: Does not answer" in text
        assert "(3 h)" in text
        assert "1 document waits here" in text
        assert "You can keep working." in text


def test_a_node_that_does_not_send_says_so_on_every_page(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW) as time, lv:
        story.sent(lv, "NL")
        time.on(minutes=9)
        assert "Our own node does not send" not in words(browser(lv, "officer").get(reverse("notices")))
        time.on(minutes=2)
        assert "Our own node does not send" in words(browser(lv, "officer").get(reverse("notices")))
        PeerHealth.objects.filter(peer__state="NL").update(
            failing_since=story.NOW, failures=4, failure_code="peer.timeout"
        )
        assert "Our own node does not send" not in words(browser(lv, "officer").get(reverse("notices")))


def renewed(node: Node, days: int) -> None:
    """Let the certificates of the node end so many days from now."""
    for pem in ("signing.pem", "encryption.pem", "tls.pem"):
        pair = load_key_pair((node.file.parent / "keys" / pem).read_bytes())
        made = issue_pair(pair, Subject("Made up"), pair.private, at=clock.now() - timedelta(days=100), days=100 + days)
        (node.file.parent / "keys" / pem).write_bytes(pair.private.pem(None) + made.certificate.pem())
    keyring.reload()


@pytest.mark.parametrize(
    ("days", "look", "title"),
    [
        (61, "", ""),
        (59, "info", "Our own certificate for signing ends in 59 days"),
        (29, "warning", "Our own certificate for signing ends in 29 days"),
        (6, "error", "Our own certificate for signing ends in 6 days"),
        (0, "error", "Our own certificate for signing has ended: nothing is sent"),
    ],
)
def test_who_can_renew_the_own_certificates_is_told_in_time_and_how(
    nodes: Nodes, browser: Browser, days: int, look: str, title: str
) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        renewed(lv, days)
        try:
            page = browser(lv, "admin").get(reverse("needs_me_now"))
            listed = words(browser(lv, "admin").get(reverse("peers")))
            calm = words(browser(lv, "officer").get(reverse("needs_me_now")))
        finally:
            keyring.reload()
        assert "Our own certificates" in listed
        assert (title in words(page)) if title else ("Our own certificate" not in words(page))
        assert (f"ecl-notification--{look}" in page.content.decode()) if look else True
        assert ("Renew our own certificate" in words(page)) is bool(title)
        assert ("somec keys renew" in words(page)) is bool(title)
        assert "certificate" not in calm
        assert ("Our own node does not send at present" in calm) is (days == 0)


def test_the_renewal_of_an_own_certificate_is_taken_by_a_named_person(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        renewed(lv, 6)
        take = reverse("take_certificate", args=["signing"])
        try:
            admin, desk = browser(lv, "admin"), browser(lv, "desk")
            assert "Nobody has taken it yet" in words(admin.get(reverse("needs_me_now")))
            assert browser(lv, "officer").post(take).status_code == 403
            assert admin.post(take).status_code == 302
            name = User.objects.get(pk=lv.people["admin"]).name
            assert f"{name} has taken it." in words(desk.get(reverse("needs_me_now")))
            assert f"{name} sees to it" in words(desk.get(reverse("peers")))
            assert "You see to it" in words(admin.get(reverse("peers")))
            assert "A colleague took this alert already" in words(desk.post(take))
            assert Alert.objects.get(kind="certificate").taken_by == lv.people["admin"]
        finally:
            keyring.reload()
        renewed(lv, 700)
        try:
            assert alerts.tick() == 1
            assert Alert.objects.get(kind="certificate").settlement == "renewed"
            assert browser(lv, "admin").post(take).status_code == 403
        finally:
            keyring.reload()


@pytest.mark.parametrize("key", ["officer", "admin"])
def test_a_node_whose_worker_does_not_run_says_what_still_works(
    nodes: Nodes, browser: Browser, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lv, _, _ = nodes
    monkeypatch.undo()
    with at(story.NOW), lv:
        assert not Lease(condition.WORK).taken()
        text = words(browser(lv, key).get(reverse("needs_me_now")))
        assert ("Our own node does not send at present" in text) is (key == "officer")
        assert ("The node’s worker does not run" in text) is (key == "admin")
        with Lease(condition.WORK).held(threading.Event()) as held:
            assert held
            assert Lease(condition.WORK).taken()
            text = words(browser(lv, key).get(reverse("needs_me_now")))
        assert "does not send" not in text
        assert "does not run" not in text


@pytest.mark.parametrize("key", ["officer", "admin"])
def test_a_node_whose_disk_is_nearly_full_says_so(
    nodes: Nodes, browser: Browser, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lv, _, _ = nodes
    monkeypatch.setattr(condition, "ROOM", 1 << 60)
    with at(story.NOW), lv:
        text = words(browser(lv, key).get(reverse("needs_me_now")))
        assert "Our own node has almost no room left" in text
        assert ("MiB are free" in text) is (key == "admin")


@pytest.mark.parametrize("key", ["officer", "head", "desk", "police", "protection", "admin"])
def test_every_role_has_its_pages_and_its_navigation_leads_nowhere_closed(
    nodes: Nodes, browser: Browser, key: str
) -> None:
    _, nl, _ = nodes
    with at(story.NOW), nl:
        client = browser(nl, key)
        page = client.get(reverse("account"))
        for place in page.context["navigation"]:
            assert client.get(place["href"]).status_code == 200, place["href"]


def many_received(count: int) -> None:
    base = Incoming.objects.order_by("id").first()
    assert base is not None
    same = {one.attname: getattr(base, one.attname) for one in Incoming._meta.concrete_fields}
    rows = [
        Incoming(**same | {
            "id": new_id("inc"), "conversation": new_id("cnv"), "document_id": new_id("doc"),
            "latest_document_id": new_id("doc"), "reference": f"LV-2027-{number:04d}",
        })
        for number in range(count)
    ]  # fmt: skip
    Incoming.objects.bulk_create(rows, batch_size=500)


def many_written(count: int) -> None:
    same = {one.attname: getattr(Notice.objects.get(), one.attname) for one in Notice._meta.concrete_fields}
    rows = [Notice(**same | {"id": new_id("ntc"), "reference": f"LV-2027-{number:04d}"}) for number in range(count)]
    Notice.objects.bulk_create(rows, batch_size=500)


def cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.status_code == 200
    return len(asked)


def dearer(client: Client, addresses: list[str], before: list[int]) -> dict[str, tuple[int, int]]:
    """Return the pages that ask the database more often than before, with both numbers."""
    now = [cost(client, one) for one in addresses]
    pairs = zip(addresses, before, now, strict=True)
    return {address: (was, is_now) for address, was, is_now in pairs if is_now > was}


@pytest.mark.slow
def test_lists_cost_the_same_with_thousands_of_notices(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            notice = story.sent(lv, "NL")
        deliver(lv, nl)
        with lv:
            client = browser(lv, "officer")
            addresses = [reverse("notices"), reverse("needs_me_now"), reverse("notice", args=[notice])]
            few = [cost(client, one) for one in addresses]
            many_written(MANY)
            assert Notice.objects.count() == MANY + 1
            assert dearer(client, addresses, few) == {}
            assert "Page 1 of" in words(client.get(reverse("notices")))
            assert "Page 2 of" in words(client.get(reverse("notices") + "?page=2"))
        with nl:
            incoming = story.received(nl)
            actions.acknowledge(actor=nl.actor("desk"), id=incoming, version=incoming_version(nl, incoming))
            client = browser(nl, "desk")
            addresses = [
                reverse("notices") + "?side=received", reverse("matches"), reverse("needs_me_now"),
                reverse("received", args=[incoming]),
            ]  # fmt: skip
            many_received(300)  # from 200 on the list says "there is more", which costs a fixed count
            few = [cost(client, one) for one in addresses]
            many_received(MANY)
            assert dearer(client, addresses, few) == {}


@pytest.mark.parametrize(
    "query", ["?stands=sent&kind=relocation&state=NL", "?reference=LV-2026", "?stands=", "?page=0", "?page=99999999999",
              "?kind=nonsense&state=XX&stands=nonsense", "?side=received"],
)  # fmt: skip
def test_the_list_of_notices_takes_any_address(nodes: Nodes, browser: Browser, query: str) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        story.sent(lv, "NL")
        page = browser(lv, "officer").get(reverse("notices") + query)
        assert page.status_code == 200


def test_the_list_narrows(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        story.sent(lv, "NL")
        client = browser(lv, "officer")
        assert "1 notice" in words(client.get(reverse("notices") + "?kind=relocation&state=NL"))
        assert "No notice fits what you chose." in words(client.get(reverse("notices") + "?kind=release"))
        assert "No notice fits what you chose." in words(client.get(reverse("notices") + "?state=ES"))
