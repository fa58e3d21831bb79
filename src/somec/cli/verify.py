"""``somec verify``: prove the node's log, or name the first wrong entry; or check an exported trail with keys alone."""

from __future__ import annotations

import argparse
import base64
import binascii
import json
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from somec.audit.bundles import verify_bundle
from somec.cli import setup
from somec.crypto.signing import Verifier
from somec.kernel import canonical
from somec.kernel.errors import Invalid

CHECKPOINT_FILE = "checkpoint.note"
"""The newest checkpoint outside the database, in the node's folder; what ``audit.actions.checkpoint`` copies to."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    command = subparsers.add_parser(
        "verify", help="prove the whole log, or name its first wrong entry",
        description="Checks every entry, the hash tree, checkpoints and signatures. Exit status 0: proved, 1: not.",
    )  # fmt: skip
    command.add_argument(
        "--key", action="append", default=[], metavar="NAME=BASE64",
        help="public Ed25519 key of the node or a witness (the node's own is read from its folder)",
    )  # fmt: skip
    command.add_argument(
        "--checkpoint", action="append", default=[], type=Path, metavar="FILE",
        help="a checkpoint note that was kept elsewhere; the one in the node's folder is always used",
    )  # fmt: skip
    command.add_argument("--trail", type=Path, metavar="FILE", help="check an exported trail instead; needs no node")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify and print; returns 0 if everything is proved."""
    verifiers = [Verifier(*_key(text)) for text in arguments.key]
    return _trail(arguments, verifiers) if arguments.trail else _log(arguments, verifiers)


def _key(text: str) -> tuple[str, bytes]:
    name, separator, encoded = text.partition("=")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise Invalid("verify.key") from error
    if not separator or not name:
        raise Invalid("verify.key")
    return name, key


def _trail(arguments: argparse.Namespace, verifiers: list[Verifier]) -> int:
    bundle = canonical.decode(_read(arguments.trail).encode())
    if not isinstance(bundle, dict):
        raise Invalid("bundle.malformed")
    result = verify_bundle(bundle, *verifiers)
    if arguments.json:
        print(json.dumps(asdict(result)))
    elif result.ok:
        print(f"{result.entries} entries stand in the log that {', '.join(result.signers)} signed.")
    else:
        print(f"NOT PROVED: the entry with leaf index {result.first_wrong} does not stand in the signed log")
    return 0 if result.ok else 1


def _log(arguments: argparse.Namespace, verifiers: list[Verifier]) -> int:
    setup.ready_node()
    from somec.audit.verify import verify  # noqa: PLC0415 - needs Django set up
    from somec.exchange import keyring, witnessing  # noqa: PLC0415

    own = settings.CONFIG.folder / CHECKPOINT_FILE
    files = [*arguments.checkpoint, *([own] if own.exists() else [])]
    result = verify(
        verifiers=[keyring.node_signer().verifier, *witnessing.verifiers(), *verifiers],
        notes=[_read(file) for file in files],
    )
    if arguments.json:
        found = result.finding
        print(json.dumps({
            "ok": result.ok, "entries": result.entries, "root": result.root.hex(), "checkpoints": result.checkpoints,
            "signatures": result.signatures, "rate": round(result.rate), "finding": asdict(found) if found else None,
        }))  # fmt: skip
    else:
        print(
            f"{result.entries} entries, {result.checkpoints} checkpoints, {result.signatures} signatures checked "
            f"in {result.seconds:.2f} s: {result.rate:,.0f} entries a second"
        )
        print(f"root {result.root.hex()}")
        print("The log is whole and unchanged." if result.ok else f"NOT PROVED: {result.finding}")
    return 0 if result.ok else 1


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("verify.file", file=file.name) from error
