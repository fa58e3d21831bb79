"""phase4 and a real somec node: documents stored, refused, told of; over TLS with client certificates."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peer import TEST_ACTION, TEST_SERVICE, Part
from realnode import OURS, THEIRS, RealStage, until
from stage import THREE, change, change_payload, equal, must
from wire import Body, post

from somec.kernel import clock
from somec.kernel.ids import new_id


def items(owner: str) -> list[dict[str, Any]]:
    """Return a made-up person's move as the items of a notice."""
    now = clock.iso(clock.now())
    common = {"kind": "fact", "source": "own_record", "as_of": now, "evaluation": "A1", "owner": owner}
    movement = {
        "notice": "relocation",
        "sequence": 1,
        "arrival": {"point": "Example Central", "from": None, "until": None},
        "requested_action": "information_only",
        "late": False,
        "expires": "2126-01-01T00:00:00Z",
    }
    name = {
        "kind": "true",
        "family_name": "Paraugs-Kalniņš",
        "given_name": "Example",
        "main": True,
        "source": "own_record",
    }
    identity = {"person": new_id("prs"), "names": [name]}
    return [
        {"id": new_id("itm"), "category": "identity", "data": identity, **common},
        {"id": new_id("itm"), "category": "movement", "data": movement, **common},
    ]


def document(**more: Any) -> dict[str, Any]:
    """Return a movement notice of the other state, as its own software would write it."""
    header = {
        "id": new_id("doc"),
        "type": "movement-notice",
        "version": "1.0",
        "conversation": new_id("cnv"),
        "reference": "NL-INTEROP-1",
        "created": clock.iso(clock.now()),
        "from": {"state": THEIRS, "authority": {"id": "desk-1", "name": "Interop desk"}},
        "to": {"state": OURS},
        "legal_basis": {"mechanism": "own_initiative", "article": "7", "verified": False},
        "purpose": "public_protection",
        "handling_code": "H1",
        "language": "en",
        **more.pop("header", {}),
    }
    return {"header": header, "items": items(THEIRS), **more}


def written(stage: RealStage, content: dict[str, Any]) -> Part:
    """Put a document into a file for phase4 to send."""
    file = stage.folder.parent / f"{content['header']['id']}.json"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return Part(file, f"{content['header']['id']}@phase4.example", "application/json")


def pushed(
    stage: RealStage, parts: list[Part], through: Callable[[Body], Body | None] | None = None, **more: Any
) -> Any:
    """Let phase4 send to the node, through a wire that may disturb; return what phase4 made of the answer."""
    stage.wires.to_us = through
    try:
        return stage.them.send(stage.inbound.url, stage.message_id(), parts, **more)
    finally:
        stage.wires.to_us = None


def receipted(outcome: dict[str, Any]) -> None:
    """Prove that phase4 verified the node's receipt against all that it had signed."""
    equal((outcome["result"], outcome.get("non_repudiation"), outcome["complaints"]), ("success", "matched", []))
    must(outcome["signature_checked"], outcome)


def stored(content: dict[str, Any]) -> bool:
    """Tell whether the node holds the document, whole."""
    from somec.exchange import queries  # noqa: PLC0415 - needs the node's settings

    found = queries.documents([content["header"]["conversation"]])
    return [dict(one.body) for one in found] == [content]


def incoming(content: dict[str, Any]) -> int:
    """Count the notices that officers see of this conversation."""
    from somec.movements.models import Incoming  # noqa: PLC0415 - needs the node's settings

    return Incoming.objects.filter(conversation=content["header"]["conversation"]).count()


def problem(stage: RealStage, message_id: str) -> list[str]:
    """Return the EBMS codes under which the node tells a person of a message that it refused."""
    from somec.exchange import queries  # noqa: PLC0415 - needs the node's settings

    return [one.ebms_code for one in queries.problems(stage.actor()) if one.message_id == message_id]


def told(stage: RealStage, code: str) -> None:
    """Prove that a person is told of the last message that was refused, under this code."""
    until(lambda: problem(stage, last_id(stage)) == [code], "nobody is told")


