import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatIpvsadm } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { tableOf } from '../random-table.ts';
import { readKeepalived } from '../reading.ts';

const sample = (name: string) => readFileSync(join(import.meta.dirname, '../tables', name), 'utf8');
const linesOf = (text: string): string[] => {
  const { configuration, problems } = readKeepalived(text);
  expect(problems).toEqual([]);
  return formatIpvsadm(tableOf(configuration)).trim().split('\n');
};
const problemsOf = (text: string) =>
  readKeepalived(text).problems.map(({ line, reason, advice }) => `${line}: ${reason}; ${advice}`);
/** A service with its lines, which is right but for them. */
const inService = (...lines: string[]) =>
  ['virtual_server 192.0.2.1 80 {', ...lines, 'protocol TCP', 'real_server 10.0.0.9 80 {', '}', '}', ''].join(
    '\n',
  );

test('a site of keepalived, with everything that is not applied by its line', () => {
  const text = sample('keepalived.conf');
  expect(linesOf(text)).toEqual([
    '-A -t 192.0.2.10:443 -s wrr -p 50 -M 255.255.255.0',
    '-a -t 192.0.2.10:443 -r 10.0.0.21:443 -g -w 3',
    '-a -t 192.0.2.10:443 -r 10.0.0.22:443 -i -w 10 --tun-type gue --tun-port 6080 --tun-csum -x 1000 -y 800',
    '-A -u 192.0.2.20:53 -s rr -o',
    '-a -u 192.0.2.20:53 -r 10.0.0.31:53 -m -w 1',
    '-A -u 192.0.2.21:53 -s rr -o',
    '-a -u 192.0.2.21:53 -r 10.0.0.31:53 -m -w 1',
    '-A -u 192.0.2.22:53 -s rr -o',
    '-a -u 192.0.2.22:53 -r 10.0.0.31:53 -m -w 1',
    '-A -u [2001:db8::10]:80 -s sh -b sh-fallback,sh-port',
    '-a -u [2001:db8::10]:80 -r [2001:db8:1::21]:8080 -m -w 1',
    '-A -f 7 -s rr -o',
    '-a -f 7 -r 10.0.0.31:53 -m -w 1',
    '-A -f 9 -6 -s wlc -p 360',
    '-a -f 9 -6 -r [2001:db8:1::22]:0 -g -w 1',
  ]);
  const { notApplied, corrected } = readKeepalived(text).configuration;
  expect(notApplied.map(({ line, what }) => `${line} ${what}`)).toEqual([
    '7 include /etc/keepalived/more.conf',
    '3 global_defs',
    '9 vrrp_instance',
    '17 delay_loop',
    '23 quorum',
    '24 quorum_up',
    '25 sorry_server',
    '26 virtualhost',
    '27 alpha',
    '30 HTTP_GET',
    '44 TCP_CHECK',
    '76 MISC_CHECK',
  ]);
  expect(notApplied.filter(({ hidesServices }) => hidesServices).map(({ line }) => line)).toEqual([7]);
  expect(corrected).toEqual([
    {
      line: 49,
      what: 'virtual_server 2001:db8::10 80',
      reason: 'no protocol is said, and the service is UDP',
    },
  ]);
});

