#!/bin/bash
# Process 1 of the guest: gives it a root of its own, runs the job that boot.ts left in the exchange folder, writes
# the job's exit code there, and powers off.
#
# The host's file system is only read: the guest's root is an overlay whose upper layer is memory. What the guest may
# write on the host is the exchange folder and the folders in WRITABLE.
#
# usage: init.sh EXCHANGE PACKAGES CHECKOUT
set -u

exchange=$1 packages=$2 checkout=$3
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C.UTF-8

power_off() {
  echo 1 >/proc/sys/kernel/sysrq
  echo o >/proc/sysrq-trigger
  sleep 60
}

fail() {
  echo "lab: $*" >&2
  power_off
}

# --- a root of its own ------------------------------------------------------------------------------------------------
enter_own_root() {
  mount -t proc proc /proc && mount -t sysfs sysfs /sys || fail 'cannot mount /proc and /sys'
  mount -t tmpfs -o size=60%,mode=755 tmpfs /run || fail 'cannot mount /run'
  mkdir -p /run/layers/{packages,upper,work} /run/root /run/lib
  mount -t hostfs -o "$packages" hostfs /run/layers/packages || fail "cannot mount $packages"

  # The packages' kmod and libraries, until they lie in the root.
  ln -s /run/layers/packages/usr/lib/modules /run/lib/modules
  ln -s /run/layers/packages/usr/bin/kmod /run/modprobe
  LD_LIBRARY_PATH=/run/layers/packages/usr/lib/x86_64-linux-gnu /run/modprobe -d /run overlay || fail 'no overlay module'

  # The packages lie below the host's files: they add what the host lacks and replace nothing.
  mount -t overlay -o lowerdir=/:/run/layers/packages,upperdir=/run/layers/upper,workdir=/run/layers/work \
    overlay /run/root || fail 'cannot lay the root'
  mkdir -p /run/root/run /run/root/dev /run/root/proc /run/root/sys
  mount --move /dev /run/root/dev
  mount --move /proc /run/root/proc
  mount --move /sys /run/root/sys
  mount -t tmpfs -o mode=755 tmpfs /run/root/run
  mkdir -p /run/root/run/host
  cd /run/root && pivot_root . run/host && cd / || fail 'cannot change the root'
}

mount_writable() {
  local folder
  for folder in "$@"; do
    mkdir -p "$folder" && mount -t hostfs -o "$folder" hostfs "$folder" || fail "cannot mount $folder"
  done
}

enter_own_root
WRITABLE=()
if [ -r "$exchange/writable" ]; then
  mapfile -t WRITABLE <"$exchange/writable"
fi
mount_writable "$exchange" "${WRITABLE[@]}"
umount -l /run/host && rmdir /run/host

# --- what programs expect of a machine --------------------------------------------------------------------------------
mkdir -p /dev/pts /dev/shm /run/lock /run/netns /run/home /run/lab/bin
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
ln -sf pts/ptmx /dev/ptmx
mount -t tmpfs tmpfs /dev/shm
ln -sf /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
hostname lab
ip link set lo up

# Every module of IPVS, and the tunnels.
modprobe -a ip_vs ip_vs_{rr,wrr,lc,wlc,fo,ovf,lblc,lblcr,dh,sh,mh,sed,nq} ip_vs_pe_sip \
  ipv6 veth bridge dummy ipip ip6_tunnel sit || fail 'a module is missing'

# --- commands ---------------------------------------------------------------------------------------------------------
node=$checkout/node_modules/node/bin/node
[ -x "$node" ] || node=$(command -v node)
ln -s "$node" /run/lab/bin/node
# tcpdump changes to a user of its own, which this machine need not have.
printf '#!/bin/sh\nexec /usr/bin/tcpdump -Z root "$@"\n' >/run/lab/bin/tcpdump
chmod +x /run/lab/bin/tcpdump
ln -s "$checkout/test/lab/site/ssh.sh" /run/lab/bin/ssh
# Which of its two kinds is meant by the short name is decided when the package is installed; this kernel has no nft.
for name in iptables ip6tables; do
  [ -e "/usr/sbin/$name" ] || ln -s "$name-legacy" "/usr/sbin/$name"
done
export PATH=/run/lab/bin:$checkout/bin:$PATH HOME=/run/home LVSTOP_LAB_CHECKOUT=$checkout LVSTOP_LAB_EXCHANGE=$exchange

# --- the job ----------------------------------------------------------------------------------------------------------
if [ -r "$exchange/size" ]; then
  # On a terminal: the job leads a session of its own, whose terminal is the console.
  read -r rows columns <"$exchange/size"
  stty sane rows "$rows" cols "$columns" </dev/tty0
  setsid -c -w bash "$exchange/job" </dev/tty0 >/dev/tty0 2>&1
  code=$?
else
  stty -opost -echo </dev/tty0
  bash "$exchange/job" </dev/null 2>&1 | cat >/dev/tty0
  code=${PIPESTATUS[0]}
fi
echo "$code" >"$exchange/exit"
power_off
