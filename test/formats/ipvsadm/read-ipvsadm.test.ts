import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpvsadm } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { noNames } from '../../../src/formats/names.ts';
import { anyTable, sortedTable, tableOf } from '../random-table.ts';
import { readIpvsadm } from '../reading.ts';

const read = (text: string) => readIpvsadm(text, noNames);

/** The lines that say in full what a text says. */
const canonical = (text: string): string => {
  const { configuration, problems } = read(text);
  expect(problems).toEqual([]);
  return formatIpvsadm(tableOf(configuration)).trim();
};

const problemsOf = (text: string): string[] =>
  read(text).problems.map(({ line, reason, advice }) => `${line}: ${reason}; ${advice}`);

test('any table reads back as it was written', () => {
  fc.assert(
    fc.property(anyTable(), (table) => {
      const { configuration, problems } = read(formatIpvsadm(table));
      expect(problems).toEqual([]);
      expect(sortedTable(tableOf(configuration))).toEqual(sortedTable(table));
    }),
  );
});

describe('every option is read, short and long', () => {
  const service = '-A -t 10.0.0.1:80 -s wlc';
  test.each([
    ['-A -t 10.0.0.1:80', service],
    ['--add-service --tcp-service 10.0.0.1:80', service],
    ['-E -t 10.0.0.1:80', service],
    ['--edit-service --tcp-service=10.0.0.1:80', service],
    ['ipvsadm -A -t 10.0.0.1:80', service],
    ['/usr/sbin/ipvsadm -A -t 10.0.0.1:80', service],
    ['-A -t10.0.0.1:80', service],
    ['  -A\t-t  10.0.0.1:80   # a remark', service],
    ['-A -t 10.0.0.1:80\r', service],
    ['-A -u 10.0.0.1:53 -s rr', '-A -u 10.0.0.1:53 -s rr'],
    ['-A --udp-service 10.0.0.1:53 --scheduler rr', '-A -u 10.0.0.1:53 -s rr'],
    ['-A --sctp-service 10.0.0.1:9 -s rr', '-A --sctp-service 10.0.0.1:9 -s rr'],
    ['-A -t [FD00:0::1]:80', '-A -t [fd00::1]:80 -s wlc'],
    ['-A -t [fd00::1]:80 -6', '-A -t [fd00::1]:80 -s wlc'],
    ['-A -f 7', '-A -f 7 -s wlc'],
    ['-A --fwmark-service 7 --ipv6', '-A -f 7 -6 -s wlc'],
    ['-A -f 7 -6', '-A -f 7 -6 -s wlc'],
    ['-A -f -1 -s rr', '-A -f 4294967295 -s rr'],
    ['-A -f -294967296 -6', '-A -f 4000000000 -6 -s wlc'],
    ['-A -t 10.0.0.1:80 -p', '-A -t 10.0.0.1:80 -s wlc -p 360'],
    ['-A -t 10.0.0.1:80 -p -s rr', '-A -t 10.0.0.1:80 -s rr -p 360'],
    ['-A -t 10.0.0.1:80 -p 60', '-A -t 10.0.0.1:80 -s wlc -p 60'],
    ['-A -t 10.0.0.1:80 --persistent=60', '-A -t 10.0.0.1:80 -s wlc -p 60'],
    ['-A -t 10.0.0.1 -p 60', '-A -t 10.0.0.1:0 -s wlc -p 60'],
    ['-A -t 10.0.0.1:80 -p 60 -M 255.255.0.0', '-A -t 10.0.0.1:80 -s wlc -p 60 -M 255.255.0.0'],
    ['-A -t 10.0.0.1:80 -p 60 --netmask 255.255.255.255', '-A -t 10.0.0.1:80 -s wlc -p 60'],
    ['-A -t [fd00::1]:80 -p 60 -M 64', '-A -t [fd00::1]:80 -s wlc -p 60 -M 64'],
    ['-A -u 10.0.0.1:5060 -p 60 --pe sip -o', '-A -u 10.0.0.1:5060 -s wlc -p 60 --pe sip -o'],
    ['-A -u 10.0.0.1:53 --ops', '-A -u 10.0.0.1:53 -s wlc -o'],
    ['-A -t 10.0.0.1:80 -b sh-port -s sh', '-A -t 10.0.0.1:80 -s sh -b sh-port'],
    [
      '-A -t 10.0.0.1:80 -s mh --sched-flags mh-port,mh-fallback',
      '-A -t 10.0.0.1:80 -s mh -b mh-fallback,mh-port',
    ],
    ['-A -t 10.0.0.1:80 -s rr -b flag-1,flag-3', '-A -t 10.0.0.1:80 -s rr -b flag-1,flag-3'],
  ])('%s', (text, lines) => {
    expect(canonical(`${text}\n`)).toBe(lines);
  });

  test.each([
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80', '-r 10.0.0.2:80 -g -w 1'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2', '-r 10.0.0.2:80 -g -w 1'],
    ['-e -t 10.0.0.1:80 -r 10.0.0.2', '-r 10.0.0.2:80 -g -w 1'],
    ['--add-server --tcp-service 10.0.0.1:80 --real-server 10.0.0.2 --gatewaying', '-r 10.0.0.2:80 -g -w 1'],
    ['--edit-server -t 10.0.0.1:80 -r 10.0.0.2:81 --masquerading --weight 0', '-r 10.0.0.2:81 -m -w 0'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:81 -m -w5', '-r 10.0.0.2:81 -m -w 5'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:81 -m -x 9 -y 4', '-r 10.0.0.2:81 -m -w 1 -x 9 -y 4'],
    [
      '-a -t 10.0.0.1:80 -r 10.0.0.2:81 -m --u-threshold 9 --l-threshold 4',
      '-r 10.0.0.2:81 -m -w 1 -x 9 -y 4',
    ],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2 -i', '-r 10.0.0.2:80 -i -w 1 --tun-type ipip'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2 --ipip --tun-type ipip', '-r 10.0.0.2:80 -i -w 1 --tun-type ipip'],
    ['-a -t 10.0.0.1:80 -r fd00::2 -i', '-r [fd00::2]:80 -i -w 1 --tun-type ipip'],
    [
      '-a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gue --tun-port 6080 --tun-remcsum',
      '-r 10.0.0.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
    ],
    [
      '-a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gue --tun-port=6080 --tun-nocsum',
      '-r 10.0.0.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum',
    ],
    [
      '-a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gre --tun-csum',
      '-r 10.0.0.2:80 -i -w 1 --tun-type gre --tun-csum',
    ],
  ])('%s', (text, options) => {
    expect(canonical(`${service}\n${text}\n`)).toBe(`${service}\n-a -t 10.0.0.1:80 ${options}`);
  });
});