describe('what keepalived passes over or takes otherwise is named with its line', () => {
  const remarksOf = (text: string) => {
    const { configuration, problems } = readKeepalived(text);
    expect(problems).toEqual([]);
    const { notApplied, corrected } = configuration;
    return [...notApplied, ...corrected].map(({ line, what, reason }) => `${line} ${what}: ${reason}`);
  };
  test.each([
    [inService('nat_mask 255.255.255.0'), '2 nat_mask: keepalived does not know the word and passes over it'],
    [inService('constructor 50'), '2 constructor: keepalived does not know the word and passes over it'],
    [
      inService('lb_kind FNAT'),
      '2 lb_kind FNAT: FNAT is none of NAT, DR and TUN, in capitals; NAT is taken where none is said',
    ],
    [
      inService('lb_kind DR', 'lb_kind tun'),
      '3 lb_kind tun: tun is none of NAT, DR and TUN, in capitals; what stands above counts',
    ],
    [
      inService('lb_kind TUN type gue hop 3'),
      '2 lb_kind TUN type: "hop" is none of type, port, nocsum, csum and remcsum: it is TUN, with the tunnel of before, ipip',
    ],
    [
      inService('lb_kind TUN type gue'),
      '2 lb_kind TUN type: gue, and only gue, has a port: it is TUN, with the tunnel of before, ipip',
    ],
    [
      inService('lb_algo rrr'),
      '2 lb_algo rrr: it is none of rr, wrr, lc, wlc, sed, nq, sh, mh, dh, lblc, lblcr, fo, ovf, twos; wlc, which it takes where none is said, counts',
    ],
    [inService('protocol ICMP'), '2 protocol ICMP: "ICMP" is none of TCP, UDP and SCTP'],
    [inService('lb_algo rr', 'sh-port'), '3 sh-port: it is no flag of rr'],
    [
      inService('sh-port', 'lb_algo sh'),
      '2 sh-port: no scheduler is said above it: keepalived wants lb_algo sh before',
    ],
    [inService('ip_family inet6'), '2 ip_family inet6: the service is inet already'],
    [inService('ops'), '2 ops: one-packet scheduling is for UDP'],
    [inService('persistence_engine sip'), '2 persistence_engine sip: the service is not persistent'],
    [inService('persistence_timeout 0'), '2 persistence_timeout 0: "0" is no whole number from 1 to 2678400'],
    [
      inService('persistence_granularity 24'),
      '2 persistence_granularity 24: "24" is read as 0.0.0.24; 255.255.255.0 was surely meant',
    ],
    [inService('weight 010'), '2 weight 010: "010" is read as 10'],
    [inService('lb_algo rr wrr'), '2 lb_algo … wrr: keepalived does not read what stands behind the value'],
    [
      inService('real_server 10.0.0.2 80 {', 'weight 2147483648', '}'),
      '3 weight 2147483648: "2147483648" is no whole number from 0 to 2147483647',
    ],
    [
      inService('real_server 10.0.0.2 80 {', 'lb_kind DR', '}'),
      '3 lb_kind: keepalived does not know the word and passes over it',
    ],
    [
      inService('lb_kind DR', 'real_server 10.0.0.2 8080 {', '}'),
      "3 real_server 10.0.0.2 8080: the port is the service's, 80: DR and TUN map none",
    ],
    [
      inService('real_server 10.0.0.2 80 {', '}', 'real_server 10.0.0.2 80 {', '}'),
      '4 real_server 10.0.0.2 80: it is described in line 2 already, which counts',
    ],
    [
      inService('real_server 10.0.0.2 80 {', 'lthreshold 5', '}'),
      '2 real_server 10.0.0.2 80: the kernel refuses a lower threshold over the upper one',
    ],
    [
      inService('real_server 2001:db8::1 80 {', '}'),
      '2 real_server 2001:db8::1 80: the service is inet, and only a tunnel leads to another family',
    ],
    [
      inService('real_server rs1 80 {', '}'),
      '2 real_server rs1 80: "rs1" is not an address; the whole block is passed over',
    ],
    [
      'virtual_server 192.0.2.1 http {\nlb_algo\n}\n',
      '1 virtual_server 192.0.2.1 http: "http" is not a port from 1 to 65535; the whole block is passed over',
    ],
    [
      'virtual_server 192.0.2.1 80 {\n}\n',
      '1 virtual_server 192.0.2.1 80: it has no real server; the virtual_server is passed over',
    ],
    [
      'virtual_server group G {\nreal_server 10.0.0.1 80 {\n}\n}\n',
      '1 virtual_server group G: there is no virtual_server_group "G" with an entry; the virtual_server is passed over',
    ],
    [
      'virtual_server fd00::100/64 5555 {\nprotocol TCP\nreal_server fd00::1 5555 {\n}\n}\n',
      '1 virtual_server fd00::100/64 5555: "fd00::100/64" is read as fd00::100',
    ],
    [
      'virtual_server fwmark 7 {\nsorry_server 10.0.0.8 80\nreal_server 10.0.0.9 {\nweight 0\n}\n}\n',
      '2 sorry_server: lvstop has no server for when all others fail',
      '1 virtual_server fwmark 7: no real server has a weight, and the sorry_server stands in their place',
    ],
    [
      'net_namespace red\n',
      '1 net_namespace: keepalived keeps the table of another network namespace: run lvstop there, with "ip netns exec NAME lvstop"',
    ],
  ])('%j', (text, ...remarks) => {
    expect(remarksOf(text)).toEqual(remarks);
  });
});