def last_id(stage: RealStage) -> str:
    """Return the id of the message that phase4 sent last."""
    return f"message-{stage.count}@phase4.example"


def ping_from_phase4(stage: RealStage) -> None:
    """Answer phase4's call of the test service."""
    receipted(pushed(stage, [], service=TEST_SERVICE, action=TEST_ACTION))


def notice_from_phase4(stage: RealStage) -> None:
    """Store phase4's notice whole, and show it to officers."""
    content = document(unknown_field={"is": "kept"})
    receipted(pushed(stage, [written(stage, content)]))
    until(lambda: stored(content), "the document is not stored as it was sent")
    equal(incoming(content), 1)


def attachments_from_phase4(stage: RealStage) -> None:
    """Store the files that phase4 sends with a notice."""
    from somec.exchange import queries  # noqa: PLC0415 - needs the node's settings

    files = THREE[1:]
    names = [new_id("att") for _ in files]
    listed = [
        {
            "id": name,
            "name": file.name,
            "media_type": "text/plain",
            "size": file.stat().st_size,
            "sha256": _sha256(file),
        }
        for name, file in zip(names, files, strict=True)
    ]
    content = document(attachments=listed)
    parts = [
        Part(file, f"{name}@phase4.example", "text/plain", attachment_id=name)
        for name, file in zip(names, files, strict=True)
    ]
    receipted(pushed(stage, [written(stage, content), *parts]))
    until(lambda: stored(content), "the document is not stored as it was sent")
    for name, file in zip(names, files, strict=True):
        equal(b"".join(queries.attachment_chunks(name)), file.read_bytes())


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def repeated_by_phase4(stage: RealStage) -> None:
    """Take repeated octets once and answer with the same receipt."""
    content = document()
    receipted(pushed(stage, [written(stage, content)]))
    first = stage.inbound.exchanges[-1]
    again = post(stage.inbound.url, first.request)
    equal(again.content, first.response and first.response.content)
    equal(incoming(content), 1)


def receipt_lost_by_phase4(stage: RealStage) -> None:
    """Satisfy phase4 with the stored receipt when it sends again after a broken connection."""
    kept: list[Body] = []

    def answer(request: Body) -> Body | None:
        kept.append(stage.reach_us(request))
        return None if len(kept) == 1 else kept[-1]

    content = document()
    receipted(pushed(stage, [written(stage, content)], answer, retries=1))
    equal((len(kept), kept[0]), (2, kept[-1]))
    equal(incoming(content), 1)


def changed_on_the_way(stage: RealStage) -> None:
    """Refuse what was changed on the way, store nothing, and tell a person."""
    disturbances: list[tuple[str, Callable[[bytes], bytes]]] = [
        ("EBMS:0101", lambda octets: change(octets, b"<eb:ConversationId>")),
        ("EBMS:0102", change_payload),
    ]
    for code, disturb in disturbances:
        content = document()
        outcome = pushed(stage, [written(stage, content)], _disturbing(stage, disturb))
        equal([error["code"] for error in outcome["errors"]], [code])
        must(not stored(content) and not incoming(content), "something was stored")
        told(stage, code)


def _disturbing(stage: RealStage, disturb: Callable[[bytes], bytes]) -> Callable[[Body], Body]:
    return lambda body: stage.reach_us(dataclasses.replace(body, content=disturb(body.content)))


def documents_that_are_none(stage: RealStage) -> None:
    """Refuse documents of an unknown type, of a newer version, and against their schema; tell a person of each."""
    bad = document()
    del bad["items"][1]["data"]["arrival"]
    for content, code in (
        (document(header={"type": "never-heard-of"}), "EBMS:0001"),
        (document(header={"version": "9.0"}), "EBMS:0008"),
        (bad, "EBMS:0003"),
    ):
        outcome = pushed(stage, [written(stage, content)])
        equal([error["code"] for error in outcome["errors"]], [code])
        must(outcome["signature_checked"], "the refusal is not signed")
        must(not stored(content), "something was stored")
        told(stage, code)


