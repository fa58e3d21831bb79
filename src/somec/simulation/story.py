"""The first story, step by step, against three real nodes through their JSON interface; each step proves what it did.

A Latvian probation officer tells the Netherlands in time that a serious offender is coming; the Netherlands takes it; he
does not arrive, and both contact points are alerted at the same minute; he is met in Spain, and Latvia learns it.
Every check reads from the node that it speaks about. Nothing here reaches into a database.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from somec.kernel import clock
from somec.simulation import material
from somec.simulation.client import Client, Refused
from somec.simulation.nodes import RunningNode

PATIENCE = 30.0  # seconds that a step waits for what happens by itself: sending, alerting


class Failed(Exception):  # noqa: N818 - a step that could not be proven
    """A step's proof did not hold."""


@dataclass
class Stage:
    """The three nodes, who plays which part, and what has come out so far."""

    nodes: dict[str, RunningNode]
    made: dict[str, str] = field(default_factory=dict)

    def officer(self, state: str, key: str) -> Client:
        """Return a part's way into its node."""
        node = self.nodes[state]
        return Client(node.address, node.prepared[f"token:{key}"])

    def person_id(self, state: str, key: str) -> str:
        """Return the id of one of the staff."""
        return self.nodes[state].prepared[f"id:{key}"]

    def now(self) -> datetime:
        """Return the instant that the nodes show."""
        return clock.parse(self.officer("LV", "desk").get("/node")["now"])

    def turn_clock(self, to: datetime) -> None:
        """Set the training clock of all three nodes ahead, to this instant."""
        file = self.nodes["LV"].clock_file
        offset = int(file.read_text(encoding="ascii") or "0") if file.exists() else 0
        ahead = offset + int((to - self.now()).total_seconds()) + 1
        temporary = file.with_suffix(".new")
        temporary.write_text(str(ahead), encoding="ascii")
        temporary.replace(file)
        until(lambda: self.now() >= to, "the clocks were not set ahead")

    def save(self, file: Path) -> None:
        """Keep what came out, so that a later step can be run by another process."""
        file.write_text(json.dumps(self.made), encoding="utf-8")


def until(holds: Callable[[], Any], otherwise: str) -> Any:
    """Wait until something holds and return it; raises Failed after PATIENCE seconds."""
    ends = time.monotonic() + PATIENCE
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > ends:
            raise Failed(otherwise)
        time.sleep(0.2)


def check(holds: object, otherwise: str) -> None:
    """Raise Failed unless it holds."""
    if not holds:
        raise Failed(otherwise)


def refused(act: Callable[[], Any], *codes: str) -> None:
    """Prove that the node refuses this, with one of these codes (any code if none is named)."""
    try:
        act()
    except Refused as error:
        check(not codes or error.code in codes, f"refused with {error.code}, expected {' or '.join(codes)}")
        return
    message = "the node allowed what it must refuse"
    raise Failed(message)


@dataclass(frozen=True)
class Step:
    """One step: who acts where, what is done, and the page on which a person can do it."""

    key: str
    state: str
    part: str
    title: str
    page: str
    play: Callable[[Stage], str]


def record_person(stage: Stage) -> str:
    """Latvia's officer records the person, and the node says what another state would still miss."""
    officer = stage.officer("LV", "officer")
    known = material.person(stage.now()) | {"owner_id": stage.person_id("LV", "officer")}
    stage.made["person"] = officer.post("/persons", known)["id"]
    file = officer.get(f"/persons/{stage.made['person']}")
    check(len(file["names"]) == 4 and len(file["births"]) == 2, "the file does not hold what was recorded")  # noqa: PLR2004
    gaps = officer.get(f"/persons/{stage.made['person']}/completeness")
    required = [gap["code"] for gap in gaps if gap["needed"] == "required"]
    check(not required, f"required for recognition but missing: {required}")
    return f"recorded in two scripts, both dates of birth kept; {len(gaps)} recommended items open"


