#!/bin/bash
# Builds the lab's site inside the guest, without any IPVS service. Every namespace is a machine:
#
#   cl            dir                    rs1  rs2  rs3
#   eth0          eth0        eth1       eth0 (outer), eth1 (inner)
#    |             |           |          |           |
#    +---- outer --+-----------|----------+           |
#                              +------------- inner --+
#
#   outer  10.0.0.0/24  fd00::/64     cl .2 and .3, dir .10, rs1 .21, rs2 .22, rs3 .23
#   inner  10.1.0.0/24  fd00:1::/64   dir .10, rs1 .21, rs2 .22, rs3 .23
#   bare   rs4 and rs5 like rs1 to rs3, .24 and .25, but with nothing set up for any method, a strict reverse path filter
#          and a default route of their own
#   VIPs   10.0.0.100 to .109, fd00::100 to ::109, on dir's eth0
#
# The real servers are set up for all three forwarding methods at once. NAT: what leaves from an inner address goes
# through the director. DR: every VIP is on lo, and not answered for. TUN: tunl0 and ip6tnl0 are up.
set -eu

VIPS=(100 101 102 103 104 105 106 107 108 109)

machine() {
  ip netns add "$1"
  ip -n "$1" link set lo up
}

# plug NAMESPACE INTERFACE BRIDGE IPV4-PREFIX IPV6-PREFIX HOST…
# The first address is the one that its packets bear; IPv6 would take the last, unless that is deprecated.
plug() {
  local namespace=$1 interface=$2 bridge=$3 v4=$4 v6=$5 host deprecated=''
  shift 5
  ip link add "$namespace.$interface" master "$bridge" up type veth peer name "$interface" netns "$namespace"
  {
    for host in "$@"; do
      echo "address add $v4.$host/24 dev $interface"
      echo "address add $v6::$host/64 dev $interface nodad${deprecated}"
      deprecated=' preferred_lft 0'
    done
    echo "link set $interface up"
  } | ip -n "$namespace" -b -
}

# sysctls NAMESPACE: reads lines of KEY VALUE.
sysctls() {
  ip netns exec "$1" bash -c 'while read -r key value; do echo "$value" >"/proc/sys/net/$key"; done'
}

for bridge in outer inner; do
  echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
  ip link add "$bridge" up type bridge forward_delay 0
done

machine cl
plug cl eth0 outer 10.0.0 fd00 2 3

machine dir
plug dir eth0 outer 10.0.0 fd00 10
plug dir eth1 inner 10.1.0 fd00:1 10
# Deprecated, so that no tunnel's packets bear them: a real server drops what seems to come from its own address.
for vip in "${VIPS[@]}"; do
  echo "address add 10.0.0.$vip/32 dev eth0"
  echo "address add fd00::$vip/128 dev eth0 nodad preferred_lft 0"
done | ip -n dir -b -
sysctls dir <<'END'
ipv4/ip_forward 1
ipv6/conf/all/forwarding 1
END

for number in 1 2 3; do
  server=rs$number
  machine "$server"
  sysctls "$server" <<'END'
ipv4/conf/all/arp_ignore 1
ipv4/conf/all/arp_announce 2
ipv4/conf/all/rp_filter 0
ipv4/conf/tunl0/rp_filter 0
END
  plug "$server" eth0 outer 10.0.0 fd00 "2$number"
  plug "$server" eth1 inner 10.1.0 fd00:1 "2$number"
  {
    for vip in "${VIPS[@]}"; do
      echo "address add 10.0.0.$vip/32 dev lo"
      echo "address add fd00::$vip/128 dev lo nodad"
    done
    echo 'link set tunl0 up'
    echo 'link set ip6tnl0 up'
    echo 'route add default via 10.1.0.10 table 100'
    echo 'route add default via fd00:1::10 table 100'
    echo 'rule add from 10.1.0.0/24 table 100'
  } | ip -n "$server" -b -
  ip -n "$server" -6 rule add from fd00:1::/64 table 100
done

# Machines as they are found: what lvstop's own set-up makes of them is for tests to see.
for number in 4 5; do
  server=rs$number
  machine "$server"
  sysctls "$server" <<'END'
ipv4/conf/all/rp_filter 1
ipv4/conf/default/rp_filter 1
END
  plug "$server" eth0 outer 10.0.0 fd00 "2$number"
  plug "$server" eth1 inner 10.1.0 fd00:1 "2$number"
  {
    echo 'route add default via 10.0.0.1'
    echo 'route add default via fd00::1'
  } | ip -n "$server" -b -
done
