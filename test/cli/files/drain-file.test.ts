import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Drains, type KeptDrain } from '../../../src/changes/drain/drains.ts';
import { tableIdentity } from '../../../src/changes/journal/table-identity.ts';
import { openDrainFile } from '../../../src/cli/files/drain-file.ts';
import { ipvsadmLines } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { processIdentity } from '../../../src/system/process-identity.ts';
import { directorWith, real, web } from '../../changes/table.ts';
import { realServerOf } from '../../ipvs/keys.ts';

const user = process.geteuid?.() ?? null;
let folder: string;
let state: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-drains-'));
  state = join(folder, 'state');
});
afterEach(() => rmSync(folder, { recursive: true }));

const kept = keptDrain('10.0.0.21:80');

function keptDrain(text: string): KeptDrain {
  const identity = real(text);
  return {
    order: {
      service: web,
      realServer: identity,
      formerWeight: 3,
      ending: 'delete',
      until: 'all',
      beganAt: 1_700_000_000_000,
      timeout: null,
    },
    greatest: 120,
    mark: {
      line: ipvsadmLines.addRealServer(web, { ...defaultRealServerSettings, identity, weight: 0 }),
      connections: 0,
      change: '',
    },
  };
}

/** A process that has ended: no process has such a number. */
const dead = '4194305/1';
const alive = processIdentity();
const open = (self = alive) => openDrainFile(state, user, self);
const names = () => readdirSync(state).sort();
const fileOf = (identity: string) => join(state, `drains.${identity.replace('/', '-')}.json`);

test('what was kept is found again, by nobody else', () => {
  expect(open()).toMatchObject({ left: [], watched: [], problems: [] });
  expect(open(dead).store.save([kept])).toBeUndefined();
  expect(statSync(fileOf(dead)).mode & 0o777).toBe(0o600);
  expect(statSync(state).mode & 0o777).toBe(0o700);
  expect(open()).toMatchObject({ left: [kept], watched: [] });
});

test('a counter beyond 2^53 comes back exactly', () => {
  const many = { ...kept, mark: { line: '', connections: 2n ** 63n + 1n, change: null } };
  open(dead).store.save([many]);
  expect(open().left).toEqual([many]);
});

test('a drain that is found again goes on once that is asked for, and is forgotten when it has ended', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 0 }]] });
  open(dead).store.save([kept]);
  const file = open();
  const drains = new Drains({ director, store: file.store, found: file.takeOver() });
  expect(names()).toEqual([fileOf(alive).slice(state.length + 1)]);
  const time = kept.order.beganAt + 90_000;
  expect(drains.read(time)).toEqual([]);
  expect([...director.realServerBatches(web)].flat()).toHaveLength(1);
  drains.release([realServerOf('tcp:203.0.113.10:80', '10.0.0.21:80')]);
  const [end] = drains.read(time);
  expect(end?.text).toBe('10.0.0.21:80 of tcp:203.0.113.10:80 is empty after 1 min 30 s and deleted');
  expect([...director.realServerBatches(web)].flat()).toEqual([]);
  expect(names()).toEqual([]);
});

test('one that only leaves the weight at 0 goes on without a word', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 0 }]] });
  const drains = new Drains({
    director,
    found: [{ ...kept, order: { ...kept.order, ending: 'leave' } }],
  });
  expect(drains.read(kept.order.beganAt + 1000)).toMatchObject([{ kind: 'done' }]);
});

test('of two lvstops each keeps its own, and none takes over what another one watches', () => {
  const other = keptDrain('10.0.0.22:80');
  open(dead).store.save([kept]);
  open(alive).store.save([other]);
  const third = open('4194304/1');
  expect(third).toMatchObject({ watched: [other], left: [kept] });
  expect(third.takeOver()).toEqual([kept]);
  expect(open().left).toEqual([kept]);
  open(alive).store.save([]);
  expect(open()).toMatchObject({ watched: [], left: [kept] });
});

test('two that find the same drain at the same moment do not both take it', () => {
  open(dead).store.save([kept]);
  const [one, other] = [open('4194303/1'), open('4194304/1')];
  expect(one.takeOver()).toEqual([kept]);
  expect(other.takeOver()).toEqual([]);
});

test('what is taken over and not yet kept is not lost with the process', () => {
  open(dead).store.save([kept]);
  open('4194304/1').takeOver();
  expect(open().left).toEqual([kept]);
});

test('what is drained anew is no longer found as left by another run', () => {
  const other = keptDrain('10.0.0.22:80');
  open(dead).store.save([kept, other]);
  const again = open();
  again.store.save([kept]);
  expect(open().left).toEqual([other]);
  again.store.save([kept, other]);
  again.store.save([]);
  expect(names()).toEqual([]);
});

