#!/usr/bin/env bash
# Start or stop a throw-away PostgreSQL cluster for tests, below var/, on a port of its own; prints its address.
# Fails with a sentence where PostgreSQL 15 or later is not installed.
set -euo pipefail
folder="${SOMEC_TEST_POSTGRES:-${TMPDIR:-/tmp}/somec-test-postgres-$(id -u)}"
port="${SOMEC_TEST_POSTGRES_PORT:-54329}"
bin="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)"
[ -n "$bin" ] || bin="$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")"
[ -x "$bin/initdb" ] || { echo "PostgreSQL is not installed (Debian: apt-get install postgresql)" >&2; exit 3; }

as_owner() { if [ "$(id -u)" = 0 ]; then (cd / && su postgres -s /bin/bash -c "$*"); else bash -c "$*"; fi; }

case "${1:-start}" in
  start)
    if ! as_owner "$bin/pg_ctl -D '$folder/data' status" >/dev/null 2>&1; then
      rm -rf "$folder"; mkdir -p "$folder"
      [ "$(id -u)" = 0 ] && chown postgres "$folder"
      as_owner "$bin/initdb -D '$folder/data' -U postgres -A trust -E UTF8 --no-sync" >/dev/null
      as_owner "$bin/pg_ctl -D '$folder/data' -l '$folder/log' -w -o '-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60' start" >/dev/null
    fi
    echo "postgres://postgres@127.0.0.1:$port/postgres"
    ;;
  stop) as_owner "$bin/pg_ctl -D '$folder/data' -m immediate stop" >/dev/null 2>&1 || true; rm -rf "$folder" ;;
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
