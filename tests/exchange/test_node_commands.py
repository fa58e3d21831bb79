"""A node as its operator knows it: made, paired, run, stopped, copied and put back, at the command line."""

from __future__ import annotations

import stat
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from exchange.nodes import SEND, STATE, RealNode

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("node_commands")]

PASSWORD = "a long enough password"
PEOPLE = """
from somec.access import actions
from somec.access.rules import Role, node_actor
from django.conf import settings
node = node_actor(settings.CONFIG.state)
desk = actions.create_authority(actor=node, name='Desk', kind='police')
for name in ('one', 'two'):
    actions.create_user(actor=node, email=f'{name}@example.org', name=name, authority=desk, roles=[Role.CONTACT_POINT],
                        password=DATA['password'])
print('{}')
"""


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealNode, RealNode]]:
    folder = tmp_path_factory.mktemp("nodes")
    lv, nl = (RealNode.found(folder / state, state) for state in ("LV", "NL"))
    for node in (lv, nl):
        node.ask(PEOPLE, password=PASSWORD)
        (node.folder / "password").write_text(PASSWORD + "\n")
    yield lv, nl
    for node in (lv, nl):
        node.kill()


def as_(node: RealNode, name: str) -> list[str]:
    return ["--as", f"{name}@example.org", "--password-file", str(node.folder / "password")]


def settled(node: RealNode, count: int) -> None:
    ends = time.monotonic() + 120
    while node.ask(STATE)["outbox"].get("receipted") != count:
        assert time.monotonic() < ends, node.log()[-2000:]
        time.sleep(0.2)


def test_init_makes_a_folder_that_only_its_owner_reads_and_never_overwrites(nodes: tuple[RealNode, RealNode]) -> None:
    lv, _ = nodes
    assert stat.S_IMODE(lv.folder.stat().st_mode) == 0o700
    for file in (lv.folder / "keys").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    before = (lv.folder / "keys" / "node.key").read_bytes()
    again = lv.somec("init", "--folder", str(lv.folder), "--state", "LV", "--name", "Other", check=False)
    assert again.returncode == 1
    assert "init.node_exists" in again.stderr
    assert (lv.folder / "keys" / "node.key").read_bytes() == before


def introduce(node: RealNode, other: RealNode) -> None:
    """Add a peer as two people do; everything that only looks like it is refused."""
    printed = other.somec("peer", "card")
    card = node.folder / f"{other.state}.card"
    card.write_text(printed.stdout)
    read_out = printed.stderr.split("fingerprint: ")[1].strip()
    added = node.somec("peer", "add", str(card), *as_(node, "one"))
    proposal = added.stdout.split("proposed: ")[1].splitlines()[0]
    approve = ["peer", "approve", proposal, "--fingerprint", read_out]
    own = node.somec(*approve, *as_(node, "one"), check=False)
    assert own.returncode == 1
    assert "access.second_person" in own.stderr
    wrong = node.somec("peer", "approve", proposal, "--fingerprint", "00", *as_(node, "two"), check=False)
    assert "peer.fingerprint" in wrong.stderr
    assert f"{other.state} is a peer now." in node.somec(*approve, *as_(node, "two")).stdout


def running(*nodes: RealNode) -> None:
    """Have nodes run that know each other, whichever test comes first."""
    for node, other in (nodes, nodes[::-1]):
        if f"{other.state}  active" not in node.somec("peer", "list").stdout:
            introduce(node, other)
    for node in nodes:
        if node.process is None:
            node.start()


def test_two_people_add_a_peer_and_it_is_reached(nodes: tuple[RealNode, RealNode]) -> None:
    lv, nl = nodes
    running(lv, nl)
    (lv.folder / "wrong").write_text("not it")
    stranger = ["--as", "one@example.org", "--password-file", str(lv.folder / "wrong")]
    refused = lv.somec("peer", "suspend", "NL", "--reason", "x", *stranger, check=False)
    assert "access.sign_in" in refused.stderr
    done = lv.ask(STATE)["outbox"].get("receipted", 0)
    lv.ask(SEND, to="NL", numbers=[1, 2, 3])
    settled(lv, done + 3)
    assert {1, 2, 3} <= set(nl.ask(STATE)["effects"])
    assert "well; answered last: 20" in lv.somec("peer", "list").stdout


