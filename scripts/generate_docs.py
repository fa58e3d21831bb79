"""Write the generated pages of docs/ anew, or (--check) say which are stale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GENERATORS = ("state_charts.py", "permissions.py", "protocol.py", "interfaces.py")


def main() -> int:
    """Run every generator; with --check nothing is written and a stale page fails."""
    done = [
        subprocess.run([sys.executable, HERE / name, *sys.argv[1:]], cwd=HERE.parent, check=False).returncode
        for name in GENERATORS
    ]
    return max(done)


if __name__ == "__main__":
    sys.exit(main())