test('under a firewall mark a real server without port has port 0', () => {
  expect(canonical('-A -f 1\n-a -f 1 -r 10.0.0.2\n')).toBe('-A -f 1 -s wlc\n-a -f 1 -r 10.0.0.2:0 -g -w 1');
});

test('-E and -e replace all of what was said above, as ipvsadm does', () => {
  const text = `-A -t 10.0.0.1:80 -s rr -p 60
-a -t 10.0.0.1:80 -r 10.0.0.2:8080 -m -w 7
-E -t 10.0.0.1:80 -s sh
-e -t 10.0.0.1:80 -r 10.0.0.2:8080 -m
`;
  expect(canonical(text)).toBe('-A -t 10.0.0.1:80 -s sh\n-a -t 10.0.0.1:80 -r 10.0.0.2:8080 -m -w 1');
});

test('comments, blank lines and line numbers', () => {
  const { configuration } = read('# head\n\n-A -f 1 # mark\n\n#\n-a -f 1 -r 10.0.0.2\n');
  expect(
    configuration.services.map(({ line, realServers }) => [line, realServers.map((real) => real.line)]),
  ).toEqual([[3, [6]]]);
});

test('commands beside the table are named as not applied', () => {
  const { configuration, problems } = read(
    '-C\n-A -f 1\n--set 900 120 300\n--start-daemon master --mcast-interface eth0\n-Z\n',
  );
  expect(problems).toEqual([]);
  expect(configuration.notApplied.map(({ line, what }) => [line, what])).toEqual([
    [1, '-C'],
    [5, '-Z'],
  ]);
  expect(configuration.settings).toEqual([
    { line: 3, what: '--set', kind: 'time-outs', timeouts: { tcp: 900, tcpFin: 120, udp: 300 } },
    {
      line: 4,
      what: '--start-daemon',
      kind: 'sync daemon',
      daemon: { state: 'master', interface: 'eth0', syncId: 0, maxLength: 0, group: null, port: 0, ttl: 0 },
    },
  ]);
});

