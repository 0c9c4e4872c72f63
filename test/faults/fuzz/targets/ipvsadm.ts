import { formatIpvsadm, ipvsadmLimits } from '../../../../src/formats/ipvsadm/ipvsadm.ts';
import { noNames } from '../../../../src/formats/names.ts';
import { recogniseFormat } from '../../../../src/formats/recognise.ts';
import { tableOf } from '../../../formats/random-table.ts';
import { readIpvsadm } from '../../../formats/reading.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

/** What `ipvsadm -S` writes: a table that reads without a problem must be the same when it is written and read again. */
export const ipvsadm: FuzzTarget = {
  name: 'ipvsadm',
  seeds: wordsOf(
    '-A -t 192.0.2.10:443 -s wrr -p 50 -M 255.255.255.0\n-a -t 192.0.2.10:443 -r 10.0.0.21:443 -g -w 3\n-a -t 192.0.2.10:443 -r 10.0.0.22:443 -i -w 10 --tun-type gue --tun-port 6080 --tun-csum -x 1000 -y 800\n',
    '# saved\n-C\n-A -u [2001:db8::10]:53 -s sh -o -b sh-fallback,sh-port\n-a -u [2001:db8::10]:53 -r [2001:db8:1::21]:8080 -m -w 1\n',
    'ipvsadm -A -f 7 -6 -s mh --pe sip -p -M 64\n-a -f 7 -6 -r [2001:db8::1] -g\n-E -f 7 -6 -s rr\n-e -f 7 -6 -r [2001:db8::1] -w=5\n',
    '-A --sctp-service 10.0.0.1:9899 --scheduler=lc\n-a --sctp-service 10.0.0.1:9899 -r backend.example:http -w5\n',
  ),
  words: wordsOf(
    ...([
      '-A',
      '-a',
      '-E',
      '-e',
      '-t',
      '-u',
      '-f',
      '-6',
      '-r',
      '-g',
      '-i',
      '-m',
      '-w',
      '-x',
      '-y',
      '-s',
      '-p',
    ] as const),
    ...['-M', '-o', '--pe', '-b', '--tun-type', '--tun-port', '--tun-remcsum', '-C', '--set', '--', '-', '='],
    ...[
      '0',
      '1',
      '65535',
      '65536',
      '4294967295',
      '4294967296',
      '-1',
      '-2147483648',
      '1e9',
      '010',
      ' ',
      '\t',
      '\n',
    ],
    ...[
      '\r',
      '#',
      ',',
      ':',
      '[',
      ']',
      '::',
      '[::1]:80',
      '10.0.0.1:80',
      '10.0.0.1',
      '::ffff:10.0.0.1',
      'host.example',
      'http',
    ],
    ...[
      '/sbin/ipvsadm',
      '\ufeff',
      '\u202e',
      '\x1b[31m',
      'é',
      '😀',
      '#!/bin/sh\n',
      'ipvsadm',
      'A=1',
      '$A',
      '<<',
      ';',
      '|',
      '(',
      '"',
      "'",
      '\\\n',
      'constructor',
      '__proto__',
      '\u00a0',
      '\0',
    ],
  ),
  separators: ' \n',
  check(input) {
    const text = input.toString('utf8');
    recogniseFormat(text);
    const { configuration, problems, unknownHosts } = readIpvsadm(text, noNames);
    if (unknownHosts.length > 0) {
      const hosts = new Map(unknownHosts.map((name) => [name, ['10.9.9.9']]));
      const again = readIpvsadm(text, { ports: new Map([['http/tcp', 80]]), hosts });
      requireThat(
        again.unknownHosts.every((name) => !hosts.has(name)),
        () => 'a host is asked for again',
      );
    }
    if (problems.length > 0) return;
    const table = tableOf(configuration);
    // What the format cannot say of a table is told when it is written, and is another one when it is read.
    if (ipvsadmLimits(table).length > 0) return;
    const written = formatIpvsadm(table);
    const back = readIpvsadm(written, noNames);
    requireThat(back.problems.length === 0, () => `${written} is refused: ${back.problems[0]?.reason}`);
    const rewritten = formatIpvsadm(tableOf(back.configuration));
    requireThat(rewritten === written, () => `${written} reads back as ${rewritten}`);
  },
};
