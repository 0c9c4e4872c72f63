/** Time-outs and sync daemons on the real kernel, with ipvsadm as the second opinion. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Journal } from '../../src/changes/journal/journal.ts';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { type Ended, lvstop, words } from '../cli/harness.ts';
import { ipvsadm, run } from './guest.ts';

const director = openKernelDirector();
const found = director.timeouts();
let journal: Journal;

beforeEach(() => {
  journal = createMemoryJournal();
});
afterEach(() => {
  director.setTimeouts(found);
  for (const { state, syncId } of director.syncDaemons()) director.stopSyncDaemon(state, syncId);
});
afterAll(() => director.close());

const call = (line: string): Promise<Ended> => lvstop(words(line), { director, openJournal: () => journal });

test('time-outs are set as ipvsadm sees them, and undone', async () => {
  const before = await ipvsadm('-L', '--timeout');
  expect(await call('timeouts --tcp 1000 --udp 60')).toMatchObject({ exitCode: 0 });
  expect(await ipvsadm('-L', '--timeout')).toBe(`Timeout (tcp tcpfin udp): 1000 ${found.tcpFin} 60\n`);
  await call('undo');
  expect(await ipvsadm('-L', '--timeout')).toBe(before);

  await call('timeouts --udp 60');
  await ipvsadm('--set', '0', '0', '61');
  expect((await call('undo')).exitCode).toBe(4);
  expect(director.timeouts().udp).toBe(61);
});

test('a sync daemon is started, started anew and stopped as ipvsadm sees it, and undone', async () => {
  const running = () => ipvsadm('-L', '--daemon');
  expect(await running()).toBe('');
  expect(await call('sync start master --interface eth0 --sync-id 7')).toMatchObject({ exitCode: 0 });
  expect(await running()).toContain('master sync daemon (mcast=eth0, syncid=7');
  const first = await running();
  const anew = await call('sync start master --interface eth0 --sync-id 8 --group 224.0.0.99 --ttl 2 --yes');
  expect(anew).toMatchObject({ exitCode: 0, err: expect.not.stringContaining('warning: master was') });
  expect(await running()).toMatch(/master sync daemon \(mcast=eth0, syncid=8.*224\.0\.0\.99/);
  expect(await call('undo --yes')).toMatchObject({ exitCode: 0 });
  expect(await running()).toBe(first);
  expect(await call('sync stop master --yes')).toMatchObject({ exitCode: 0 });
  expect(await running()).toBe('');
  await call('undo --yes');
  expect(await running()).toBe(first);
});

test('an interface whose name a terminal would obey gets its daemon back', async () => {
  // An escape sequence, and a byte that is no UTF-8.
  const link = (rest: string) => run(['bash', '-c', `link=$'ev\\e[1m\\xff'; ip link ${rest}`]);
  const running = () => run(['bash', '-c', 'ipvsadm -L --daemon | od -An -c -w999']);
  await link('add name "$link" type dummy');
  await link('set "$link" up && ip address add 192.0.2.99/24 dev "$link"');
  await run(['bash', '-c', `ipvsadm --start-daemon master --mcast-interface $'ev\\e[1m\\xff' --syncid 7`]);
  const first = await running();
  expect(first).toContain('e   v 033   [   1   m 377   ,');
  const stopped = await call('sync stop master --yes');
  expect(stopped).toMatchObject({ exitCode: 0, out: expect.stringContaining('on ev␛[1m\\udcff, id 7') });
  expect(director.syncDaemons()).toEqual([]);
  expect(await call('undo --yes')).toMatchObject({ exitCode: 0 });
  expect(await running()).toBe(first);
  await ipvsadm('--stop-daemon', 'master');
  await link('delete "$link"');
});
