"""Bring the Europa Component Library, htmx and axe into the tree: by `npm pack`, each checked against its known hash.

Run by `make`; needs npm once. At run time nothing is loaded from anywhere but the node itself.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "src" / "somec" / "web" / "static"


@dataclass(frozen=True)
class Package:
    """An npm package, its SHA-512 (Subresource Integrity form) and which of its files go where below ``static``."""

    name: str
    integrity: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "@ecl/preset-eu@5.3.1",
        "sha512-xa3/Rsmq4Jt9ahCtN7NgsNRuvQfEoqFBMipXOyQOsE7fZPxap8poSfKdYPV6vuxJd9TwswiJKAlveuVZ4+sx1A==",
        {
            "package/dist/styles/optional/ecl-reset.css": "ecl/ecl-reset.css",
            "package/dist/styles/ecl-eu.css": "ecl/ecl-eu.css",
            "package/dist/styles/optional/ecl-eu-utilities.css": "ecl/ecl-eu-utilities.css",
            "package/dist/styles/ecl-eu-print.css": "ecl/ecl-eu-print.css",
            "package/LICENSE": "ecl/LICENSE-ecl",
        },
    ),
    Package(
        "htmx.org@2.0.11",
        "sha512-Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        {"package/dist/htmx.min.js": "ecl/htmx.min.js", "package/LICENSE": "ecl/LICENSE-htmx"},
    ),
)


def fetch(package: Package, folder: Path) -> None:
    """Pack one package into ``folder``, refuse it if its hash differs, and copy its files."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", package.name], cwd=folder, check=True, capture_output=True, text=True
    )
    archive = folder / packed.stdout.strip().splitlines()[-1]
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.integrity:
        sys.exit(f"{package.name}: its hash is not the known one; nothing was installed")
    with tarfile.open(archive) as content:
        for source, target in package.files.items():
            member = content.extractfile(source)
            if member is None:
                sys.exit(f"{package.name}: {source} is missing")
            data = member.read()
            if target.endswith((".css", ".js")):
                data = b"\n".join(line for line in data.split(b"\n") if b"sourceMappingURL" not in line)
            destination = STATIC / target
            destination.parent.mkdir(parents=True, exist_ok=True)
            destination.write_bytes(data)


def main() -> None:
    """Fetch what is not there yet."""
    wanted = [
        package for package in PACKAGES if not all((STATIC / target).exists() for target in package.files.values())
    ]
    with tempfile.TemporaryDirectory() as folder:
        for package in wanted:
            fetch(package, Path(folder))


if __name__ == "__main__":
    main()