test('what is there twice, what takes away, and what the kernel refuses', () => {
  const text = `-A -t 10.0.0.1:80 -s rr
-A -t 10.0.0.1:80 -s wlc
-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 3
-a -t 10.0.0.1:80 -r 10.0.0.2 -m -w 4
-a -t 10.0.0.1:80 -r 10.0.0.3 -m -y 5
-d -t 10.0.0.1:80 -r [fd00::4]:8080
-a -t 10.0.0.1:80 -r 10.0.0.5:8080 -g
-A -f 1
-D -f 1
-D -f 2
-A -f 3 -M 24
-A -t 10.0.0.9:80 -p 9 -M 24
`;
  expect(canonical(text)).toBe(`-A -t 10.0.0.1:80 -s rr
-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 3
-a -t 10.0.0.1:80 -r 10.0.0.5:80 -g -w 1
-A -t 10.0.0.9:80 -s wlc -p 9 -M 0.0.0.24
-A -f 3 -s wlc`);
  const { notApplied, corrected } = read(text).configuration;
  expect([...notApplied, ...corrected].map(({ line, what, reason }) => `${line} ${what}: ${reason}`)).toEqual(
    [
      '5 -a: the kernel refuses a lower threshold over the upper one',
      '11 -M: it groups clients for persistence, and without -p there is none',
      '2 tcp:10.0.0.1:80: it is described in line 1 already, which counts',
      '4 10.0.0.2:80 of tcp:10.0.0.1:80: it is described in line 3 already, which counts',
      '6 -d: there is no [fd00::4]:8080 of tcp:10.0.0.1:80 yet',
      "7 -r 10.0.0.5:8080: the port is the service's, 80: DR maps none",
      '10 -D: there is no fwm:2 yet',
      '11 -M 24: "24" is read as 0.0.0.24; 255.255.255.0 was surely meant',
      '12 -M 24: "24" is read as 0.0.0.24; 255.255.255.0 was surely meant',
    ],
  );
});

describe('names', () => {
  const names = {
    ports: new Map([
      ['http/tcp', 80],
      ['domain/udp', 53],
    ]),
    hosts: new Map([
      ['vip.example', ['10.0.0.1', 'fd00::1']],
      ['six.example', ['fd00::6']],
      ['many.example', ['10.0.0.3', '10.0.0.4']],
    ]),
  };

  test('of hosts and services are read as ipvsadm -S writes them', () => {
    const text =
      '-A -t vip.example:http -s rr\n-a -t vip.example:http -r 10.0.0.2:http -m\n-A -u [six.example]:domain\n';
    const { configuration, problems } = readIpvsadm(text, names);
    expect(problems).toEqual([]);
    expect(formatIpvsadm(tableOf(configuration)).trim()).toBe(
      '-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1\n-A -u [fd00::6]:53 -s wlc',
    );
  });

  test('that are unknown or mean several things are problems, unknown hosts are told to the caller', () => {
    const { problems, unknownHosts } = readIpvsadm(
      '-A -t other.example:80\n-A -t many.example:80\n-A -t 10.0.0.1:gopher\n-A -u 10.0.0.1:http\n',
      names,
    );
    expect(unknownHosts).toEqual(['other.example']);
    expect(problems.map(({ reason }) => reason)).toEqual([
      'the host name "other.example" is not known here',
      'the host name "many.example" stands for 2 addresses: 10.0.0.3, 10.0.0.4',
      '"gopher" is not a port or the name of a tcp service',
      '"http" is not a port or the name of a udp service',
    ]);
  });
});

