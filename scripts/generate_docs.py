"""Write the generated pages of docs/ anew, or (--check) say which are stale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run every generator of scripts/; with --check nothing is written and a stale page fails."""
    generators = sorted(path for path in (ROOT / "scripts").glob("*.py") if "GENERATES" in path.read_text("utf-8"))
    generators = [path for path in generators if path.name != Path(__file__).name]
    status = 0
    for path in generators:
        done = subprocess.run([sys.executable, str(path), *sys.argv[1:]], cwd=ROOT, check=False)
        status = status or done.returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
