#!/bin/bash
# Runs a command on the site's director.
#
# usage: director.sh network|traffic COMMAND…
#   network  the site, its table empty
#   traffic  the site with its sample table, the real servers' web servers, and a client that keeps them busy
set -eu

here=$(dirname "$(readlink -f "$0")")
what=$1
shift

# stage WORD: tells the machine outside what goes on.
stage() {
  echo "$1" >"$LVSTOP_LAB_EXCHANGE/stage"
}

stage site
"$here/network.sh"
if [ "$what" = traffic ]; then
  stage traffic
  ip netns exec dir "$here/table.sh"
  "$here/servers.sh"
  setsid ip netns exec cl node "$here/load.ts" --rate "${LVSTOP_LAB_RATE:-30}" --bytes 2000 \
    10.0.0.100:80 10.0.0.101:80 10.0.0.102:80 '[fd00::100]:80' '[fd00::101]:80' '[fd00::102]:80' \
    </dev/null >/run/lab/load 2>&1 &
fi
stage command
exec ip netns exec dir "$@"
