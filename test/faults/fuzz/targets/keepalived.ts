import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatKeepalived, keepalivedLimits } from '../../../../src/formats/keepalived/write.ts';
import { recogniseFormat } from '../../../../src/formats/recognise.ts';
import { tableOf } from '../../../formats/random-table.ts';
import { readKeepalived } from '../../../formats/reading.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

const site = readFileSync(join(import.meta.dirname, '../../../formats/tables/keepalived.conf'));

/** A keepalived.conf, likewise. */
export const keepalived: FuzzTarget = {
  name: 'keepalived',
  seeds: [
    site,
    ...wordsOf(
      'virtual_server 192.0.2.1 80 {\n lb_algo sh\n sh-port\n lb_kind NAT\n real_server 10.0.0.2 80 {\n  weight 3\n }\n}\n',
      'virtual_server_group G {\n 10.0.0.1-9 80\n fwmark 7\n}\nvirtual_server group G {\n protocol UDP\n ops\n real_server 10.1.0.1 53 { weight 0\n }\n}\n',
      'virtual_server fwmark 9 {\n ip_family inet6\n persistence_timeout\n persistence_granularity 64\n persistence_engine sip\n real_server 2001:db8::1 0 {\n lvs_method TUN type gre csum\n uthreshold 9\n lthreshold 8\n }\n}\n',
    ),
  ],
  words: wordsOf(
    ...([
      '{',
      '}',
      '\n',
      ' ',
      '"',
      '\\',
      '#',
      '!',
      '{\n',
      '}\n',
      '"a b"',
      '"\\"',
      'virtual_server',
      'group',
      'fwmark',
    ] as const),
    ...[
      'virtual_server_group',
      'real_server',
      'weight',
      'lb_algo',
      'lvs_sched',
      'lb_kind',
      'lvs_method',
      'protocol',
    ],
    ...[
      'persistence_timeout',
      'persistence_granularity',
      'persistence_engine',
      'ops',
      'ip_family',
      'inet6',
      'alpha',
    ],
    ...[
      'uthreshold',
      'lthreshold',
      'type',
      'gue',
      'port',
      'csum',
      'TUN',
      'DR',
      'mh-port',
      'flag-1',
      'TCP_CHECK',
      'include',
      '$A=b',
      '$A',
      '~SEQ(A, 1, 3)',
      '~LST(A, b)',
      '@^a',
    ],
    ...[
      '0',
      '1',
      '255',
      '256',
      '65536',
      '4294967295',
      '10.0.0.0-255',
      '10.0.0.1-',
      '-',
      '::',
      '2001:db8::1',
      '@a',
      '$B',
      '~C',
    ],
    ...['\r', '\t', '\ufeff', '\u202e', '\x1b', 'é', '😀', 'constructor', '__proto__', '\u00a0', '\0'],
  ),
  separators: ' \n',
  check(input) {
    const text = input.toString('utf8');
    recogniseFormat(text);
    const { configuration, problems } = readKeepalived(text);
    if (problems.length > 0) return;
    const table = tableOf(configuration);
    // What the format cannot say of a table is told when it is written, and is another one when it is read.
    if (keepalivedLimits(table).length > 0) return;
    const written = formatKeepalived(table);
    const back = readKeepalived(written);
    requireThat(back.problems.length === 0, () => `${written} is refused: ${back.problems[0]?.reason}`);
    const rewritten = formatKeepalived(tableOf(back.configuration));
    requireThat(rewritten === written, () => `${written} reads back as ${rewritten}`);
  },
};
