/**
 * The commands that findings give to be typed in, by the file of `src` that words them, and the test of this folder that
 * runs each beside the bystanders: its last case holds that it did.
 */

/** One command. */
export interface PrintedCommand {
  /** The file's name without its ending. */
  readonly from: string;
  readonly command: RegExp;
  /** The lab's file, or why it is none of this folder. */
  readonly in: 'firewall' | 'network' | 'operators' | 'silent' | 'table' | { readonly because: string };
}

/** nft is not in the lab's kernel but for bridges. */
const elsewhere = { because: 'run on Linux 6.18, see test/host/firewall/capture.ts' };

export const printedCommands: readonly PrintedCommand[] = [
  { from: 'estimation-off', command: /^sysctl -w net\.ipv4\.vs\.run_estimation=1$/, in: 'table' },
  {
    from: 'vip-answered-elsewhere',
    command: /^sysctl -w net\.ipv4\.conf\.all\.arp_ignore=1 /,
    in: 'network',
  },
  { from: 'backup-only', command: /^sysctl -w net\.ipv4\.vs\.backup_only=0$/, in: 'table' },
  { from: 'backup-only', command: /^sysctl -w net\.ipv4\.vs\.backup_only=1$/, in: 'table' },
  { from: 'backup-only', command: /^lvstop sync start backup --interface eth0$/, in: 'silent' },
  { from: 'backup-only', command: /^sysctl -w net\.ipv4\.vs\.backup_only=1$/, in: 'silent' },
  { from: 'reverse-path-filter', command: /^sysctl -w net\.ipv4\.conf\.eth0\.rp_filter=2$/, in: 'silent' },
  { from: 'untracked', command: /^iptables -t raw -A PREROUTING .* -j CT --notrack$/, in: 'firewall' },
  { from: 'untracked', command: /^ip6tables -t raw -A PREROUTING .* -j CT --notrack$/, in: 'firewall' },
  { from: 'untracked', command: /^nft 'add table ip lvstop; .* notrack'$/, in: elsewhere },
  { from: 'firewall-drops', command: /^iptables -I INPUT -d .* -j ACCEPT$/, in: 'firewall' },
  {
    from: 'requests-rewritten',
    command: /^iptables -t nat -I PREROUTING -d \S+ -p tcp --dport 80 -j ACCEPT$/,
    in: 'firewall',
  },
  { from: 'firewall-drops', command: /^ip6tables -I INPUT -d .* -j ACCEPT$/, in: 'firewall' },
  { from: 'firewall-drops', command: /^iptables -I FORWARD -s .* -j ACCEPT$/, in: 'firewall' },
  { from: 'firewall-drops', command: /^ip6tables -I FORWARD -s .* -j ACCEPT$/, in: 'firewall' },
  {
    from: 'firewall-drops',
    command: /^iptables -I OUTPUT -d \S+ -p tcp --dport \d+ -j ACCEPT$/,
    in: 'firewall',
  },
  { from: 'firewall-drops', command: /^iptables -I OUTPUT -d \S+ -p 4 -j ACCEPT$/, in: 'firewall' },
  { from: 'firewall-drops', command: /^nft insert rule inet filter input .* accept$/, in: elsewhere },
  { from: 'conntrack-off', command: /^sysctl -w net\.ipv4\.vs\.conntrack=1$/, in: 'firewall' },
  { from: 'conntrack-off', command: /^iptables -I FORWARD -s .* -j ACCEPT$/, in: 'firewall' },
  { from: 'one-packet-nat', command: /^lvstop edit service udp:\S+ --no-one-packet$/, in: 'silent' },
  { from: 'client-beside-real-server', command: /send_redirects=0 /, in: 'network' },
  {
    from: 'client-beside-real-server',
    command: /^ip route replace 10\.1\.0\.99 via 10\.1\.0\.10$/,
    in: 'network',
  },
  { from: 'client-beside-real-server', command: /^ip -6 route replace fd00:1::99 via /, in: 'network' },
  { from: 'reuse-off', command: /^sysctl -w net\.ipv4\.vs\.conn_reuse_mode=1$/, in: 'table' },
  {
    from: 'not-saved',
    command: /^lvstop save$/,
    in: { because: 'test/lab/save.test.ts: it writes a file alone' },
  },
  { from: 'module-missing', command: /^lvstop scheduler tcp:\S+ wlc$/, in: 'table' },
  { from: 'meaningless-settings', command: /^lvstop mode \S+ \S+ nat$/, in: 'table' },
  { from: 'meaningless-settings', command: /^lvstop edit service \S+ --no-one-packet$/, in: 'table' },
  { from: 'meaningless-settings', command: /^lvstop edit service \S+ --flags none$/, in: 'table' },
  { from: 'meaningless-settings', command: /^lvstop edit service \S+ --persistent 300$/, in: 'table' },
  { from: 'meaningless-settings', command: /^lvstop edit real \S+ \S+ --tunnel ipip /, in: 'table' },
  { from: 'vip-unanswered', command: /^ip address add \S+\/32 dev eth0$/, in: 'operators' },
  { from: 'vip-unanswered', command: /^ip -6 address add \S+\/128 dev eth0 nodad /, in: 'silent' },
  { from: 'connection-table-small', command: /conn_tab_bits=12/, in: 'table' },
  { from: 'hashed-rejected', command: /^lvstop delete real \S+ \S+ --yes$/, in: 'table' },
  { from: 'hashed-rejected', command: /^lvstop edit service \S+ --flags \S*sh-fallback/, in: 'table' },
  { from: 'no-weight', command: /^lvstop weight \S+ \S+ 1$/, in: 'table' },
  {
    from: 'persistent-drained',
    command: /^sysctl -w net\.ipv4\.vs\.expire_quiescent_template=1$/,
    in: 'table',
  },
  { from: 'mark-unset', command: /^ip rule add fwmark 7 /, in: 'operators' },
  { from: 'mark-unset', command: /^ip -6 rule add fwmark 7 /, in: 'operators' },
  { from: 'defences-on', command: /^sysctl -w net\.ipv4\.vs\.drop_entry=0$/, in: 'table' },
  { from: 'defences-on', command: /^sysctl -w net\.ipv4\.vs\.drop_packet=0$/, in: 'table' },
  { from: 'defences-on', command: /^sysctl -w net\.ipv4\.vs\.secure_tcp=0$/, in: 'table' },
  {
    from: 'client-gateway',
    command: /^ip neighbour flush to 10\.0\.0\.99 dev eth0 nud failed$/,
    in: 'silent',
  },
  { from: 'orphaned-connections', command: /^sysctl -w net\.ipv4\.vs\.expire_nodest_conn=1$/, in: 'table' },
  { from: 'port-differs', command: /^lvstop add real \S+ \S+ --forwarding dr /, in: 'table' },
  { from: 'port-differs', command: /^lvstop delete real \S+ \S+ --yes$/, in: 'table' },
  { from: 'neighbour-doubt', command: /^ip neighbour delete 10\.0\.0\.21 dev eth0$/, in: 'operators' },
  { from: 'neighbour-doubt', command: /^ip -6 neighbour delete fd00::21 dev eth0$/, in: 'operators' },
  { from: 'set-up', command: /^lvstop setup tcp:10\S+ 10\.1\S+:8080 \| ssh /, in: 'network' },
  { from: 'set-up', command: /^lvstop setup 'tcp:\[fd00::\S+ '\[fd00:1\S+:8080' \| ssh /, in: 'network' },
  { from: 'set-up', command: /^lvstop setup tcp:10\S+ 10\.0\S+:80 \| ssh /, in: 'network' },
  { from: 'set-up', command: /^lvstop setup 'tcp:\[fd00::\S+ '\[fd00::\S+:80' \| ssh /, in: 'network' },
  { from: 'forwarding-off', command: /^sysctl -w net\.ipv4\.ip_forward=1$/, in: 'network' },
  { from: 'forwarding-off', command: /^sysctl -w net\.ipv4\.conf\.eth1\.forwarding=1$/, in: 'network' },
  { from: 'forwarding-off', command: /^sysctl -w net\.ipv6\.conf\.all\.forwarding=1$/, in: 'network' },
  {
    from: 'neighbour-failed',
    command: /^ip neighbour flush to 10\.0\.0\.21 dev eth0 nud failed$/,
    in: 'network',
  },
  {
    from: 'neighbour-failed',
    command: /^ip neighbour flush to fd00::21 dev eth0 nud failed$/,
    in: 'network',
  },
  { from: 'next-hop-lost', command: /^ip route (add|replace) 10\.1\.0\.21/, in: 'network' },
  { from: 'next-hop-lost', command: /^ip -6 route (add|replace) fd00:1::21/, in: 'network' },
  { from: 'next-hop-lost', command: /^ip neighbour flush to 10\S+ dev eth1 nud failed$/, in: 'network' },
  { from: 'no-route', command: /^ip link set dev eth1 up$/, in: 'network' },
  { from: 'no-route', command: /^ip route replace 10\.1\.0\.21\/32 dev eth1$/, in: 'network' },
  { from: 'no-route', command: /^ip -6 route replace fd00::21\/128 dev eth0$/, in: 'network' },
  { from: 'not-on-link', command: /^lvstop mode \S+ \S+ tun$/, in: 'network' },
  { from: 'tunnel-mtu', command: /^ip link set dev eth0 mtu 1500$/, in: 'network' },
  { from: 'tunnel-source', command: /^ip -6 address delete /, in: 'network' },
  { from: 'vip-missing', command: /^ip address add \S+\/32 dev eth0$/, in: 'network' },
  { from: 'vip-missing', command: /^ip -6 address add \S+\/128 dev eth0 nodad /, in: 'network' },
];

/** The commands that a file of this folder runs. */
export function commandsRunIn(file: PrintedCommand['in']): RegExp[] {
  return printedCommands.filter((printed) => printed.in === file).map(({ command }) => command);
}