def test_nobody_without_a_peers_certificate_is_let_in(nodes: tuple[RealNode, RealNode]) -> None:
    lv, nl = nodes
    running(lv, nl)
    address = f"https://127.0.0.1:{nl.port}/as4"
    trusted = str(nl.folder / "keys" / "tls.pem")
    plain = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=trusted, retries=False, timeout=5)
    with pytest.raises(urllib3.exceptions.HTTPError):
        plain.request("POST", address, body=b"x")
    tls = str(lv.folder / "keys" / "tls.pem")
    peer = urllib3.PoolManager(
        cert_reqs="CERT_REQUIRED",
        ca_certs=trusted,
        cert_file=tls,
        key_file=tls,
        retries=False,
    )
    assert peer.request("GET", address).status == 405
    assert b"EBMS:0007" in peer.request("POST", address, body=b"x", headers={"Content-Type": "text/plain"}).data


def test_a_node_ends_when_it_is_told_to_and_goes_on_where_it_was(nodes: tuple[RealNode, RealNode]) -> None:
    lv, nl = nodes
    running(lv, nl)
    done = lv.ask(STATE)["outbox"].get("receipted", 0)
    assert nl.stop() == 0
    lv.ask(SEND, to="NL", numbers=[10, 11])
    time.sleep(1)
    assert lv.stop() == 0
    assert lv.ask(STATE)["outbox"]["queued"] == 2
    nl.start()
    lv.start()
    settled(lv, done + 2)


def test_a_backup_that_is_put_back_loses_and_doubles_nothing(nodes: tuple[RealNode, RealNode], tmp_path: Path) -> None:
    lv, nl = nodes
    running(lv, nl)
    numbers = lv.ask(STATE)["outbox"].get("receipted", 0)
    sender, receiver = tmp_path / "lv.tar.gz", tmp_path / "nl.tar.gz"
    nl.somec("backup", str(receiver))
    again = nl.somec("backup", str(receiver), check=False)
    assert "backup.file_exists" in again.stderr
    assert nl.stop() == 0
    lv.ask(SEND, to="NL", numbers=[20])
    lv.somec("backup", str(sender))
    nl.start()
    settled(lv, numbers + 1)
    effects = sorted(nl.ask(STATE)["effects"])
    assert 20 in effects
    # the sender goes back to before the receipt: it sends again, nothing happens twice
    _put_back(lv, sender)
    lv.start()
    settled(lv, numbers + 1)
    assert sorted(nl.ask(STATE)["effects"]) == effects
    # the receiver goes back to before the document: its peer sends it again when a person asks for it
    moment = "2000-01-01T00:00:00Z"
    _put_back(nl, receiver)
    nl.start()
    assert 20 not in nl.ask(STATE)["effects"]
    told = lv.somec("peer", "resend", "NL", "--since", moment, "--reason", "their disk failed", *as_(lv, "one"))
    assert f"{numbers + 1} documents" in told.stdout
    settled(lv, numbers + 1)
    assert sorted(nl.ask(STATE)["effects"]) == effects
    assert "The log is whole" in lv.somec("verify", check=False).stdout


def _put_back(node: RealNode, file: Path) -> None:
    node.kill()
    for name in ("somec.sqlite3", "somec.sqlite3-wal", "somec.sqlite3-shm"):
        (node.folder / name).unlink(missing_ok=True)
    (node.folder / "checkpoint.note").unlink(
        missing_ok=True
    )  # the copy kept elsewhere would rightly say what is missing
    with tarfile.open(file) as archive:
        archive.extract("somec.sqlite3", node.folder, filter="data")
