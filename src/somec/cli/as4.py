"""``somec as4 …``: look at recorded AS4 messages."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from somec.as4.findings import Known
from somec.as4.inspection import inspect
from somec.as4.octets import Octets
from somec.cli.setup import first_line
from somec.crypto.certificates import load_certificates
from somec.crypto.keys import KeyPair, load_key_pair
from somec.kernel.errors import SomecError

_T = TypeVar("_T")
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
    command.add_argument(
        "file", type=Path, metavar="FILE", help="envelope, MIME body, or either after HTTP headers (-: standard input)"
    )
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
    path = Path("/dev/stdin") if str(arguments.file) == "-" else arguments.file
    try:
        known = _known(arguments)
        with contextlib.closing(_opened(path, Octets.from_path)) as file:
            report = _opened(path, lambda _: inspect(file, known))
    except _UnreadableError as error:
        print(f"somec as4: {error}", file=sys.stderr)
        return EXIT_UNREADABLE
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    try:
        print(json.dumps(report, indent=2, ensure_ascii=not readable), flush=True)
    except BrokenPipeError:  # the reader, `head` for one, has seen enough; the judgement stands
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_VERIFIES if report["verifies"] else EXIT_DOES_NOT


class _UnreadableError(Exception):
    """A file that cannot be read, named with the reason."""


_REASONS = {
    "key.unreadable": (
        "the password is wrong or missing (--password-file), or this is neither PKCS#12 nor PEM; "
        "a Java keystore becomes PKCS#12 with keytool -importkeystore -deststoretype PKCS12"
    ),
    "key.not-in-store": "no private key stands in it together with its certificate",
    "key.other-certificate": "its private key and its certificate do not belong together",
    "password_file.encoding": "is not written in UTF-8",
    "certificate.unreadable": "this is no certificate, neither DER nor PEM",
}


def _opened(path: Path, read: Callable[[Path], _T]) -> _T:
    """Return what ``read`` makes of a file; raises _UnreadableError with its name and the reason."""
    try:
        return read(path)
    except OSError as error:
        raise _UnreadableError(f"{path}: {error.strerror or 'cannot be read'}") from error
    except SomecError as error:
        raise _UnreadableError(f"{path}: {_REASONS.get(error.code, 'cannot be read')} [{error.code}]") from error


def _known(arguments: argparse.Namespace) -> Known:
    certificates = tuple(
        one for path in arguments.cert for one in _opened(path, lambda path: load_certificates(path.read_bytes()))
    )
    keys: tuple[KeyPair, ...] = ()
    if arguments.key is not None:
        password = _opened(arguments.password_file, first_line) if arguments.password_file is not None else None
        keys = (_opened(arguments.key, lambda path: load_key_pair(path.read_bytes(), password)),)
    return Known(certificates=certificates, keys=keys, allow_legacy=arguments.allow_legacy)


def main(argv: list[str] | None = None) -> int:
    """Run ``somec as4`` on its own."""
    parser = argparse.ArgumentParser(prog="somec")
    register(parser.add_subparsers(dest="command", required=True))
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))
