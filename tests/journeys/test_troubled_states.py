"""States that nobody wishes for, looked at in the browser: the nodes differ, the log does not match, the node is not well.

Two nodes of their own, because they are damaged here: a due instant and an entry of the log are changed in the database
behind the node's back, certificates are let run out, the worker is left out.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.acts import fill, open_with_purpose
from tests.journeys.conftest import Officer, free_port, signing_in

from somec.cli import demo
from somec.crypto.issuing import Subject, issue_pair
from somec.crypto.keys import load_key_pair
from somec.kernel import clock
from somec.simulation import nodes as running
from somec.simulation import story
from somec.simulation.nodes import RunningNode
from somec.simulation.story import Stage

pytestmark = [
    pytest.mark.browser, pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip

SignIn = Callable[..., AbstractContextManager[Officer]]
PHONE, DESK = 390, 1280


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Latvia has told the Netherlands, which took it."""
    folder = tmp_path_factory.mktemp("two-nodes")
    pair = running.lay_out(folder, free_port())[:2]
    demo.prepare_nodes(folder, pair, 0)
    try:
        for node in pair:
            node.start()
        running.wait_until_ready(pair)
        made = Stage({node.country.state: node for node in pair})
        for step in ("record_person", "record_record", "decide", "draft", "approve", "transmit", "acknowledge"):
            getattr(story, step)(made)
        yield made
    finally:
        for node in pair:
            node.stop()


@pytest.fixture
def officers(browser: Browser, stage: Stage) -> Iterator[object]:
    """Sign officers in at the two nodes."""
    with signing_in(browser, stage.nodes) as signed_in:
        yield signed_in


def write(node: RunningNode, statement: str, *parameters: Any) -> int:
    """Change a row in the node's database behind its back; returns how many."""
    with closing(sqlite3.connect(node.folder / "somec.sqlite3", timeout=30)) as database, database:
        return database.execute(statement, parameters).rowcount


def wide_and_narrow(officer: Officer, name: str = "") -> None:
    """Look at the present page at both widths with axe; with a name it is kept as a picture for the documents."""
    if name:
        officer.picture(name)
        return
    for width in (PHONE, DESK):
        officer.page.set_viewport_size({"width": width, "height": 900})
        officer.look()


def test_the_two_nodes_differ_and_both_values_stand_there(stage: Stage, officers: SignIn) -> None:
    conversation = stage.officer("LV", "officer").get(f"/notices/{stage.made['notice']}")["disclosures"][0][
        "conversation"
    ]
    with officers("LV", "officer") as officer:
        officer.visit(f"/conversations/{conversation}/")
        assert "Both agree" in officer.page.inner_text("main")
        changed = "UPDATE exchange_obligation SET due = datetime(due, '+1 day') WHERE conversation = ?"
        assert write(officer.node, changed, conversation) > 0
        officer.visit(f"/conversations/{conversation}/")
        said = officer.page.inner_text("main")
        assert "They differ" in said
        assert "Ask for repair" in said
        assert "Nothing is chosen by itself" in said
        differing = officer.page.get_by_role("table", name="Duties on which the two nodes differ")
        assert "Take the notice for an authority" in differing.inner_text(), "which duty differs is not named"
        assert differing.get_by_role("cell").filter(has_text="owes it").count() >= 2, "both values are not shown"
        wide_and_narrow(officer, "they-differ")


