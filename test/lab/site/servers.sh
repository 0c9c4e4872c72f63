#!/bin/bash
# Starts the little web server of every real server in the background, and returns when all of them listen;
# they are started once.
set -eu

here=$(dirname "$(readlink -f "$0")")
if [ -d /run/lab/servers ]; then
  exit 0
fi
mkdir -p /run/lab/servers
for name in rs1 rs2 rs3; do
  setsid ip netns exec "$name" node "$here/server.ts" "$name" </dev/null >"/run/lab/servers/$name" 2>&1 &
done
for ((tries = 0; tries < 300; tries++)); do
  if [ "$(grep -l listening /run/lab/servers/* 2>/dev/null | wc -l)" = 3 ]; then
    exit 0
  fi
  sleep 0.1
done
echo 'lab: the real servers do not listen' >&2
cat /run/lab/servers/* >&2
exit 1
