import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpvsadm } from '../../src/formats/ipvsadm.ts';
import { formatKeepalived } from '../../src/formats/keepalived.ts';
import { readKeepalived } from '../../src/formats/read-keepalived.ts';
import { anyTable, sortedTable, tableOf } from './random-table.ts';

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'tables', name), 'utf8');
const linesOf = (text: string): string[] => {
  const { configuration, problems } = readKeepalived(text);
  expect(problems).toEqual([]);
  return formatIpvsadm(tableOf(configuration)).trim().split('\n');
};
const problemsOf = (text: string) =>
  readKeepalived(text).problems.map(({ line, reason, advice }) => `${line}: ${reason}; ${advice}`);

test('any table reads back as it was written', () => {
  fc.assert(
    fc.property(anyTable(), (table) => {
      const { configuration, problems } = readKeepalived(formatKeepalived(table));
      expect(problems).toEqual([]);
      expect(configuration.notApplied).toEqual([]);
      expect(sortedTable(tableOf(configuration))).toEqual(sortedTable(table));
    }),
  );
});

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
    '-A -t [2001:db8::10]:80 -s sh -b sh-fallback,sh-port',
    '-a -t [2001:db8::10]:80 -r [2001:db8:1::21]:8080 -m -w 1',
    '-A -f 7 -s rr -o',
    '-a -f 7 -r 10.0.0.31:53 -m -w 1',
    '-A -f 9 -6 -s wlc -p 360',
    '-a -f 9 -6 -r [2001:db8:1::22]:0 -g -w 1',
  ]);
  const { notApplied } = readKeepalived(text).configuration;
  expect(notApplied.map(({ line, what }) => `${line} ${what}`)).toEqual([
    '3 global_defs',
    '7 include',
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
  expect(notApplied.filter(({ hidesServices }) => hidesServices).map(({ what }) => what)).toEqual([
    'include',
  ]);
});

describe('what is wrong is named with its line', () => {
  const inService = (...lines: string[]) => ['virtual_server 192.0.2.1 80 {', ...lines, '}', ''].join('\n');
  test.each([
    [
      'virtual_server 192.0.2.1 80 {\n',
      '2: the text ends inside the block that begins in line 1: it may be cut off; get the whole file, or close the block',
    ],
    ['}\n', '1: a brace closes a block that was not opened; remove one brace'],
    ['{\n}\n', '1: a block begins without a word before it; remove the brace, or name the block'],
    ['virtual_server 192.0.2.1 "80 {\n}\n', '1: a quotation does not end in its line; end it'],
    ['virtual_server 192.0.2.1 80\n', '1: a virtual_server needs a block; write { … } behind it'],
    [
      'virtual_server web 80 {\n}\n',
      '1: "web" is not an address; write address and port with a blank between',
    ],
    ['virtual_server 192.0.2.1 http {\n}\n', '1: "http" is not a port; give a whole number from 0 to 65535'],
    [
      'virtual_server group G {\n}\n',
      '1: there is no virtual_server_group "G"; describe it, or correct the name',
    ],
    [
      '@main virtual_server 192.0.2.1 80 {\n}\n',
      '1: "@main" depends on how keepalived is started, or stands for other text; write out what is meant',
    ],
    [
      inService('persistance_timeout 50'),
      '2: "persistance_timeout" is not known here; correct the word, or leave the line out',
    ],
    [
      inService('constructor 50'),
      '2: "constructor" is not known here; correct the word, or leave the line out',
    ],
    [inService('lb_kind FNAT'), '2: "FNAT" is not allowed for lb_kind; give NAT, TUN, DR'],
    [
      inService('lb_kind TUN type gue hop 3'),
      '2: "hop" does not go with lb_kind; give type, port, nocsum, csum or remcsum',
    ],
    [inService('lb_algo'), '2: lb_algo has no value; give one after lb_algo'],
    [inService('protocol ICMP'), '2: "ICMP" is not a protocol; give TCP, UDP or SCTP'],
    [
      inService('lb_algo rr', 'sh-port'),
      '3: "sh-port" is not a flag of the scheduler rr; give flag-1, flag-2, flag-3',
    ],
    [inService('ip_family inet6'), '1: 192.0.2.1 is not of the ip_family inet6; correct one of them'],
    [
      inService('persistence_granularity 64'),
      '2: "64" is not a persistence_granularity for IPv4; give a mask like 255.255.255.0 for IPv4, a prefix length from 1 to 128 for IPv6',
    ],
    [
      inService('real_server 10.0.0.2 80 {', 'weight 65536', '}'),
      '3: "65536" is not allowed for weight; give a whole number from 0 to 65535',
    ],
    [
      inService('real_server 10.0.0.2 80 {', '}', 'real_server 10.0.0.2 80 {', '}'),
      '4: 10.0.0.2:80 of tcp:192.0.2.1:80 is described in line 2 already; leave one of the two out',
    ],
  ])('%#', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});
