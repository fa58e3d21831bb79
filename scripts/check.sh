#!/usr/bin/env bash
# Everything that can be checked without running the product.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN="${BIN:-.venv/bin}"
"$BIN/ruff" format --check --quiet .
"$BIN/ruff" check --quiet .
"$BIN/lint-imports" --no-cache 2>&1 | tail -n 25
"$BIN/mypy" src
"$BIN/python" -m django makemigrations --check --dry-run --settings somec.node.settings
"$BIN/python" scripts/generate_docs.py --check
echo "check: all in order"