def record_record(stage: Stage) -> str:
    """The officer records two convictions, the order with four conditions, an assessment made elsewhere, and the sign."""
    officer, person = stage.officer("LV", "officer"), stage.made["person"]
    made: list[str] = []
    for path, body in material.entries(stage.now()):
        if str(body.get("conviction_id", "")).startswith("#"):
            body["conviction_id"] = made[int(body["conviction_id"][1:])]
        made.append(officer.post(f"/persons/{person}/{path}", body)["id"])
    officer.post(f"/persons/{person}/openings", material.protected_opening())
    for body in material.persons_at_risk():
        officer.post(f"/persons/{person}/persons-at-risk", body)
    record = officer.get(f"/persons/{person}/record")
    check(record["protected"] == len(material.persons_at_risk()), "the closed compartment is not complete")
    check(len(record["convictions"]) == 2 and len(record["orders"]) == 1, "the record is not complete")  # noqa: PLR2004
    check({one["level"] for one in record["assessments"]} >= {"moderate"}, "the assessment lost its own wording")
    return "2 convictions, 1 order with 4 conditions, 2 assessments in their own words, 1 sign of a move; 3 people to be kept safe"


def judge_criteria(stage: Stage) -> str:
    """The node holds the record against Latvia's own criteria and gives a reason for each."""
    found = stage.officer("LV", "officer").get(f"/persons/{stage.made['person']}/criteria")
    results = found["results"]
    check(found["outcome"] == "met", f"criteria not met: {results}")
    check(all(one["reasons"] for one in results), "a criterion gives no reason")
    check("score" not in json.dumps(found), "there is a score")
    return f"{sum(one['outcome'] == 'met' for one in results)} of {len(results)} criteria met, each with its reason, no score"


def decide(stage: Stage) -> str:
    """The officer writes why it is necessary; the author cannot approve; a second person does."""
    officer, head, person = stage.officer("LV", "officer"), stage.officer("LV", "head"), stage.made["person"]
    decision = officer.post(f"/persons/{person}/decisions", material.proposal())["id"]
    seen = officer.get(f"/decisions/{decision}")
    officer.post(f"/decisions/{decision}/submit", {"version": seen["version"]})
    waiting = head.get(f"/decisions/{decision}")
    refused(lambda: officer.post(f"/decisions/{decision}/approve", {"version": waiting["version"], "overrides": {}}))
    overrides = dict.fromkeys(waiting["open_codes"], "Seen and weighed; the reasons of the record outweigh it.")
    head.post(f"/decisions/{decision}/approve", {"version": waiting["version"], "overrides": overrides})
    check(officer.get(f"/decisions/{decision}")["state"] == "approved", "the decision is not approved")
    stage.made["decision"] = decision
    return "written by one, refused to its author, approved by another"


def _basis(client: Client, notice: str, state: str, reason: str) -> dict[str, Any]:
    advice = client.get(f"/notices/{notice}/advice")[state]
    check(advice["possible"], f"no lawful basis to tell {state}")
    chosen = advice["possible"][0]
    return {
        "mechanism": chosen["mechanism"], "article": chosen["article"], "purpose": "prevent-serious-offences",
        "handling_code": "H1", "reason": reason,
    }  # fmt: skip


def draft(stage: Stage) -> str:
    """The officer drafts the notice; the node names every gap; then shows exactly what the Netherlands will see."""
    officer, person = stage.officer("LV", "officer"), stage.made["person"]
    notice = officer.post(f"/persons/{person}/notices", {"kind": "relocation", "destinations": ["NL"]})["id"]
    stage.made["notice"] = notice
    gaps = [item for item in officer.get(f"/notices/{notice}/readiness")["items"] if item["presence"] == "missing"]
    check(gaps, "an empty draft counts as ready")
    view = officer.get(f"/notices/{notice}")
    refused(lambda: officer.post(f"/notices/{notice}/submit", {"version": view["row"]["version"]}), "notice.not_ready")
    record = officer.get(f"/persons/{person}/record")
    selected = [one["id"] for kind in ("convictions", "orders", "assessments") for one in record[kind]]
    basis = _basis(officer, notice, "NL", "He is supervised here and moves there; nobody there knows him.")
    content = material.notice_content(view, stage.now(), basis, selected)
    content["allowed_missing"] = {"person.recent_photograph": "A new one is taken at the next appointment."}
    officer.put(f"/notices/{notice}", {"version": view["row"]["version"], "content": content})
    readiness = officer.get(f"/notices/{notice}/readiness")
    left = [item["code"] for item in readiness["items"] if item["presence"] == "missing"]
    check(not left, f"still missing: {left}")
    preview = officer.get(f"/notices/{notice}/preview")
    check(preview[0]["to_state"] == "NL" and preview[0]["document"]["items"], "there is no preview")
    return f"{len(gaps)} gaps named, none left; preview of {len(preview[0]['document']['items'])} items"