def test_a_state_that_does_not_answer_is_a_banner_and_work_goes_on(stage: Stage, officers: SignIn) -> None:
    silent = "UPDATE exchange_peerhealth SET failures = 4, failing_since = ?, failure_code = ? WHERE peer_id = 'NL'"
    well = "UPDATE exchange_peerhealth SET failures = 0, failing_since = NULL, failure_code = '' WHERE peer_id = 'NL'"
    with officers("LV", "desk") as desk:
        since = (stage.now() - timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S")
        assert write(desk.node, silent, since, "peer.timeout") == 1
        try:
            for path, said in (("/work/", "Netherlands: Does not answer"), ("/states/", "No answer since")):
                desk.visit(path)
                assert said in desk.page.inner_text("main")
                wide_and_narrow(desk)
        finally:
            write(desk.node, well)


def test_a_purpose_that_ran_out_keeps_what_was_typed(stage: Stage, officers: SignIn) -> None:
    person = stage.made["person"]
    with officers("LV", "officer") as officer:
        officer.visit(f"/people/{person}/record/add/name/")
        open_with_purpose(officer, "Writing down the name on his second passport.")
        officer.visit(f"/people/{person}/record/add/name/")
        fill(officer.page, {"kind": "alias", "full": "Valera", "source": "interview", "evaluation": "B2"})
        ended = "UPDATE access_opening SET opened_at = datetime(opened_at, '-9 hours'), ends_at = datetime(opened_at, '-1 hours')"
        assert write(officer.node, ended) > 0
        officer.press("Record it")
        expect(officer.page.get_by_role("button", name="Continue with the same purpose")).to_be_visible()
        assert "Valera" not in officer.page.inner_text("main"), "data are shown without a purpose"
        wide_and_narrow(officer)
        officer.press("Continue with the same purpose")
        assert "Valera" in officer.page.inner_text("main"), "what was typed is lost"
        officer.complaints = [one for one in officer.complaints if "status of 409" not in one]


def test_nobody_without_a_relation_learns_whether_a_case_is_there(stage: Stage, officers: SignIn) -> None:
    with officers("NL", "police") as officer:
        for path in (f"/people/{stage.made['person']}/", "/people/prs-00000000000000000000000000/"):
            answer = officer.page.goto(f"{officer.node.address}{path}")
            assert answer is not None
            assert answer.status == 403
            wide_and_narrow(officer)
        officer.complaints = [one for one in officer.complaints if "status of 403" not in one]


def test_a_desk_without_work_reads_a_sentence_and_no_empty_table(officers: SignIn) -> None:
    with officers("NL", "police") as officer:
        officer.visit("/work/")
        assert "Nothing needs this desk now." in officer.page.inner_text("main")
        assert officer.page.get_by_role("table").count() == 0
        wide_and_narrow(officer)
        for path in ("/people/", "/notices/"):
            officer.visit(path)
            assert officer.page.get_by_role("table").count() == 0, path


def test_two_who_write_at_once_choose_without_javascript(stage: Stage, officers: SignIn) -> None:
    notice = stage.officer("LV", "officer").post(
        f"/persons/{stage.made['person']}/notices", {"kind": "planned_travel", "destinations": ["NL"]}
    )["id"]
    with officers("LV", "officer") as first, officers("LV", "officer", scripts=False) as second:
        for one, port in ((first, "Riga port"), (second, "Tallinn port")):
            one.page.goto(f"{one.node.address}/notices/{notice}/")
            fill(one.page, {"return_point": port, "travel_note": f"By ferry to {port}"})
        first.press("Save and check again")
        second.page.get_by_role("button", name="Save and check again").click()
        assert "Riga port" in second.page.inner_text("main")
        assert "Saved by Ilze Bērziņa" in second.page.inner_text("main")
        second.page.locator('label[for^="theirs-"]').first.click()
        second.page.get_by_role("button", name="Save what is chosen").click()
        expect(second.page.locator("[name=return_point]")).to_have_value("Riga port")
        expect(second.page.locator("[name=travel_note]")).to_have_value("By ferry to Tallinn port")
        second.complaints = [one for one in second.complaints if "status of 409" not in one]
    with officers("LV", "officer") as first, officers("LV", "officer") as second:
        for one, port in ((first, "Riga"), (second, "Ventspils")):
            one.visit(f"/notices/{notice}/", axe=False)
            fill(one.page, {"return_point": port, "travel_note": f"By bus from {port}"})
        first.press("Save and check again")
        second.page.get_by_role("button", name="Save and check again").click()
        second.page.wait_for_load_state()
        wide_and_narrow(second)
        second.complaints = [one for one in second.complaints if "status of 409" not in one]


def test_a_log_that_does_not_match_names_the_entry(stage: Stage, officers: SignIn) -> None:
    node = stage.nodes["LV"]
    with officers("LV", "protection") as officer:
        officer.visit("/log/")
        assert write(node, "UPDATE audit_entry SET subject = 'prs-somebody-else' WHERE seq = 12") == 1
        officer.press("Prove the whole log now")
        story.until(lambda: "entry 12 does not match" in reloaded(officer), "the node did not notice")
        assert "Call the supervisor" in officer.page.inner_text("main")
        wide_and_narrow(officer, "log-not-proved")
    with officers("LV", "officer") as officer:
        officer.visit("/work/")
        assert "does not match" not in officer.page.inner_text("main"), "alarms who can do nothing about it"


def reloaded(officer: Officer) -> str:
    """Return what the page says when it is loaded anew."""
    officer.page.reload()
    return officer.page.inner_text("main")


def test_a_node_that_is_not_well_says_so_in_words_of_work(stage: Stage, officers: SignIn) -> None:
    node = stage.nodes["NL"]
    node.stop()
    run_out(node, timedelta(days=6))
    without_worker = subprocess.Popen(
        [sys.executable, "-m", "somec.cli.main", "serve", "--only", "web"], env=node.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        running.wait_until_ready([node])
        with officers("NL", "admin") as admin:
            admin.visit("/work/")
            said = admin.page.inner_text("main")
            assert "The node’s worker does not run" in said
            assert "Our own certificate for signing ends in 5 days" in said
            assert "somec keys renew" in said
            wide_and_narrow(admin, "node-not-well")
            admin.page.get_by_role("button", name=re.compile("Take it.*for signing")).click()
            assert "You see to it" in admin.page.inner_text("main")
            admin.visit("/work/")
            assert "Bram Visser has taken it." in admin.page.inner_text("main")
            admin.follow("Renew our own certificate")
            expect(admin.page.get_by_role("heading", name="Our own certificates")).to_be_visible()
            wide_and_narrow(admin)
        with officers("NL", "officer", width=PHONE) as officer:
            officer.visit("/people/")
            said = officer.page.inner_text("main")
            assert "Our own node does not send at present" in said
            assert "certificate" not in said, "technical words for an officer"
    finally:
        without_worker.terminate()
        without_worker.wait(running.STOP_SECONDS)
        node.start()
        running.wait_until_ready([node])


def run_out(node: RunningNode, left: timedelta) -> None:
    """Replace the node's certificates by some that end soon, for the same keys."""
    ahead = timedelta(seconds=int(node.clock_file.read_text(encoding="ascii") or "0"))
    begun = clock.now() + ahead + left - timedelta(days=30)
    for name in ("signing.pem", "encryption.pem", "tls.pem"):
        file = node.folder / "keys" / name
        pair = load_key_pair(file.read_bytes())
        made = issue_pair(pair, Subject("Made up"), pair.private, at=begun, days=30)
        handle = os.open(file, os.O_WRONLY | os.O_TRUNC)
        with os.fdopen(handle, "wb") as target:
            target.write(pair.private.pem(None) + made.certificate.pem())
