import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unsavedChanges } from '../../../src/changes/saved/unsaved-changes.ts';
import { readTable } from '../../../src/changes/steps/table-state.ts';
import type { Director } from '../../../src/director/director.ts';
import { formatIpvsadm, type SavedService } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { noNames } from '../../../src/formats/names.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { anyTable, tableOf } from '../../formats/random-table.ts';
import { readIpvsadm } from '../../formats/reading.ts';
import { directorWith } from '../table.ts';

const table = (director: Director): SavedService[] =>
  readTable(director).map(({ service, realServers }) => ({
    service,
    realServers: realServers.map(({ realServer }) => realServer),
  }));

const saved = table(
  directorWith({
    'tcp:203.0.113.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:8080', { forwarding: 'nat', weight: 3 }],
      ['10.0.0.22:8080', { forwarding: 'nat' }],
    ],
    'fwm:7': [{}],
  }),
);

describe('what is not saved', () => {
  test('is nothing where the order is the only difference', () => {
    expect(allAtOnce(unsavedChanges(saved, [...saved].reverse()))).toEqual([]);
  });

  test('is told object by object, with the line before and the line now', () => {
    const running = table(
      directorWith({
        'tcp:203.0.113.10:80': [
          { scheduler: 'wlc' },
          ['10.0.0.21:8080', { forwarding: 'nat', weight: 0 }],
          ['10.0.0.23:8080', { forwarding: 'nat' }],
        ],
      }),
    );
    expect(allAtOnce(unsavedChanges(saved, running))).toEqual([
      {
        object: 'tcp:203.0.113.10:80',
        saved: '-A -t 203.0.113.10:80 -s wrr',
        running: '-A -t 203.0.113.10:80 -s wlc',
      },
      {
        object: '10.0.0.21:8080 of tcp:203.0.113.10:80',
        saved: '-a -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 3',
        running: '-a -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 0',
      },
      {
        object: '10.0.0.23:8080 of tcp:203.0.113.10:80',
        saved: null,
        running: '-a -t 203.0.113.10:80 -r 10.0.0.23:8080 -m -w 1',
      },
      {
        object: '10.0.0.22:8080 of tcp:203.0.113.10:80',
        saved: '-a -t 203.0.113.10:80 -r 10.0.0.22:8080 -m -w 1',
        running: null,
      },
      { object: 'fwm:7', saved: '-A -f 7 -s wlc', running: null },
    ]);
  });

  test('is nothing once any table was written and read back', () => {
    fc.assert(
      fc.property(anyTable(), (running) => {
        const { configuration, problems } = readIpvsadm(formatIpvsadm(running), noNames);
        expect(problems).toEqual([]);
        expect(allAtOnce(unsavedChanges(tableOf(configuration), running))).toEqual([]);
      }),
    );
  });
});