describe('what ends or confuses keepalived itself is refused, and nothing else is told', () => {
  test.each([
    [
      'virtual_server 192.0.2.1 80 {\n',
      '1: the text ends inside the block that begins in line 1: it may be cut off; get the whole file, or close the block',
    ],
    ['}\n', '1: a brace closes a block that was not opened; remove one brace'],
    ['{\n}\n', '1: a block begins without a word before it; remove the brace, or name the block'],
    ['virtual_server 192.0.2.1 "80 {\n}\n', '1: a quotation does not end in its line; end it'],
    ['virtual_server 192.0.2.1 80\n', '1: a virtual_server needs a block; write { … } behind it'],
    [inService('lb_algo'), '2: lb_algo has no value, which ends keepalived; give one after lb_algo'],
    [inService('real_server 10.0.0.2 80'), '2: a real_server needs a block; write { … } behind it'],
    [
      inService('watch {', 'weight 3', '}'),
      '2: keepalived does not know "watch", takes what stands in its block for words of the block around it, and ends that with its brace; correct the word, or leave the block out',
    ],
    [
      'virtual_server_group G {\nfwmark 0\n}\n',
      '2: fwmark 0 is no firewall mark; give one from 1 to 4294967295',
    ],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});

describe('groups', () => {
  const placesOf = (...entries: string[]) => {
    const group = ['virtual_server_group G {', ...entries, '}'].join('\n');
    const service = 'virtual_server group G {\nprotocol TCP\nlb_kind TUN\nreal_server 10.1.0.1 {\n}\n}\n';
    return linesOf(`${group}\n${service}`).flatMap((line) => /^-A (.*) -s/.exec(line)?.[1] ?? []);
  };

  test.each([
    [['192.0.2.8-9 80'], ['-t 192.0.2.8:80', '-t 192.0.2.9:80']],
    [['192.0.2.255-192.0.3.0 80'], ['-t 192.0.2.255:80', '-t 192.0.3.0:80']],
    [['192.0.2.8/31 80'], ['-t 192.0.2.8:80', '-t 192.0.2.9:80']],
    [['192.0.2.8/32 80'], ['-t 192.0.2.8:80']],
    [['2001:db8::8-9 80'], ['-t [2001:db8::8]:80', '-t [2001:db8::9]:80']],
    [['2001:db8::8-2001:db8::9 80'], ['-t [2001:db8::8]:80', '-t [2001:db8::9]:80']],
    [['2001:db8::8/127 80'], ['-t [2001:db8::8]:80', '-t [2001:db8::9]:80']],
    [
      ['fwmark 7 inet6', 'fwmark 8 inet'],
      ['-f 8', '-f 7 -6'],
    ],
    // The last two bytes alone are counted.
    [['2001:db8::fffe-2001:db8::1:1 80'], ['fffe', 'ffff', '', '1'].map((end) => `-t [2001:db8::${end}]:80`)],
    // Ranges that are none are passed over.
    [['192.0.2.9-8 80', '192.0.2.1 80'], ['-t 192.0.2.1:80']],
    [['192.0.2.9/30 80', '192.0.2.1 80'], ['-t 192.0.2.1:80']],
    [['192.0.2.1-256 80', '192.0.2.1 80'], ['-t 192.0.2.1:80']],
  ])('%j', (entries, places) => {
    expect(placesOf(...entries).sort()).toEqual([...places].sort());
  });
});

describe('lines that stand for others', () => {
  const id = { id: 'lb1', include: () => [] };
  const weightsOf = (text: string) =>
    readKeepalived(text, id).configuration.services.flatMap(({ realServers }) =>
      realServers.map(({ realServer }) => `${realServer.identity.address} ${realServer.weight}`),
    );

  test('definitions, of one line and of several, and within each other', () => {
    const text = `$NET=10.0
$HOST=\${NET}.0
$RS= \\
  real_server \${HOST}.1 80 { \\
    weight $W \\
  }
$W=7
${inService('$RS').replace('10.0.0.9', '$' + '{HOST}.2')}`;
    expect(weightsOf(text)).toEqual(['10.0.0.1 7', '10.0.0.2 1']);
  });

  test('sequences and lists, and within each other', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a definition of keepalived's
    const line = 'real_server 10.0.${A}.$B 80 { weight $B }';
    const text = inService(
      `~SEQ(A, 2, -1, 1) ~LST(B, 5, 6) ${line}`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: likewise
      '~LST({A, B}, {7, 8}, {9}) real_server 10.0.${A}.4${B} 80 { }',
      '~SEQx(A, 15, 16) real_server 10.0.0.$A 80 { }',
    );
    expect(weightsOf(text)).toEqual([
      '10.0.2.5 5',
      '10.0.2.6 6',
      '10.0.1.5 5',
      '10.0.1.6 6',
      '10.0.7.48 1',
      '10.0.9.4 1',
      '10.0.0.10 1',
      '10.0.0.9 1',
    ]);
  });

  test('lines for other directors are named', () => {
    const { configuration } = readKeepalived(
      inService('@lb1 weight 3', '@lb2 weight 4', '@^lb1 weight 5'),
      id,
    );
    expect(configuration.services[0]?.realServers[0]?.realServer.weight).toBe(3);
    expect(configuration.notApplied.map(({ line, what, reason }) => `${line} ${what}: ${reason}`)).toEqual([
      '3 @lb2: the line is not for "lb1"; --id names another',
      '4 @^lb1: the line is not for "lb1"; --id names another',
    ]);
  });

  test('files that are included have their own lines, and one that includes itself is found', () => {
    const files: Readonly<Record<string, string>> = {
      'rs.inc': '! real servers\nreal_server 10.0.0.7 80 {\nwait 5\n}\n',
      'loop.inc': 'include loop.inc\n',
    };
    const include = (name: string) => [{ title: name, folder: '', text: files[name] ?? '' }];
    const { configuration } = readKeepalived(inService('include rs.inc', 'nat_mask'), { id: '', include });
    expect(
      configuration.notApplied.map(({ line, what }) => [what, configuration.sources.placeOf(line)]),
    ).toEqual([
      ['wait', { title: 'rs.inc', line: 3 }],
      ['nat_mask', { title: null, line: 3 }],
    ]);
    expect(readKeepalived('include loop.inc\n', { id: '', include }).problems).toMatchObject([
      { reason: 'more than 16 files within each other are included' },
    ]);
  });

  test.each([
    ['$A=x$A\n$A\n', /longer than the 1024 characters/],
    ['$A=$A\n$A\n', /longer than the 1024 characters/],
    ['~SEQ(A, 1, 99999999) weight $A\n', /more than 250000 lines/],
    ['weight $_RANDOM\n', /another number each time/],
  ])('%j is refused', (text, reason) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(reason)]);
  });
});

test('settings of the director', () => {
  const text = `global_defs {
lvs_timeouts tcp 7200 tcpfin 0 udp 60
lvs_sync_daemon eth1 id 3 ttl 2
}
`;
  const daemon = { interface: 'eth1', syncId: 3, maxLength: 0, group: null, port: 0, ttl: 2 };
  expect(readKeepalived(text).configuration.settings).toEqual([
    { line: 2, what: 'lvs_timeouts', kind: 'time-outs', timeouts: { tcp: 7200, udp: 60 } },
    { line: 3, what: 'lvs_sync_daemon', kind: 'sync daemon', daemon: { ...daemon, state: 'master' } },
    { line: 3, what: 'lvs_sync_daemon', kind: 'sync daemon', daemon: { ...daemon, state: 'backup' } },
  ]);
});