test('processes that keep theirs at the same moment lose none of them', { timeout: 60_000 }, async () => {
  const program = `
    import { openDrainFile } from ${JSON.stringify(join(import.meta.dirname, '../../../src/cli/files/drain-file.ts'))};
    const kept = ${JSON.stringify(kept)};
    const number = process.argv[1];
    const { store } = openDrainFile(${JSON.stringify(state)}, ${user});
    for (let port = 1; port <= 20; port++) {
      const realServer = { ...kept.order.realServer, address: '10.0.1.' + number, port };
      const problem = store.save([{ ...kept, order: { ...kept.order, realServer } }]);
      if (problem !== undefined) throw new Error(problem);
    }`;
  const run = promisify(execFile);
  const numbers = [1, 2];
  await Promise.all(
    numbers.map((number) =>
      run(process.execPath, ['--input-type=module', '--eval', program, String(number)]),
    ),
  );
  expect(
    open()
      .left.map(({ order }) => `${order.realServer.address}:${order.realServer.port}`)
      .sort(),
  ).toEqual(numbers.map((number) => `10.0.1.${number}:20`));
});

test('as many are kept as can be tagged, of real servers with any weight that the kernel takes', {
  timeout: 60_000,
}, () => {
  const many = Array.from({ length: 1000 }, (_, number): KeptDrain => {
    const drain = keptDrain(`10.0.${number >> 8}.${number & 255}:80`);
    return { ...drain, order: { ...drain.order, formerWeight: 2 ** 31 - 1 } };
  });
  expect(open(dead).store.save(many)).toBeUndefined();
  expect(open().left).toEqual(many);
});

test('more are refused, and those that were kept before stay', { timeout: 60_000 }, () => {
  const { store } = open(dead);
  store.save([kept]);
  const many = Array.from({ length: 30_000 }, (_, number) =>
    keptDrain(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}:80`),
  );
  expect(store.save(many)).toMatch(/^drains are not kept in .*: it would be longer than/);
  expect(open().left).toEqual([kept]);
});

describe('a drain on another table', () => {
  const present = tableIdentity();
  /** Makes what is kept that of a director with this table. */
  const move = (from: string, to: string) =>
    writeFileSync(fileOf(dead), readFileSync(fileOf(dead), 'utf8').replaceAll(from, to));

  test('of another network namespace is left to a screen there', () => {
    open(dead).store.save([kept]);
    const elsewhere = present.replace(/ .*/, ' net:[1]');
    move(present, elsewhere);
    expect(open()).toMatchObject({ left: [], problems: [] });
    // It has the same name here, too.
    const here = open();
    here.store.save([{ ...kept, greatest: 7 }]);
    here.store.save([]);
    move(elsewhere, present);
    expect(open().left).toEqual([kept]);
  });

  test('from before a restart of the machine, which has ended it, is forgotten', () => {
    open(dead).store.save([kept]);
    move(present, '0b4e5c1a-another-boot net:[1]');
    expect(open()).toMatchObject({ left: [], problems: [] });
    expect(names()).toEqual([]);
  });
});

describe('the one file of lvstop 0.1', () => {
  const { mark: _mark, ...former } = kept;
  const write = (watcher: string, table = tableIdentity()) => {
    const { service: _service, realServer: _realServer, ...order } = former.order;
    open(dead).store.save([kept]);
    const row = {
      service: 'tcp:203.0.113.10:80',
      realServer: '10.0.0.21:80',
      ...order,
      greatest: 120,
      watcher,
      table,
    };
    renameSync(fileOf(dead), join(state, 'drains.json'));
    writeFileSync(join(state, 'drains.json'), JSON.stringify({ version: 1, drains: [row] }));
  };

  test('is taken over without what tells whether somebody has touched a real server', () => {
    write(dead);
    const file = open();
    expect(file.takeOver()).toEqual([{ ...kept, mark: null }]);
    file.store.save([]);
    expect(names()).toEqual([]);
  });

  test('is not lost with the process that took it over, and what is drained anew is taken out of it', () => {
    write(dead);
    open('4194304/1').takeOver();
    expect(open().left).toEqual([{ ...kept, mark: null }]);
    open().store.save([kept]);
    expect(open().left).toEqual([]);
  });

  test('is left to a lvstop that still runs, and goes with the restart of the machine', () => {
    write(alive);
    expect(open('4194304/1').takeOver()).toEqual([]);
    write(alive, 'another-boot net:[1]');
    open();
    expect(names()).toEqual([]);
  });
});

test.each([
  '{',
  '[]',
  '{"version":3,"drains":[]}',
  '{"version":2,"table":"","drains":[{"service":"tcp:x"}]}',
])('a file with %s is named, not used, and left alone', (text) => {
  open(dead).store.save([kept]);
  writeFileSync(fileOf(dead), text);
  const file = open();
  expect(file).toMatchObject({
    left: [],
    problems: [expect.stringContaining('it is not what lvstop writes')],
  });
  expect(file.takeOver()).toEqual([]);
  expect(file.store.save([kept])).toBeUndefined();
  expect(readFileSync(fileOf(dead), 'utf8')).toBe(text);
});

test('neither a file that others can write nor a symbolic link is used', () => {
  open(dead).store.save([kept]);
  const path = fileOf(dead);
  chmodSync(path, 0o666);
  expect(open()).toMatchObject({ left: [], problems: [expect.stringContaining('can be written by others')] });
  rmSync(path);
  symlinkSync('/dev/null', path);
  expect(open()).toMatchObject({ left: [], problems: [expect.stringContaining('symbolic link')] });
});
