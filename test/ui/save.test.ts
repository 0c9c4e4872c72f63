import { afterEach, expect, test } from 'vitest';
import { savedTableInMemory } from '../../src/changes/saved/saved-table-in-memory.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { directorWith, real, web } from '../changes/table.ts';
import { deleteAllServices, deleteRealServer, setRealServer } from '../director/table-edits.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

const site = () =>
  directorWith({
    'tcp:203.0.113.10:80': [
      { scheduler: 'rr' },
      ['10.0.0.21:80', { weight: 3 }],
      ['10.0.0.22:80', { forwarding: 'nat' }],
    ],
  });

/** Opens a screen on a table that was just saved. */
async function openSaved(options: { readonly readOnly?: boolean } = {}) {
  const director = site();
  const savedTable = savedTableInMemory(null);
  screen = await openScreen({ director, savedTable, ...options });
  if (options.readOnly === true) return { director, savedTable };
  await screen.press('S');
  await screen.press('enter');
  return { director, savedTable };
}

test('where nothing is saved the screen is quiet, and S says so and saves', async () => {
  const savedTable = savedTableInMemory(null);
  screen = await openScreen({ director: site(), savedTable });
  expect(screen.text()).not.toContain('not saved');
  await screen.press('S');
  expect(screen.text()).toContain('is not there yet');
  expect(screen.text()).toContain('3 lines');
  expect(await savedTable.read()).toEqual({ kind: 'nothing saved' });
  // The key that asked does not answer.
  await screen.press('S');
  expect(await savedTable.read()).toEqual({ kind: 'nothing saved' });
  await screen.press('enter');
  expect(screen.text()).toContain('saved to');
  expect(await savedTable.read()).toMatchObject({ kind: 'table', services: [{ realServers: [{}, {}] }] });
});

test('an edit counts as not saved until it is, and the dialog shows its lines', async () => {
  const { director } = await openSaved();
  setRealServer(director, web, {
    identity: real('10.0.0.21:80'),
    forwarding: 'dr',
    weight: 5,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnel: { type: 'ipip', port: 0, checksum: 'no' },
  });
  deleteRealServer(director, web, real('10.0.0.22:80'));
  await screen.read();
  expect(screen.text()).toContain('▲ 2 changes not saved, S saves');
  await screen.press('S');
  expect(screen.text()).toContain('1 changed, 1 removed. The version');
  expect(screen.text()).toContain('- -a -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 3');
  expect(screen.text()).toContain('+ -a -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 5');
  expect(screen.text()).toContain('- -a -t 203.0.113.10:80 -r 10.0.0.22:80 -m -w 1');
  await screen.press('escape');
  expect(screen.text()).toContain('2 changes not saved');
  await screen.press('S');
  await screen.press('enter');
  expect(screen.text()).toContain('saved to');
  expect(screen.text()).not.toContain('not saved');
  await screen.press('S');
  expect(screen.text()).toContain('has this table already');
});

test('only what was shown is saved', async () => {
  const { director, savedTable } = await openSaved();
  deleteRealServer(director, web, real('10.0.0.22:80'));
  await screen.press('S');
  deleteRealServer(director, web, real('10.0.0.21:80'));
  await screen.press('enter');
  expect(screen.text()).toContain('the tables have changed since they were shown; look again');
  expect(screen.text()).toContain('2 removed');
  expect(await savedTable.read()).toMatchObject({ services: [{ realServers: [{}, {}] }] });
  await screen.press('enter');
  expect(await savedTable.read()).toMatchObject({ services: [{ realServers: [] }] });
});

test('an empty table takes another key than a table', async () => {
  const { director, savedTable } = await openSaved();
  deleteAllServices(director);
  await screen.press('S');
  await screen.press('enter');
  expect(screen.text()).toContain('from this file nothing would be made at the next boot');
  expect(await savedTable.read()).toMatchObject({ services: [{}] });
  await screen.press('y');
  expect(await savedTable.read()).toEqual({ kind: 'table', services: [] });
});

test('what is no table is told, and not replaced', async () => {
  const savedTable = {
    ...savedTableInMemory(null),
    read: () =>
      Promise.resolve({
        kind: 'unreadable',
        error: IpvsError.input(
          'foreign-content',
          'read',
          '/etc/ipvsadm.rules:1',
          'it is a diary',
          'look what it is',
        ),
      } as const),
    save: () => {
      throw new Error('it was saved');
    },
  };
  screen = await openScreen({ director: site(), savedTable });
  await screen.press('S');
  expect(screen.text()).toContain('✗ /etc/ipvsadm.rules:1: it is a diary');
  expect(screen.text()).not.toContain('Enter save it');
  await screen.press('enter');
  expect(screen.text()).not.toContain('diary');
});

test('a read-only screen shows what is not saved, and why it is not saved here', async () => {
  const { savedTable } = await openSaved({ readOnly: true });
  await screen.press('S');
  expect(screen.text()).toContain('saving is off: lvstop was started with --read-only');
  await screen.press('enter');
  expect(await savedTable.read()).toEqual({ kind: 'nothing saved' });
});
