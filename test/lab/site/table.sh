#!/bin/bash
# The sample table: one service or more of each forwarding method, IPv4 and IPv6. Runs in the director's namespace.
set -eu

ipvsadm -R <<'END'
-A -t 10.0.0.100:80 -s wrr
-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 3
-a -t 10.0.0.100:80 -r 10.1.0.22:8080 -m -w 2
-a -t 10.0.0.100:80 -r 10.1.0.23:8080 -m -w 1
-A -t 10.0.0.101:80 -s wlc
-a -t 10.0.0.101:80 -r 10.0.0.21:80 -i -w 1
-a -t 10.0.0.101:80 -r 10.0.0.22:80 -i -w 1
-A -t 10.0.0.102:80 -s rr
-a -t 10.0.0.102:80 -r 10.0.0.21:80 -g -w 1
-a -t 10.0.0.102:80 -r 10.0.0.22:80 -g -w 1
-a -t 10.0.0.102:80 -r 10.0.0.23:80 -g -w 0
-A -t [fd00::100]:80 -s wlc
-a -t [fd00::100]:80 -r [fd00:1::21]:8080 -m -w 1
-a -t [fd00::100]:80 -r [fd00:1::22]:8080 -m -w 1
-A -t [fd00::101]:80 -s rr
-a -t [fd00::101]:80 -r [fd00::22]:80 -i -w 1
-a -t [fd00::101]:80 -r [fd00::23]:80 -i -w 1
-A -t [fd00::102]:80 -s sh -b sh-fallback
-a -t [fd00::102]:80 -r [fd00::21]:80 -g -w 1
-a -t [fd00::102]:80 -r [fd00::23]:80 -g -w 1
END
