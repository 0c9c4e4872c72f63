import { describe, expect, test } from 'vitest';
import { formatIpvsadm } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { tableOf } from '../random-table.ts';
import { readIpvsadm } from '../reading.ts';

const read = (text: string) => {
  const { configuration, problems } = readIpvsadm(text);
  expect(problems).toEqual([]);
  return {
    lines: formatIpvsadm(tableOf(configuration)).trim().split('\n'),
    notApplied: configuration.notApplied.map(({ line, what, reason }) => `${line} ${what}: ${reason}`),
    hidden: configuration.notApplied.filter(({ hidesServices }) => hidesServices).map(({ line }) => line),
  };
};

test('a script of ipvsadm lines, with what is no such line by its name', () => {
  const script = `#!/bin/sh
# the table of the web site
set -e
VIP=192.0.2.1; PORT="80"
export RIP1='198.51.100.1' RIP2=198.51.100.2
modprobe ip_vs
sysctl -w net.ipv4.ip_forward=1 >/dev/null 2>&1
sudo ipvsadm -C
/sbin/ipvsadm -A -t $VIP:$PORT -s wrr   # weighted
ipvsadm -a -t "\${VIP}:80" \\
  -r $RIP1:8080 \\
  -m -w 3 || exit 1
ipvsadm -a -t $VIP:80 -r $RIP2:8080 -m >/dev/null && echo done
`;
  expect(read(script)).toEqual({
    lines: [
      '-A -t 192.0.2.1:80 -s wrr',
      '-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 3',
      '-a -t 192.0.2.1:80 -r 198.51.100.2:8080 -m -w 1',
    ],
    notApplied: [
      '3 set: it is no line of ipvsadm',
      '6 modprobe: it is no line of ipvsadm',
      '7 sysctl: it is no line of ipvsadm',
      '8 -C: what is not in the file is removed with --prune only',
      '12 exit: it is no line of ipvsadm',
      '13 echo: it is no line of ipvsadm',
    ],
    hidden: [],
  });
});

describe('what depends on something is left out, and services may be behind it', () => {
  const loop = 'it depends on a condition or loop of the script';
  const unknown = 'it has a variable or command in it whose value the script does not tell';
  test.each([
    [
      'for rip in 1 2; do\nipvsadm -a -f 7 -r 198.51.100.$rip\ndone',
      `4 ipvsadm -a -f 7 -r 198.51.100.$rip: ${loop}`,
    ],
    ['if [ -x /sbin/ipvsadm ]; then ipvsadm -A -f 8; fi', `3 ipvsadm -A -f 8: ${loop}`],
    ['case "$1" in\nstart)\nipvsadm -A -f 8\n;;\nesac', `5 ipvsadm -A -f 8: ${loop}`],
    ['start() {\nipvsadm -A -f 8\n}', `4 ipvsadm -A -f 8: ${loop}`],
    ['ipvsadm -A -f $MARK', `3 ipvsadm -A -f $MARK: ${unknown}`],
    ['MARK=$(cat /etc/mark)\nipvsadm -A -f $MARK', `4 ipvsadm -A -f $MARK: ${unknown}`],
    ['ipvsadm -R <<EOF\n-A -f 8\nEOF', '3 -R: it reads another text: name that file too'],
    ['echo "-A -f 8" | ipvsadm -R', '3 ipvsadm -R: it depends on other commands of its line'],
    ['. /etc/more.sh', '3 .: it is no line of ipvsadm'],
  ])('%j', (text, remark) => {
    const { lines, notApplied, hidden } = read(
      `#!/bin/sh\nipvsadm -A -f 7 -s rr\n${text}\nipvsadm -A -f 9 -s rr\n`,
    );
    expect(lines).toEqual(['-A -f 7 -s rr', '-A -f 9 -s rr']);
    expect(notApplied).toContain(remark);
    expect(hidden.length).toBeGreaterThan(0);
  });
});

test('blanks of every kind are passed over', () => {
  expect(read('#!/bin/sh\nipvsadm -A -f 7 -s rr\n\u00a0\f\v\n').lines).toEqual(['-A -f 7 -s rr']);
});

test('what is wrong in a line of ipvsadm has its line in the script', () => {
  const { problems } = readIpvsadm('#!/bin/sh\n\nipvsadm -A \\\n -f 7 -q\n');
  expect(problems).toMatchObject([{ line: 3, reason: '"-q" is not an option that describes a table' }]);
});

test.each(['iptables -t nat -A POSTROUTING ! -o lo -j MASQUERADE', 'echo test', 'logger [ lvs ]'])(
  '"%s" asks nothing, so that what follows it by && is taken as done',
  (command) => {
    expect(read(`#!/bin/sh\n${command} && ipvsadm -A -t 192.0.2.1:80 -s rr\n`).lines).toEqual([
      '-A -t 192.0.2.1:80 -s rr',
    ]);
  },
);

test.each(['sudo grep -q lvs /proc/cmdline', 'LC_ALL=C grep -q lvs /proc/cmdline', '! ip link show eth9'])(
  '"%s" asks something, so that what follows it by && may not be done',
  (command) => {
    expect(read(`#!/bin/sh\n${command} && ipvsadm -A -t 192.0.2.1:80 -s rr\n`).lines.join('')).toBe('');
  },
);

test('what follows a question by && may not be done, and is told; what follows another command is taken as done', () => {
  const script = `#!/bin/sh
ipvsadm -A -t 192.0.2.1:80 -s rr && ipvsadm -a -t 192.0.2.1:80 -r 198.51.100.1 -m
[ -e /etc/second ] && ipvsadm -a -t 192.0.2.1:80 -r 198.51.100.2 -m
! grep -q slow /proc/cmdline && echo fast && ipvsadm -a -t 192.0.2.1:80 -r 198.51.100.3 -m
[ -e /etc/third ]; ipvsadm -a -t 192.0.2.1:80 -r 198.51.100.4 -m
`;
  const { lines, notApplied } = read(script);
  expect(lines).toEqual([
    '-A -t 192.0.2.1:80 -s rr',
    '-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1',
    '-a -t 192.0.2.1:80 -r 198.51.100.4:80 -m -w 1',
  ]);
  expect(notApplied.filter((line) => line.includes('depends'))).toEqual([
    '3 ipvsadm -a -t 192.0.2.1:80 -r 198.51.100.2 -m: it depends on other commands of its line',
    '4 ipvsadm -a -t 192.0.2.1:80 -r 198.51.100.3 -m: it depends on other commands of its line',
  ]);
});
