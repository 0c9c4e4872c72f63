/** The command on a real server under DR after which it does not answer or announce an address of `lo` by ARP. */
export const hushArp = 'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2';