def approve(stage: Stage) -> str:
    """The second person approves; probation cannot send; the contact point can."""
    officer, head, desk, notice = (
        stage.officer("LV", "officer"), stage.officer("LV", "head"), stage.officer("LV", "desk"), stage.made["notice"],
    )  # fmt: skip
    officer.post(f"/notices/{notice}/submit", {"version": officer.get(f"/notices/{notice}")["row"]["version"]})
    version = officer.get(f"/notices/{notice}")["row"]["version"]
    refused(lambda: officer.post(f"/notices/{notice}/approve", {"version": version}))
    head.post(f"/notices/{notice}/approve", {"version": version})
    version = desk.get(f"/notices/{notice}")["row"]["version"]
    refused(lambda: officer.post(f"/notices/{notice}/transmit", {"version": version}))
    return "approved by a second person; neither author nor probation can do what is not theirs"


def transmit(stage: Stage) -> str:
    """The contact point sends; the Dutch node proves receipt; both hold the same document and the same duties."""
    desk, notice = stage.officer("LV", "desk"), stage.made["notice"]
    preview = desk.get(f"/notices/{notice}/preview")[0]["document"]["items"]
    desk.post(f"/notices/{notice}/transmit", {"version": desk.get(f"/notices/{notice}")["row"]["version"]})
    told = until(
        lambda: next((one for one in desk.get(f"/notices/{notice}")["disclosures"] if one["receipted"]), None),
        "no receipt came from the Netherlands",
    )
    stage.made["conversation"] = told["conversation"]
    there = stage.officer("NL", "desk")
    found = [one for one in there.get("/received")["rows"] if one["from_state"] == "LV"]
    mine = [one for one in found if there.get(f"/received/{one['id']}")["conversation"] == told["conversation"]]
    check(len(mine) == 1, f"the notice stands {len(mine)} times in the Netherlands")
    stage.made["received"] = mine[0]["id"]
    here, yonder = (
        desk.get(f"/conversations/{told['conversation']}"),
        there.get(f"/conversations/{told['conversation']}"),
    )
    check(_duties(here) == _duties(yonder) and _duties(here), "the two nodes do not hold the same duties")
    items = there.get(f"/received/{stage.made['received']}")["document"]["items"]
    check(_content(items) == _content(preview), "the Netherlands sees something else than the preview showed")
    return f"signed, encrypted, receipted once; same document, same {len(_duties(here))} duties on both nodes"


