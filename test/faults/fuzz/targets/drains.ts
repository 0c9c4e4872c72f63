import { readDrains, readFormerDrains, writeDrains } from '../../../../src/changes/drain/drain-record.ts';
import { parseRealServer, parseService } from '../../../../src/ipvs/identity.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

/** The drains that are kept: what is read is what `writeDrains` would write. */
export const drains: FuzzTarget = {
  name: 'drains',
  seeds: [
    Buffer.from(
      writeDrains({
        table: 'boot net:[4026531840]',
        drains: [
          {
            order: {
              service: parseService('tcp:192.0.2.1:80'),
              realServer: parseRealServer('10.0.0.1:80'),
              formerWeight: 3,
              ending: 'leave',
              until: 'active',
              beganAt: 1_764_000_000_000,
              timeout: null,
            },
            greatest: 12,
            mark: { line: '-a -t 192.0.2.1:80', connections: 2n ** 60n, change: null },
          },
        ],
      }),
    ),
    // What lvstop 0.1 kept.
    Buffer.from(
      '{"version":1,"drains":[{"service":"tcp:192.0.2.1:80","realServer":"10.0.0.1:80","formerWeight":3,"ending":"leave","until":"active","beganAt":1764000000000,"timeout":null,"greatest":12,"watcher":"12/345","table":"boot net"}]}\n',
    ),
  ],
  words: wordsOf(
    ...([
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      'null',
      '0',
      '-1',
      '1e999',
      '1.5',
      '"delete"',
      '"restore"',
      '"all"',
    ] as const),
    ...[
      '"fwm:7"',
      '"fwm6:4294967295"',
      '"udp:[2001:db8::1]:53"',
      '"[::1]:0"',
      '"10.0.0.1"',
      '\\u0000',
      '\x1b',
      '"__proto__":1,',
    ],
  ),
  separators: ',{}[]:',
  check(input) {
    const text = input.toString('utf8');
    const read = readDrains(text);
    for (const kept of [...(read === null ? [] : [read]), ...(readFormerDrains(text)?.tables ?? [])]) {
      const written = writeDrains(kept);
      const back = readDrains(written);
      requireThat(back !== null && writeDrains(back) === written, () => `${written} does not come back`);
    }
  },
};
