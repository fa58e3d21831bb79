"""``somec as4 …``: look at recorded AS4 messages."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from somec.as4.findings import Known
from somec.as4.inspection import inspect
from somec.as4.octets import Octets
from somec.crypto.certificates import load_certificates
from somec.crypto.errors import CryptoError
from somec.crypto.keys import KeyPair, load_key_pair

EXIT_VERIFIES, EXIT_DOES_NOT, EXIT_UNREADABLE = 0, 1, 2


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``as4`` to the command line."""
    parser = subparsers.add_parser("as4", help="look at AS4 messages")
    commands = parser.add_subparsers(dest="as4_command", required=True)
    command = commands.add_parser(
        "inspect",
        help="verify a recorded AS4 message and print one JSON object about it",
        description="Exit status: 0 everything present verifies, 1 something does not, 2 a file cannot be read.",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="envelope, MIME body, or either after HTTP headers")
    command.add_argument(
        "--key", type=Path, metavar="PFX", help="our private key with its certificate (PKCS#12, or PEM with both)"
    )
    command.add_argument("--password-file", type=Path, metavar="F", help="file whose first line is the key's password")
    command.add_argument(
        "--cert", type=Path, action="append", default=[], metavar="FILE", help="signer known beforehand (DER or PEM)"
    )
    command.add_argument(
        "--allow-legacy", action="store_true", help="accept old algorithms (SHA-1, MGF1 with SHA-1, CBC)"
    )
    command.set_defaults(run=run_inspect)


def run_inspect(arguments: argparse.Namespace) -> int:
    """Print the report and return the exit status."""
    try:
        known = _known(arguments)
        file = Octets.from_path(arguments.file)
    except OSError as error:
        return _unreadable(error.filename or arguments.file, error.strerror or "cannot be read")
    except CryptoError as error:
        return _unreadable("key or certificate", error.code)
    try:
        report = inspect(file, known)
    except OSError as error:
        return _unreadable(arguments.file, error.strerror or "cannot be read")
    finally:
        file.close()
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    try:
        print(json.dumps(report, indent=2, ensure_ascii=not readable), flush=True)
    except BrokenPipeError:  # the reader, `head` for one, has seen enough; the judgement stands
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_VERIFIES if report["verifies"] else EXIT_DOES_NOT


def _known(arguments: argparse.Namespace) -> Known:
    certificates = tuple(one for path in arguments.cert for one in load_certificates(path.read_bytes()))
    keys: tuple[KeyPair, ...] = ()
    if arguments.key is not None:
        password = None
        if arguments.password_file is not None:
            password = (arguments.password_file.read_text(encoding="utf-8").splitlines() or [""])[0]
        keys = (load_key_pair(arguments.key.read_bytes(), password),)
    return Known(certificates=certificates, keys=keys, allow_legacy=arguments.allow_legacy)


def _unreadable(what: object, why: str) -> int:
    print(f"somec as4: {what}: {why}", file=sys.stderr)
    return EXIT_UNREADABLE


def main(argv: list[str] | None = None) -> int:
    """Run ``somec as4`` on its own."""
    parser = argparse.ArgumentParser(prog="somec")
    register(parser.add_subparsers(dest="command", required=True))
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))