def ping_to_phase4(stage: RealStage) -> None:
    """Call phase4's test service unasked, and know that the peer is well."""
    from somec.exchange import queries  # noqa: PLC0415 - needs the node's settings

    def heard() -> bool:
        (peer,) = queries.peer_troubles()
        return peer.last_success is not None and not peer.troubles

    until(heard, "the node does not know that phase4 answers")
    pings = [one for one in stage.outbound.exchanges if TEST_ACTION.encode() in one.request.content]
    must(pings, "no test message was sent")


def queued(stage: RealStage) -> str:
    """Put a notice for phase4's state into the node's outbox; return the document's id."""
    from somec.exchange import actions  # noqa: PLC0415 - needs the node's settings

    return actions.send(
        actor=stage.actor(),
        to=THEIRS,
        type="movement-notice",
        conversation=new_id("cnv"),
        reference="LV-INTEROP-1",
        sender_authority={"id": "desk-1", "name": "Contact point"},
        legal_basis={"mechanism": "own_initiative", "article": "7", "verified": False},
        purpose="public_protection",
        handling_code="H1",
        language="en",
        items=items(OURS),
    )


def state_of(name: str) -> str:
    """Return how far the node has come with a document that it sends."""
    from somec.exchange import queries  # noqa: PLC0415 - needs the node's settings

    return queries.deliveries([name])[name].state.value


def arrived(stage: RealStage, name: str) -> int:
    """Count how often phase4 handed this document to its application."""
    first = [Path(one["parts"][0]["file"]).read_bytes() for one in stage.them.delivered() if one["parts"]]
    return sum(json.loads(content).get("header", {}).get("id") == name for content in first)


def notice_to_phase4(stage: RealStage) -> None:
    """Send a notice to phase4 and hold its receipt."""
    from somec.exchange import queries  # noqa: PLC0415 - needs the node's settings

    name = queued(stage)
    until(lambda: state_of(name) == "receipted", f"the delivery stands at {state_of(name)}")
    equal(arrived(stage, name), 1)
    sent = Path(stage.them.delivered()[-1]["parts"][0]["file"]).read_bytes()
    equal(json.loads(sent), queries.document(name))


def phase4_away(stage: RealStage) -> None:
    """Keep a notice while phase4 cannot be reached, and send it once it can."""
    stage.wires.to_them = lambda _: None
    try:
        name = queued(stage)
        sent = len(stage.outbound.exchanges)
        until(lambda: len(stage.outbound.exchanges) > sent, "nothing was tried")
        equal((state_of(name), arrived(stage, name)), ("queued", 0))
    finally:
        stage.wires.to_them = None
    until(lambda: state_of(name) == "receipted", f"the delivery stands at {state_of(name)}")
    equal(arrived(stage, name), 1)


def receipt_of_phase4_lost(stage: RealStage) -> None:
    """Send the same octets again when phase4's receipt was lost, and say honestly that only the receipt is missing."""
    kept: list[Body] = []

    def answer(request: Body) -> Body | None:
        kept.append(request)
        response = stage.reach_them(request)
        return None if len(kept) == 1 else response

    stage.wires.to_them = answer
    try:
        name = queued(stage)
        until(lambda: state_of(name) == "unproven", f"the delivery stands at {state_of(name)}")
    finally:
        stage.wires.to_them = None
    must(len(kept) > 1 and len({one.content for one in kept}) == 1, "the repeat was not the same octets")
    equal(arrived(stage, name), 1)


INCOMING = [
    ping_from_phase4,
    notice_from_phase4,
    attachments_from_phase4,
    repeated_by_phase4,
    receipt_lost_by_phase4,
    changed_on_the_way,
    documents_that_are_none,
]
OUTGOING = [
    ping_to_phase4,
    notice_to_phase4,
    phase4_away,
    receipt_of_phase4_lost,
]
