import { describe, expect, it } from 'vitest';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { textsOfRow } from '../../../src/ui/state/copied-texts.ts';
import { buildRows } from '../../../src/ui/table/rows.ts';
import { lvstop } from '../../cli/harness.ts';
import { allRows, real, service, viewOf } from '../../ui/fixed-view.ts';

/** Rows with settings of every kind. */
const rows = [
  ...buildRows(
    viewOf([
      service(
        'tcp:203.0.113.10:80',
        { scheduler: 'wrr', persistence: { timeout: 300, netmask: 0xffffff00 } },
        [
          real('10.0.0.21:8080', { forwarding: 'nat', weight: 3, upperThreshold: 100, lowerThreshold: 50 }),
          real('10.0.0.22:80', {
            forwarding: 'tun',
            tunnel: { type: 'gue', port: 6080, checksum: 'yes' },
          }),
        ],
      ),
      service('udp:[2001:db8::1]:53', { scheduler: 'sh', schedulerFlags: 1, onePacket: true }, [
        real('[2001:db8::21]:53'),
      ]),
      service('fwm:7'),
    ]),
    allRows,
  ),
];

describe('what is copied of a row', () => {
  it.each(rows.map((row) => [row.key, row] as const))(
    'makes %s again, by both programs alike',
    async (_, row) => {
      const texts = new Map(textsOfRow(row, []).map(({ name, text }) => [name, text]));
      const [program, ...words] = (texts.get('lvstop') ?? '')
        .split(' ')
        .map((word) => word.replaceAll("'", ''));
      expect(program).toBe('lvstop');
      const director = createSimulatedDirector({ site: 'empty', seed: 1, now: () => 0 });
      if (row.kind === 'real server') {
        const parent = rows.find(({ key }) => key === row.service.key);
        const make = textsOfRow(parent ?? row, []).find(({ name }) => name === 'lvstop')?.text ?? '';
        await lvstop(make.replaceAll("'", '').split(' ').slice(1), { director });
      }
      const { out } = await lvstop([...words, '--dry-run'], { director });
      expect(out.trim()).toBe(texts.get('ipvsadm'));
    },
  );
});
