#!/usr/bin/env bash
# Build our small phase4 access point and exchange messages with it in both directions.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN="${BIN:-.venv/bin}"
for tool in java mvn; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: apt-get install openjdk-17-jdk-headless maven)" >&2; exit 3; }
done
mvn --quiet --batch-mode --file interop/phase4/pom.xml package
exec "$BIN/python" interop/run.py
