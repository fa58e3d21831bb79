"""Collect the texts of the screens into the Latvian catalogue and compile it; (--check) only say whether it is stale.

Needs gettext (``xgettext``, ``msgmerge``, ``msgfmt``) on the machine of whoever translates. Both ``django.po`` and
``django.mo`` are committed, so that a node runs without it. File locations and dates are left out, so the catalogue
changes only when a text changes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

WEB = Path(__file__).resolve().parent.parent / "src" / "somec" / "web"
LANGUAGE = "lv"
FOLDER = Path("locale") / LANGUAGE / "LC_MESSAGES"
HEADER = """\
# Latvian texts of the somec screens. Written by scripts/messages.py; translate here, then run it again.
msgid ""
msgstr ""
"Project-Id-Version: somec\\n"
"Language: lv\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);\\n"
"""


def collect(web: Path) -> None:
    """Bring ``django.po`` below a folder of screens up to date, with a header that names nobody."""
    (web / FOLDER).mkdir(parents=True, exist_ok=True)
    options = ["-l", LANGUAGE, "--no-location", "--no-wrap", "--no-obsolete", "-v", "0"]
    subprocess.run([sys.executable, "-m", "django", "makemessages", *options], cwd=web, check=True)
    catalogue = web / FOLDER / "django.po"
    _, _, body = catalogue.read_text("utf-8").partition("\n\n")
    body = re.sub(r"^#\..*\n", "", body, flags=re.MULTILINE)
    catalogue.write_text(f"{HEADER}\n{body}", "utf-8")


def compile_catalogue(web: Path) -> None:
    """Write ``django.mo`` from ``django.po``; msgfmt refuses texts whose placeholders differ."""
    folder = web / FOLDER
    options = ["--check-format", "--no-hash", "-o", str(folder / "django.mo"), str(folder / "django.po")]
    subprocess.run(["msgfmt", *options], check=True)


def untranslated(web: Path) -> list[str]:
    """Return the texts without a (sure) translation."""
    with (web / FOLDER / "django.po").open("rb") as stream:
        messages = [message for message in read_po(stream, locale=LANGUAGE) if message.id]
    empty = [m for m in messages if m.fuzzy or not (all(m.string) if isinstance(m.string, tuple | list) else m.string)]
    return [message.id[0] if isinstance(message.id, tuple | list) else message.id for message in empty]


def check() -> int:
    """Collect into a copy and compare: 1 when the committed catalogue is stale."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "web"
        shutil.copytree(WEB, copy, ignore=shutil.ignore_patterns("static", "__pycache__"))
        collect(copy)
        compile_catalogue(copy)
        stale = [
            name for name in ("django.po", "django.mo")
            if (copy / FOLDER / name).read_bytes() != (WEB / FOLDER / name).read_bytes()
        ]  # fmt: skip
    for name in stale:
        print(f"{name} is stale; run scripts/messages.py")
    return 1 if stale else 0


def main() -> int:
    """Collect and compile, or check; missing translations are listed and make the status 1."""
    if "--check" in sys.argv[1:]:
        status = check()
    else:
        collect(WEB)
        compile_catalogue(WEB)
        status = 0
    missing = untranslated(WEB)
    for text in missing:
        print(f"not translated: {text}")
    return 1 if missing else status


if __name__ == "__main__":
    sys.exit(main())