def _duties(conversation: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((one["id"], one["due"]) for one in conversation["duties"])


def _content(items: list[dict[str, Any]]) -> list[str]:
    stripped = [{name: value for name, value in item.items() if name not in {"id", "as_of"}} for item in items]
    return sorted(json.dumps(item, sort_keys=True) for item in stripped)


def acknowledge(stage: Stage) -> str:
    """The Dutch contact point sees it with its clock, takes it for its authority; Latvia sees who took it."""
    desk, received = stage.officer("NL", "desk"), stage.made["received"]
    needs = desk.get("/needs")
    check(
        any(need["subject_id"] == received for need in needs), "the notice is not among what needs the Dutch desk now"
    )
    desk.post(f"/received/{received}/acknowledge", {"version": desk.get(f"/received/{received}")["row"]["version"]})
    lv = stage.officer("LV", "desk")
    told = until(
        lambda: next((o for o in lv.get(f"/notices/{stage.made['notice']}")["disclosures"] if o["acknowledged"]), None),
        "Latvia was not told who took the notice",
    )
    return f"taken by {told['taken_authority']}; stored and taken are two times at Latvia"


def judge(stage: Stage) -> str:
    """The desk compares him with its own people, finds none that fits, and opens a file; Latvia is told."""
    desk, received = stage.officer("NL", "desk"), stage.made["received"]
    candidates = desk.get(f"/received/{received}/candidates")["candidates"]
    for candidate in candidates:
        version = desk.get(f"/received/{received}")["row"]["version"]
        desk.post(
            f"/received/{received}/judge",
            {"version": version, "verdict": "not_same", "person_id": candidate["person_id"],
             "reason": "Date and place of birth differ; compared by hand."},
        )  # fmt: skip
    version = desk.get(f"/received/{received}")["row"]["version"]
    desk.post(f"/received/{received}/adopt", {"version": version, "reason": "Nobody of ours is the same person."})
    check(desk.get(f"/received/{received}")["row"]["match"] == "same", "the match is not settled")
    return f"{len(candidates)} candidates turned down with a reason; a file of our own opened by a person's decision"


def assign(stage: Stage) -> str:
    """Police in Rotterdam and probation own it together; Latvia sees the owner."""
    desk, received = stage.officer("NL", "desk"), stage.made["received"]
    police = stage.officer("NL", "police").get("/node")["authority_id"]
    probation = stage.officer("NL", "officer").get("/node")["authority_id"]
    owners = [
        {"service": "police", "authority_id": police, "user_id": stage.person_id("NL", "police")},
        {"service": "probation", "authority_id": probation, "user_id": ""},
    ]
    version = desk.get(f"/received/{received}")["row"]["version"]
    desk.post(f"/received/{received}/assign", {"version": version, "owners": owners})
    plan = {
        "version": desk.get(f"/received/{received}")["row"]["version"], "what": "Visit the first-night address",
        "service": "police", "due": clock.iso(stage.now() + timedelta(days=9)), "owner_id": stage.person_id("NL", "police"),
    }  # fmt: skip
    desk.post(f"/received/{received}/plan", plan)
    lv = stage.officer("LV", "desk")
    until(
        lambda: any(one["assigned"] for one in lv.get(f"/notices/{stage.made['notice']}")["disclosures"]),
        "Latvia does not see that the notice has an owner",
    )
    return "assigned to police and probation, a visit planned; Latvia sees both owners"


def fail_to_arrive(stage: Stage) -> str:
    """The agreed instant passes: both contact points are alerted in the same minute, naming who must act."""
    lv, nl = stage.officer("LV", "desk"), stage.officer("NL", "desk")
    told = lv.get(f"/notices/{stage.made['notice']}")["disclosures"][0]
    theirs = nl.get(f"/received/{stage.made['received']}")["row"]
    check(told["say_arrival_by"] == theirs["say_arrival_by"], "the two nodes wait for different instants")
    stage.turn_clock(clock.parse(told["say_arrival_by"]))
    raised = [
        until(partial(_alert, node, stage.made["conversation"]), f"no alert at the desk of {state}")
        for state, node in (("LV", lv), ("NL", nl))
    ]
    apart = abs(clock.parse(raised[0]["raised"]) - clock.parse(raised[1]["raised"]))
    check(apart < timedelta(minutes=1), f"the alerts are {apart} apart")
    check(all(one["debtor_state"] == "NL" for one in raised), "the alerts do not name the same state as the one to act")
    return f"both alerted {apart.total_seconds():.1f} s apart; the Netherlands must act, both say so"


def _alert(node: Client, conversation: str) -> dict[str, Any] | None:
    alerts: list[dict[str, Any]] = node.get("/alerts")
    return next((one for one in alerts if one["conversation"] == conversation and one["kind"] == "not_arrived"), None)


def answer(stage: Stage) -> str:
    """The Dutch owner records that he did not arrive, and the desk tells Latvia what was done."""
    desk, police, received = stage.officer("NL", "desk"), stage.officer("NL", "police"), stage.made["received"]
    police.post(
        f"/received/{received}/no-arrival",
        {
            "version": desk.get(f"/received/{received}")["row"]["version"],
            "remark": "Visited the address; nobody there.",
        },
    )
    version = desk.get(f"/received/{received}")["row"]["version"]
    desk.post(
        f"/received/{received}/answer",
        {
            "version": version,
            "outcome": "not_found",
            "language": "en",
            "text": "Address visited twice. The cousin has not seen him.",
        },
    )
    lv = stage.officer("LV", "desk")
    until(
        lambda: any(one["answered"] for one in lv.get(f"/notices/{stage.made['notice']}")["disclosures"]),
        "the answer did not reach Latvia",
    )
    told = lv.get(f"/notices/{stage.made['notice']}")["disclosures"][0]
    said = [
        one for one in lv.get(f"/conversations/{told['conversation']}")["documents"] if one["type"] == "movement-answer"
    ]
    lv.post(f"/disclosures/{told['id']}/take-answer", {"document_id": said[0]["id"]})
    for node in (lv, desk):
        until(
            partial(_all_met, node, told["conversation"]),
            "a duty is open although the answer was taken",
        )
    return "no arrival recorded, answered, the answer taken; every duty is met on both nodes"


def _all_met(node: Client, conversation: str) -> bool:
    duties = node.get(f"/conversations/{conversation}")["duties"]
    return all(one["state"] != "open" for one in duties)


def met_in_spain(stage: Stage) -> str:
    """Spain meets him, knows from his papers that Latvia is concerned, and tells it; Latvia recognises him."""
    police, head, desk = stage.officer("ES", "police"), stage.officer("ES", "head"), stage.officer("ES", "desk")
    person = police.post("/persons", material.as_spain_knows_him(stage.now()))["id"]
    proposal = {**material.proposal(), "destinations": ["LV"]}
    decision = police.post(f"/persons/{person}/decisions", proposal)["id"]
    police.post(f"/decisions/{decision}/submit", {"version": police.get(f"/decisions/{decision}")["version"]})
    waiting = head.get(f"/decisions/{decision}")
    overrides = dict.fromkeys(waiting["open_codes"], "He was met here; Latvia supervises him and does not know.")
    head.post(f"/decisions/{decision}/approve", {"version": waiting["version"], "overrides": overrides})
    notice = police.post(f"/persons/{person}/notices", {"kind": "sighting", "destinations": ["LV"]})["id"]
    view = police.get(f"/notices/{notice}")
    basis = _basis(police, notice, "LV", "Latvia supervises him and does not know where he is.")
    content = material.sighting_content(view, stage.now(), basis)
    content["allowed_missing"] = _allowed(police, notice)
    police.put(f"/notices/{notice}", {"version": view["row"]["version"], "content": content})
    police.post(f"/notices/{notice}/submit", {"version": police.get(f"/notices/{notice}")["row"]["version"]})
    head.post(f"/notices/{notice}/approve", {"version": head.get(f"/notices/{notice}")["row"]["version"]})
    desk.post(f"/notices/{notice}/transmit", {"version": desk.get(f"/notices/{notice}")["row"]["version"]})
    lv = stage.officer("LV", "desk")
    row = until(
        lambda: next((one for one in lv.get("/received")["rows"] if one["from_state"] == "ES"), None),
        "Spain's notice did not reach Latvia",
    )
    stage.made["from_spain"] = row["id"]
    return "met in Girona, told to Latvia by its contact point"


def _allowed(client: Client, notice: str) -> dict[str, str]:
    items = client.get(f"/notices/{notice}/readiness")["items"]
    return {item["code"]: "Not known here." for item in items if item["presence"] == "missing" and item["optional"]}


def recognise(stage: Stage) -> str:
    """Latvia's desk finds its own file first among the candidates and decides that it is the same person."""
    desk, received = stage.officer("LV", "desk"), stage.made["from_spain"]
    desk.post(f"/received/{received}/acknowledge", {"version": desk.get(f"/received/{received}")["row"]["version"]})
    candidates = desk.get(f"/received/{received}/candidates")["candidates"]
    check(
        candidates and candidates[0]["person_id"] == stage.made["person"],
        "Latvia's own file is not the first candidate",
    )
    version = desk.get(f"/received/{received}")["row"]["version"]
    desk.post(
        f"/received/{received}/judge",
        {"version": version, "verdict": "same", "person_id": stage.made["person"],
         "reason": "Same passport, same name and date of birth.", "grounds": ["document"]},
    )  # fmt: skip
    lanes = stage.officer("LV", "officer").get(f"/persons/{stage.made['person']}/lanes")
    check("ES" in json.dumps(lanes), "his page does not show that he was met in Spain")
    return (
        f"first of {len(candidates)} candidates, judged by a person; his page shows Latvia, the Netherlands and Spain"
    )


def _nothing_waits(node: Client) -> bool:
    return not node.get("/node")["outbox"].get("queued")


def prove_log(stage: Stage) -> str:
    """Each node proves its whole log, and nothing waits or was lost anywhere."""
    said = []
    for state, node in stage.nodes.items():
        result = stage.officer(state, "admin").post("/log/verify")
        check(result["ok"], f"the log of {state} does not verify: {result}")
        said.append(f"{state} {result['entries']}")
        until(
            partial(_nothing_waits, stage.officer(state, "desk")),
            f"{node.country.name}: mail waits",
        )
        check(not stage.officer(state, "desk").get("/problems")["rows"], f"{state} has refused something")
    trail = stage.officer("LV", "officer").get(f"/persons/{stage.made['person']}/log")
    acts = {entry["action"] for entry in trail["entries"]}
    check(
        {"notice.approve", "decision.approve", "person.record"} <= acts,
        f"the log of the case lacks acts: {sorted(acts)}",
    )
    return f"every entry verified ({', '.join(said)}); outboxes empty; the case's log names every act"


STEPS: tuple[Step, ...] = (
    Step("record-person", "LV", "officer", "Record the person", "/people/", record_person),
    Step(
        "record",
        "LV",
        "officer",
        "Record convictions, order, assessment and the sign of a move",
        "/people/",
        record_record,
    ),
    Step("criteria", "LV", "officer", "See whether Latvia's criteria are met, and why", "/people/", judge_criteria),
    Step("decide", "LV", "head", "Decide to exchange: one writes, another approves", "/work/", decide),
    Step("draft", "LV", "officer", "Draft the notice and see what the Netherlands will see", "/notices/", draft),
    Step("approve", "LV", "head", "Approve the notice as second person", "/work/", approve),
    Step("transmit", "LV", "desk", "Send it: signed, encrypted, receipted", "/work/", transmit),
    Step("acknowledge", "NL", "desk", "Take the notice in the Netherlands", "/work/", acknowledge),
    Step("judge", "NL", "desk", "Compare with own people and decide", "/matches/", judge),
    Step("assign", "NL", "desk", "Assign an owner and plan a visit", "/notices/", assign),
    Step("no-arrival", "NL", "desk", "He does not arrive: both are alerted", "/work/", fail_to_arrive),
    Step("answer", "NL", "police", "Tell Latvia what was done", "/work/", answer),
    Step("spain", "ES", "police", "He is met in Spain; Spain tells Latvia", "/people/", met_in_spain),
    Step("recognise", "LV", "desk", "Latvia recognises him", "/matches/", recognise),
    Step("prove", "LV", "protection", "Prove the three logs", "/log/", prove_log),
)


def play(stage: Stage) -> Iterator[tuple[Step, bool, str]]:
    """Play all steps in order; yields each with whether it was proven and what was checked. Stops at the first failure."""
    for step in STEPS:
        try:
            said = step.play(stage)
        except (Failed, Refused, OSError, KeyError, IndexError) as error:
            yield step, False, f"{type(error).__name__}: {error}"
            return
        yield step, True, said
