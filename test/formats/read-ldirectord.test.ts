import { expect, test } from 'vitest';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { type Names, noNames } from '../../src/formats/names.ts';
import { readLdirectord } from '../../src/formats/read-ldirectord.ts';
import { onlySource } from '../../src/formats/source-lines.ts';
import { tableOf } from './random-table.ts';

const read = (text: string, names: Names = noNames) => readLdirectord(onlySource(text), names);
const linesOf = (text: string): string[] => {
  const { configuration, problems } = read(text);
  expect(problems).toEqual([]);
  return formatIpvsadm(tableOf(configuration)).trim().split('\n');
};
const problemsOf = (text: string) => read(text).problems.map(({ line, reason }) => `${line}: ${reason}`);

const site = `# Global directives
checktimeout=3
quiescent=yes
autoreload=yes

virtual=192.0.2.10:80
\treal=10.0.0.21:8080 masq 3
        real=10.0.0.22->10.0.0.24:8080 masq
    # the spare
    real=10.0.0.30:80 masq 5 "index.html", "ok" l:10 u:90
    fallback=127.0.0.1:80 gate
    scheduler=wlc
    persistent=600
    netmask=255.255.255.0
    service=http
    checktype=negotiate
virtual=192.0.2.10:53
    real=10.0.0.21:5353 gate
    real=10.0.0.22 ipip 0
    ops=yes
virtual=7
    real=10.0.0.21:80 gate 2
    protocol=fwm
    scheduler=sh
    schedflags=sh-port,sh-fallback
virtual6=[2001:db8::10]:443
    real6=[2001:db8::21]:443 gate
    protocol=tcp
`;

test('a site of ldirectord, with everything that is not applied by its line', () => {
  expect(linesOf(site)).toEqual([
    '-A -t 192.0.2.10:80 -s wlc -p 600 -M 255.255.255.0',
    '-a -t 192.0.2.10:80 -r 10.0.0.21:8080 -m -w 3',
    '-a -t 192.0.2.10:80 -r 10.0.0.22:8080 -m -w 1',
    '-a -t 192.0.2.10:80 -r 10.0.0.23:8080 -m -w 1',
    '-a -t 192.0.2.10:80 -r 10.0.0.24:8080 -m -w 1',
    '-a -t 192.0.2.10:80 -r 10.0.0.30:80 -m -w 5 -x 90 -y 10',
    '-A -u 192.0.2.10:53 -s wrr -o',
    '-a -u 192.0.2.10:53 -r 10.0.0.21:53 -g -w 1',
    '-a -u 192.0.2.10:53 -r 10.0.0.22:53 -i -w 0 --tun-type ipip',
    '-A -t [2001:db8::10]:443 -s wrr',
    '-a -t [2001:db8::10]:443 -r [2001:db8::21]:443 -g -w 1',
    '-A -f 7 -s sh -b sh-fallback,sh-port',
    '-a -f 7 -r 10.0.0.21:80 -g -w 2',
  ]);
  const { notApplied } = read(site).configuration;
  expect(notApplied.map(({ line, what }) => `${line} ${what}`)).toEqual([
    '2 checktimeout',
    '3 quiescent',
    '4 autoreload',
    '11 fallback',
    '15 service',
    '16 checktype',
  ]);
});

test('names of hosts and ports are those of the system', () => {
  const names: Names = { ports: new Map([['http/tcp', 80]]), hosts: new Map([['web', ['10.0.0.21']]]) };
  const { configuration, problems } = read('virtual=192.0.2.1:http\n\treal=web:http masq\n', names);
  expect(problems).toEqual([]);
  expect(formatIpvsadm(tableOf(configuration))).toContain('-a -t 192.0.2.1:80 -r 10.0.0.21:80 -m -w 1');
  expect(read('virtual=192.0.2.1:80\n\treal=web:80 masq\n').unknownHosts).toEqual(['web']);
});

test.each([
  ['virtual=192.0.2.1:80\n\treal=10.0.0.1:80\n', '2: it is no real server'],
  ['virtual=192.0.2.1:80\n\treal=10.0.0.1:80 nat\n', '2: "nat" is none of gate, masq and ipip'],
  ['virtual=192.0.2.1:80\n\treal=10.0.0.1:80 masq 1 soon\n', '2: "1 soon" means nothing there'],
  ['virtual=192.0.2.1:80\n\treal=10.0.0.9->10.0.0.1:80 masq\n', '2: the range ends before it begins'],
  [
    'virtual=192.0.2.1:80\n\treal=10.0.0.1->240.0.0.1:80 masq\n',
    '2: ranges make more than 500000 real servers',
  ],
  ['virtual=192.0.2.1:80\n\treal6=[2001:db8::1]:80 masq\n', '2: "real6" is not for this family'],
  ['virtual=192.0.2.1:80\n\tprotocol=sctp\n', '2: "sctp" is no protocol of this service'],
  ['virtual=192.0.2.1\n', '1: "192.0.2.1" is no address and port'],
  ['virtual=192.0.2.1:80\n\twieght=1\n', '2: ldirectord does not know "wieght=1", and does not start'],
  ['real=10.0.0.1:80 masq\n', '1: ldirectord does not know "real=10.0.0.1:80 masq", and does not start'],
])('%j is told with its line', (text, problem) => {
  expect(problemsOf(text)).toEqual([problem]);
});
