import { ConnectionTable } from '../../../../src/director/connection-table.ts';
import { addConnectionLines } from '../../../../src/director/proc-connections.ts';
import { readStatistics } from '../../../../src/director/procfs/statistics-text.ts';
import {
  readRealServerLine,
  readServiceLine,
  serviceOfLine,
} from '../../../../src/formats/ipvsadm/proc-table.ts';
import { parseProcessorTimes } from '../../../../src/host/load/processor-times.ts';
import { parseInterfaceCounters } from '../../../../src/host/network/interface-counters.ts';
import {
  formatRealServer,
  formatService,
  parseRealServer,
  parseService,
} from '../../../../src/ipvs/identity.ts';
import { procStatistics, procTable } from '../../../director/procfs/proc-table.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

/** What `/proc` tells: each line is read or none, with names that are lvstop's own and numbers that are some. */
export const proc: FuzzTarget = {
  name: 'proc',
  seeds: wordsOf(
    procTable,
    procStatistics,
    'TCP C0A80001 D431 CB00710A 0050 0A000015 1F90 ESTABLISHED LOCAL      899\n',
    'cpu  10 0 20 3000 5 0 7 0 0 0\ncpu0 10 0 20 3000 5 0 7 0 0 0\nintr 1 2 3\n',
    '  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n',
  ),
  words: wordsOf(
    ...([
      'TCP',
      'UDP',
      'FWM',
      'IP_47',
      'ICMP',
      '->',
      '  -> ',
      ' ',
      '\n',
      ':',
      '[',
      ']',
      'persistent',
      'ops',
      'cpu',
    ] as const),
    ...[
      '0',
      '1',
      'FFFFFFFF',
      '00000000',
      '-1',
      '1e9',
      '0x10',
      'NaN',
      'Infinity',
      '18446744073709551615',
      '\x1b',
      '\0',
      '\u0080',
    ],
  ),
  separators: ' \n',
  check(input) {
    const text = input.toString('latin1');
    for (const line of text.split('\n', 50)) {
      const service = readServiceLine(line);
      if (service !== undefined) {
        const { identity, persistence } = serviceOfLine(service, 'inet', 250);
        if (identity.kind === 'fwmark' ? identity.fwmark > 0 : !identity.protocol.startsWith('protocol-'))
          requireThat(
            formatService(parseService(formatService(identity))) === formatService(identity),
            () => line,
          );
        if (persistence !== null)
          requireThat(
            Number.isSafeInteger(persistence.timeout) && Number.isSafeInteger(persistence.netmask),
            () => `persistence ${JSON.stringify(persistence)} of ${line}`,
          );
      }
      const row = readRealServerLine(line);
      if (row !== undefined) {
        const { identity, weight } = row.realServer;
        requireThat(
          formatRealServer(parseRealServer(formatRealServer(identity))) === formatRealServer(identity),
          () => line,
        );
        for (const number of [weight, row.active, row.inactive])
          requireThat(Number.isSafeInteger(number), () => `the number ${number} of ${line}`);
      }
    }
    const table = new ConnectionTable();
    addConnectionLines(table, Buffer.from(text));
    for (let row = 0; row < table.length; row++) {
      const { expires } = table.connection(row);
      requireThat(Number.isFinite(expires), () => `expires in ${expires}`);
    }
    readStatistics(text);
    for (const counters of parseInterfaceCounters(text).values())
      requireThat(Object.values(counters).every(Number.isFinite), () => JSON.stringify(counters));
    parseProcessorTimes(text);
  },
};
