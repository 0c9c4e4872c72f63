import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowKey } from '../../../src/ipvs/identity.ts';
import type { Row } from '../../../src/ui/table/row.ts';
import type { RowsOfView } from '../../../src/ui/table/row-list.ts';
import { buildRows, keepOrder, type RowOptions } from '../../../src/ui/table/rows.ts';
import { serviceKey } from '../../ipvs/keys.ts';
import { allRows, real, service, smallSite, viewOf } from '../fixed-view.ts';
import { columnId } from './column-id.ts';

const plain = allRows;

const web = serviceKey('tcp:203.0.113.10:80');
const tunnelled = serviceKey('tcp:198.51.100.20:8443');

function keysOf(rows: Iterable<Row>): RowKey[] {
  return [...rows].map(({ key }) => key);
}

function rowsWith(options: Partial<RowOptions>): RowKey[] {
  return keysOf(buildRows(smallSite(), { ...plain, ...options }));
}

describe('rows', () => {
  it('are the services in their order, each with its real servers behind it', () => {
    expect(rowsWith({})).toEqual([
      web,
      `${web} 10.0.0.21:8080`,
      `${web} 10.0.0.22:8080`,
      `${web} 10.0.0.23:8080`,
      'udp:203.0.113.53:53',
      'udp:203.0.113.53:53 10.0.2.11:53',
      tunnelled,
      `${tunnelled} 10.20.0.11:8443`,
      `${tunnelled} 10.0.9.9:8443`,
      'tcp:[2001:db8:10::80]:443',
      'tcp:[2001:db8:10::80]:443 [2001:db8:20::31]:443',
      'fwm:7',
    ]);
  });

  it('leave out the real servers of a closed service', () => {
    expect(rowsWith({ closed: new Set([web, tunnelled]) })).toEqual([
      web,
      'udp:203.0.113.53:53',
      'udp:203.0.113.53:53 10.0.2.11:53',
      tunnelled,
      'tcp:[2001:db8:10::80]:443',
      'tcp:[2001:db8:10::80]:443 [2001:db8:20::31]:443',
      'fwm:7',
    ]);
  });

  it('are all real servers in one list when flat, closed or not', () => {
    const rows = rowsWith({ flat: true, closed: new Set([web]) });
    expect(rows).toHaveLength(7);
    expect(rows.every((row) => row.includes(' '))).toBe(true);
  });
});

describe('a filter', () => {
  it('shows a service with all that is below it, and a real server with its service above it', () => {
    expect(rowsWith({ filter: '203.0.113.53' })).toEqual([
      'udp:203.0.113.53:53',
      'udp:203.0.113.53:53 10.0.2.11:53',
    ]);
    expect(rowsWith({ filter: '10.0.0.22' })).toEqual([web, `${web} 10.0.0.22:8080`]);
  });

  it('shows everything when it is empty, blank, a lone exclamation mark, or cannot be read', () => {
    for (const filter of ['', '  ', '!', '! ', 'mood:dr']) {
      expect(rowsWith({ filter }), filter).toEqual(rowsWith({}));
    }
  });

  it('applies to closed services and flat lists, too', () => {
    expect(rowsWith({ filter: '10.0.0.22', closed: new Set([web]) })).toEqual([web]);
    expect(rowsWith({ filter: '10.0.0.22', flat: true })).toEqual([`${web} 10.0.0.22:8080`]);
  });
});

describe('sorting', () => {
  it('orders services among services and real servers within theirs, greatest numbers first', () => {
    expect(rowsWith({ sortColumn: columnId('active') })).toEqual([
      'tcp:[2001:db8:10::80]:443',
      'tcp:[2001:db8:10::80]:443 [2001:db8:20::31]:443',
      web,
      `${web} 10.0.0.21:8080`,
      `${web} 10.0.0.22:8080`,
      `${web} 10.0.0.23:8080`,
      'udp:203.0.113.53:53',
      'udp:203.0.113.53:53 10.0.2.11:53',
      tunnelled,
      `${tunnelled} 10.20.0.11:8443`,
      `${tunnelled} 10.0.9.9:8443`,
      'fwm:7',
    ]);
  });

  it('puts what has no rate yet behind what has none', () => {
    const rows = rowsWith({ sortColumn: columnId('connections'), flat: true });
    expect(rows.slice(-2).sort()).toEqual([`${tunnelled} 10.0.9.9:8443`, `${tunnelled} 10.20.0.11:8443`]);
    expect(rows[0]).toBe('udp:203.0.113.53:53 10.0.2.11:53');
  });

  it('is turned round as a whole, without a column too', () => {
    expect(rowsWith({ flat: true, reverse: true })).toEqual(rowsWith({ flat: true }).reverse());
    const ascending = rowsWith({ sortColumn: columnId('weight'), reverse: true }).filter(
      (row) => !row.includes(' '),
    );
    expect(ascending[0]).toBe('fwm:7');
    expect(ascending.at(-1)).toBe('tcp:[2001:db8:10::80]:443');
  });

  it('changes nothing but the order, and leaves alike rows in the order by address', () => {
    const view = smallSite();
    const inOrder = keysOf(buildRows(view, plain));
    for (const sortColumn of [
      'name',
      'mode',
      'scheduler',
      'weight',
      'share',
      'inBits',
      'outPackets',
      'trend',
    ].map(columnId)) {
      expect(rowsWith({ sortColumn }).sort(), sortColumn).toEqual([...inOrder].sort());
    }
    const alike = viewOf([
      service(
        'tcp:192.0.2.1:80',
        {},
        ['1', '2', '3'].map((host) => real(`10.0.0.${host}:80`)),
      ),
    ]);
    const rows = keysOf(buildRows(alike, { ...plain, sortColumn: columnId('active') }));
    expect(rows).toEqual(keysOf(buildRows(alike, plain)));
  });
});

describe('an order that is kept', () => {
  const view = smallSite();
  const services = view.services.map(({ key }) => key);
  const gone = serviceKey('tcp:192.0.2.1:1');
  const kept = (present: RowsOfView, keys: readonly RowKey[]) => keysOf(keepOrder(present, keys));

  it('leaves out what is gone and puts what is new at the end', () => {
    const shown = keysOf(buildRows(view, plain)).reverse().slice(0, 5);
    const present = buildRows({ ...view, services: view.services.slice(0, 3) }, plain);
    const were = shown.filter((key) => keysOf(present).includes(key));
    expect(kept(present, [gone, ...shown])).toEqual([
      ...were,
      ...keysOf(present).filter((key) => !were.includes(key)),
    ]);
  });

  it('has every row once, whatever it is asked for', () => {
    const rows = keysOf(buildRows(view, plain));
    const anyKey = fc.constantFrom(gone, ...rows);
    fc.assert(
      fc.property(fc.subarray(services), fc.array(anyKey), (closed, wanted) => {
        const present = buildRows(view, { ...plain, closed: new Set(closed) });
        expect(kept(present, wanted).sort()).toEqual(keysOf(present).sort());
      }),
    );
  });
});