describe('what is wrong is named with its line', () => {
  test.each([
    ['-A', '1: the service is missing; give -t, -u or --sctp-service with address:port, or -f with a mark'],
    ['-a -f 1', '1: the real server is missing; give -r with its address and port'],
    ['-A -t', '1: -t has no value; give one after -t'],
    [
      '-A -t 10.0.0.1:80 -q',
      '1: "-q" is not an option that describes a table; see "man ipvsadm" for the options',
    ],
    [
      '-A -t 10.0.0.1:80 rr',
      '1: "rr" is not an option that describes a table; see "man ipvsadm" for the options',
    ],
    ['-A -t 10.0.0.1:80 -w 1', '1: -w does not go with -A; leave it out, it belongs to a real server'],
    ['-a -f 1 -r 10.0.0.2 -s rr', '1: -s does not go with -a; leave it out, it belongs to a service'],
    ['-A -f 1 -s rr -s rr', '1: -s is given twice; give it once'],
    ['-A -f 1 -t 10.0.0.1:80', '1: the service is given twice, with -t; give one of them'],
    ['-X -f 1', '1: "-X" does not describe a table; a line begins with -A, -E, -a or -e'],
    ['-D -f 1 -s rr', '1: -s does not go with -D; leave it out'],
    ['ipvsadm', '1: there is no command; a line begins with -A, -E, -a or -e'],
    [
      '-A --xxx-service 10.0.0.1:80',
      '1: --xxx-service is what ipvsadm writes for a protocol that it has no option for; give -t, -u, --sctp-service or -f',
    ],
    [
      '-A -t 10.0.0.256:80',
      '1: "10.0.0.256" is not an address or host name; write IPv4 as 203.0.113.10:80 and IPv6 as [2001:db8::1]:80',
    ],
    ['-A -t fd00::1:80', '1: without a port the service has to be persistent; give a port, or -p'],
    [
      '-A -t [10.0.0.1]:80',
      '1: "[10.0.0.1]:80" is not an address and port; write IPv4 as 203.0.113.10:80 and IPv6 as [2001:db8::1]:80',
    ],
    [
      '-A -t 10.0.0.1:65536',
      '1: "65536" is not a port or the name of a tcp service; give a whole number from 0 to 65535, or a name in /etc/services',
    ],
    ['-A -t 10.0.0.1:80 -6', '1: -6 goes with IPv6, and 10.0.0.1 is IPv4; leave -6 out'],
    ['-A -f 0', '1: "0" is not allowed for --fwmark-service; give a whole number from 1 to 4294967295'],
    ['-A -f 1 -p 0', '1: "0" is not allowed for --persistent; give a whole number from 1 to 2678400'],
    ['-A -f 1 -p -M 255.0.256.0', '1: "255.0.256.0" is not a netmask; give one like 255.255.255.0'],
    [
      '-A -f 1 -6 -p -M 255.255.255.0',
      '1: "255.255.255.0" is not allowed for --netmask; give a whole number from 1 to 128',
    ],
    [
      '-A -f 1 -s rr -b sh-port',
      '1: "sh-port" is not a flag of the scheduler rr; give flag-1, flag-2, flag-3',
    ],
    [
      '-a -f 1 -r 10.0.0.2 -w 2147483648',
      '1: "2147483648" is not allowed for --weight; give a whole number from 0 to 2147483647',
    ],
    ['-a -f 1 -r 10.0.0.2 -w -1', '1: -w has no value; give one after -w'],
    [
      '-a -f 1 -r 10.0.0.2 -i --tun-type vxlan',
      '1: "vxlan" is not allowed for --tun-type; give ipip, gue, gre',
    ],
    [
      '-a -f 1 -r 10.0.0.2',
      '1: fwm:1, the service of 10.0.0.2:0, is not described above; describe a service before its real servers',
    ],
  ])('%s', (text, problem) => {
    expect(problemsOf(`${text}\n`)).toEqual([problem]);
  });

  test('a service that is refused makes no further mistakes of its real servers', () => {
    expect(problemsOf('-A -f 1 -q\n-a -f 1 -r 10.0.0.2\n-a -f 1 -r 10.0.0.3 -w x\n')).toEqual([
      '1: "-q" is not an option that describes a table; see "man ipvsadm" for the options',
      '3: "x" is not allowed for --weight; give a whole number from 0 to 2147483647',
    ]);
  });

  test('a text that is cut off', () => {
    expect(problemsOf('-A -f 1\n-A -f')).toHaveLength(2);
    expect(problemsOf('-A -f 12')[0]).toMatch(/^1: the last line does not end/);
  });

  test('twenty of them, and then it is another file', () => {
    const { problems } = read('nonsense\n'.repeat(1000));
    expect(problems).toHaveLength(20);
  });
});
