"""Makes the keys of a new node: for the log, for AS4, for TLS; with certificates of a small authority of its own.

A state that has a PKI asks it to certify the same keys: :func:`requests` writes PKCS#10 requests. The small authority
is for demonstrations and pilots, and for states that pin certificates by card, which is how peers trust each other
anyway.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from somec.crypto.issuing import Subject, issue_for_request, issue_pair, make_authority, make_request
from somec.crypto.keys import KeyPair, PrivateKey, load_key_pair, make_rsa_key
from somec.crypto.signing import new_private_key
from somec.exchange.keyring import ENCRYPTION, NODE, SIGNING, TLS, password
from somec.kernel import clock
from somec.kernel.errors import NotPossibleNow

AUTHORITY: Final = "authority.pem"


def make_keys(folder: Path, *, state: str, name: str, endpoint: str) -> None:
    """Make every key below ``folder`` (mode 0700); refuses to touch a folder that has one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if any((folder / file).exists() for file in (SIGNING, ENCRYPTION, TLS, NODE)):
        raise NotPossibleNow("node.keys_exist")
    host = urlsplit(endpoint).hostname or "localhost"
    now = clock.now()
    subject = Subject(common_name=f"{name} authority", organisation=name, country=state)
    authority = make_authority(subject, make_rsa_key(), at=now)
    _write_pair(folder / AUTHORITY, authority)
    for file, role in ((SIGNING, "signing"), (ENCRYPTION, "encryption")):
        subject = Subject(common_name=f"{name} {role}", organisation=name, country=state)
        _write_pair(folder / file, issue_pair(authority, subject, make_rsa_key(), at=now))
    hosts = tuple(dict.fromkeys((host, "localhost", "127.0.0.1")))
    tls = Subject(common_name=host, organisation=name, country=state, hosts=hosts)
    _write_pair(folder / TLS, issue_pair(authority, tls, make_rsa_key(2048), at=now))
    write_secret(folder / NODE, new_private_key().hex().encode() + b"\n")


def requests(folder: Path, *, state: str, name: str, endpoint: str) -> dict[str, bytes]:
    """Return certificate requests (PEM) for the node's keys, by file name, for a state's PKI."""
    host = urlsplit(endpoint).hostname or "localhost"
    wanted = {
        SIGNING: Subject(common_name=f"{name} signing", organisation=name, country=state),
        ENCRYPTION: Subject(common_name=f"{name} encryption", organisation=name, country=state),
        TLS: Subject(common_name=host, organisation=name, country=state, hosts=(host,)),
    }
    pairs = {file: load_key_pair((folder / file).read_bytes(), password()) for file in wanted}
    return {
        file.replace(".pem", ".csr"): make_request(subject, pairs[file].private) for file, subject in wanted.items()
    }


def install(folder: Path, file: str, certificates: bytes) -> None:
    """Put certificates that a state's PKI issued (PEM, end certificate first) beside the key that they are for."""
    secret = password()
    private: PrivateKey = load_key_pair((folder / file).read_bytes(), secret).private
    pair = load_key_pair(private.pem() + certificates)
    fresh = folder / f"{file}.new"
    _write_pair(fresh, pair)
    fresh.replace(folder / file)


def renew(folder: Path, *, state: str, name: str, endpoint: str) -> None:
    """Let the node's own small authority certify the same keys anew; raises NotPossibleNow where there is none."""
    if not (folder / AUTHORITY).exists():
        raise NotPossibleNow("node.authority_missing", file=AUTHORITY)
    authority = load_key_pair((folder / AUTHORITY).read_bytes(), password())
    for file, request in requests(folder, state=state, name=name, endpoint=endpoint).items():
        certificate = issue_for_request(authority, request, at=clock.now())
        install(folder, file.replace(".csr", ".pem"), certificate.pem() + authority.certificate.pem())


def _write_pair(file: Path, pair: KeyPair) -> None:
    chain = b"".join(one.pem() for one in (pair.certificate, *pair.chain))
    write_secret(file, pair.private.pem(password()) + chain)


def write_secret(file: Path, data: bytes) -> None:
    """Write a file that only its owner may read; never over another."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(data)
