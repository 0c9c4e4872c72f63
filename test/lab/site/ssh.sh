#!/bin/bash
# Stands in for ssh: a command on the machine of the site that has the address, by its namespace.
#
# usage: ssh.sh [USER@]ADDRESS COMMAND…
set -eu

address=${1#*@}
shift
for machine in cl rs1 rs2 rs3; do
  if [ -n "$(ip -n "$machine" -oneline address show to "$address")" ]; then
    exec ip netns exec "$machine" "$@"
  fi
done
echo "ssh: no machine of the site has $address" >&2
exit 255
