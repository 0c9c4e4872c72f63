#!/bin/bash
# Starts the little web servers of real servers in the background, and returns when all of them listen; each is
# started once.
#
# usage: servers.sh [NAME…]   rs1, rs2 and rs3 where none is named
set -eu

here=$(dirname "$(readlink -f "$0")")
if [ $# = 0 ]; then
  set -- rs1 rs2 rs3
fi
mkdir -p /run/lab/servers
for name in "$@"; do
  if [ ! -e "/run/lab/servers/$name" ]; then
    setsid ip netns exec "$name" node "$here/server.ts" "$name" </dev/null >"/run/lab/servers/$name" 2>&1 &
  fi
done
cd /run/lab/servers
for ((tries = 0; tries < 3000; tries++)); do
  if [ "$(grep -l listening "$@" 2>/dev/null | wc -l)" = $# ]; then
    exit 0
  fi
  sleep 0.1
done
echo 'lab: the real servers do not listen' >&2
cat "$@" >&2
exit 1
