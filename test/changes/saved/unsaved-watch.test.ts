import { expect, test } from 'vitest';
import { savedTableInMemory } from '../../../src/changes/saved/saved-table-in-memory.ts';
import type { SavedTablePlace } from '../../../src/changes/saved/saved-table-place.ts';
import { UnsavedWatch } from '../../../src/changes/saved/unsaved-watch.ts';
import { readTable } from '../../../src/changes/steps/table-state.ts';
import type { Director } from '../../../src/director/director.ts';
import type { SavedService } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { deleteRealServer, deleteService } from '../../director/table-edits.ts';
import { directorWith, real, web } from '../table.ts';

const site = () =>
  directorWith({
    'tcp:203.0.113.10:80': [
      {},
      ['10.0.0.21:8080', { forwarding: 'nat', weight: 3 }],
      ['10.0.0.22:8080', { forwarding: 'nat' }],
    ],
    'fwm:7': [{}],
  });

const table = (director: Director): SavedService[] =>
  readTable(director).map(({ service, realServers }) => ({
    service,
    realServers: realServers.map(({ realServer }) => realServer),
  }));

function watched(director: Director, place: SavedTablePlace) {
  const told: (number | null)[] = [];
  const sampler = createSampler({ director, interval: 1 });
  const watch = new UnsavedWatch(place, (count) => told.push(count));
  return { told, look: async () => watch.take(await sampler.refresh()) };
}

test('edits are counted until they are saved, and again when the file is another one', async () => {
  const director = site();
  const place = savedTableInMemory(table(director));
  const { told, look } = watched(director, place);
  await look();
  expect(told).toEqual([0]);
  deleteRealServer(director, web, real('10.0.0.22:8080'));
  deleteService(director, { kind: 'fwmark', family: 'inet', fwmark: 7 });
  await look();
  await look();
  expect(told).toEqual([0, 2]);
  allAtOnce(place.save(table(director), null));
  await look();
  expect(told).toEqual([0, 2, 0]);
  allAtOnce(place.save([], null));
  await look();
  expect(told).toEqual([0, 2, 0, 2]);
});

test('nothing is counted where nothing is saved, or what is there cannot be read', async () => {
  const director = site();
  const nowhere = watched(director, savedTableInMemory(null));
  await nowhere.look();
  expect(nowhere.told).toEqual([]);
  const broken = watched(director, {
    ...savedTableInMemory([]),
    read: () =>
      Promise.resolve({
        kind: 'unreadable',
        error: IpvsError.input('foreign-content', 'read', 'x', 'it is no table', 'look'),
      }),
  });
  await broken.look();
  expect(broken.told).toEqual([]);
});

test('what is saved is read once, until it is another', async () => {
  const director = site();
  let reads = 0;
  const place = savedTableInMemory(table(director));
  const { look } = watched(director, {
    ...place,
    read: () => {
      reads++;
      return place.read();
    },
  });
  await look();
  await look();
  expect(reads).toBe(1);
});
