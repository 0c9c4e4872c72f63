import { beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../src/changes/journal/journal.ts';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import type { Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { demoSite } from '../../src/director/simulated/sites/demo-site.ts';
import { type Ended, lvstop, words } from './harness.ts';

let director: Director;
let journal: Journal;
const [network = ''] = demoSite.interfaces;

beforeEach(() => {
  director = createSimulatedDirector({
    now: () => 0,
    seed: 1,
    site: { ...demoSite, services: [], syncDaemons: [] },
  });
  journal = createMemoryJournal();
});

const call = (line: string, answer?: boolean): Promise<Ended> =>
  lvstop(words(line), { director, openJournal: () => journal, ...(answer !== undefined && { answer }) });

describe('timeouts', () => {
  test('are printed, as text and as JSON', async () => {
    expect((await call('timeouts')).out).toBe(
      'TCP            900 s\nTCP after FIN  120 s\nUDP            300 s\n',
    );
    expect(JSON.parse((await call('timeouts --json')).out)).toEqual({
      version: 1,
      tcp: 900,
      tcpFin: 120,
      udp: 300,
    });
  });

  test('that are given are set, the others stay, and undo gives them back', async () => {
    const before = director.timeouts();
    const { out, err, exitCode } = await call('timeouts --udp 60 --tcp-fin 30');
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: 'set time-outs: TCP after FIN 120 s → 30 s, UDP 300 s → 60 s\n',
    });
    expect(err).toContain('ipvsadm --set 900 30 60');
    expect(director.timeouts()).toEqual({ tcp: 900, tcpFin: 30, udp: 60 });
    expect((await call('timeouts --udp 60')).err).toContain('already so');
    expect((await call('journal')).out).toContain('set time-outs: TCP after FIN 120 s → 30 s');
    expect((await call('undo')).exitCode).toBe(0);
    expect(director.timeouts()).toEqual(before);
  });

  test('that another hand has set since are not undone', async () => {
    await call('timeouts --udp 60');
    director.setTimeouts({ tcp: 0, tcpFin: 0, udp: 77 });
    const { exitCode, err } = await call('undo');
    expect(exitCode).toBe(4);
    expect(err).toContain('the time-outs were changed since: this change left TCP 900 s');
    expect(director.timeouts().udp).toBe(77);
  });

  test.each(['--udp 0', '--tcp 2147484', '--tcp-fin 1.5', '--udp soon'])('refuse %s', async (option) => {
    const before = director.timeouts();
    expect((await call(`timeouts ${option}`)).exitCode).toBe(2);
    expect(director.timeouts()).toEqual(before);
  });
});

describe('sync', () => {
  const start = `sync start master --interface ${network} --sync-id 7`;

  test('starts a daemon, tells that it runs, stops it, and undoes both', async () => {
    expect((await call('sync list')).err).toContain('no sync daemon runs');
    const started = await call(start);
    expect(started).toMatchObject({
      exitCode: 0,
      out: `start sync daemon master: on ${network}, id 7\n`,
      err: expect.stringContaining(`ipvsadm --start-daemon master --mcast-interface ${network} --syncid 7`),
    });
    expect((await call('sync list')).out).toMatch(/^master on .*, id 7, group 224\.0\.0\.81, port 8848/);
    expect((await call(start)).err).toContain('already so');
    expect((await call('sync stop master')).exitCode).toBe(2);
    expect((await call('sync stop master --yes')).err).toContain('ipvsadm --stop-daemon master');
    expect(director.syncDaemons()).toEqual([]);
    await call('undo --yes');
    expect(director.syncDaemons()).toMatchObject([{ state: 'master', syncId: 7, group: '224.0.0.81' }]);
    await call('undo --yes');
    expect(director.syncDaemons()).toEqual([]);
    expect((await call('undo')).err).toContain('nothing to undo');
  });

  test('with other settings begins anew, as one change that is undone as one', async () => {
    await call(start);
    const { out } = await call(`${start.replace('7', '8')} --group 224.0.0.99 --yes`);
    expect(out).toBe(
      `stop sync daemon master: on ${network}, id 7, group 224.0.0.81, port 8848, TTL 1, messages of 1472 bytes\nstart sync daemon master: on ${network}, id 8, group 224.0.0.99\n`,
    );
    expect(director.syncDaemons()).toMatchObject([{ syncId: 8, group: '224.0.0.99' }]);
    await call('undo --yes');
    expect(director.syncDaemons()).toMatchObject([{ syncId: 7, group: '224.0.0.81' }]);
  });

  test('tells what is wrong', async () => {
    expect((await call('sync start master')).err).toContain('no interface is named');
    expect((await call('sync start master --interface nosuch0')).err).toContain(
      'no network interface "nosuch0"',
    );
    expect((await call(`${start} --group 10.0.0.1`)).err).toContain('is not a multicast group');
    expect((await call('sync start slave --interface eth0')).exitCode).toBe(2);
    expect((await call('sync stop backup --yes')).err).toContain('no such sync daemon runs');
    expect(director.syncDaemons()).toEqual([]);
  });
});
