#!/usr/bin/env bash
# The whole suite: first the integration tests on PostgreSQL, then everything on SQLite. pytest's closing line comes last.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN="${BIN:-.venv/bin}"
WORKERS="${WORKERS:-2}"
if [ "$#" -eq 0 ]; then
  if address="$(scripts/postgres.sh start)"; then
    trap 'scripts/postgres.sh stop' EXIT
    echo "Integration tests on PostgreSQL"
    SOMEC_DATABASE_URL="$address" "$BIN/pytest" tests/integration -q -n "$WORKERS"
  else
    echo "No PostgreSQL on this machine: its integration tests are left out of this run (Debian: apt-get install postgresql)."
  fi
  echo "Everything on SQLite"
fi
if [ "$#" -eq 0 ]; then
  set +e
  "$BIN/pytest" -q -n "$WORKERS" --dist loadgroup
  status=$?
  exit "$status"
fi
exec "$BIN/pytest" "$@"
