/** What everybody may read of the real kernel, beside what ipvsadm and netlink tell those with the right. */
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { allRealServers, allServices, type ReadableDirector } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { openProcDirector } from '../../src/director/procfs/proc-director.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { formatService } from '../../src/ipvs/identity.ts';
import type { Ended } from '../cli/harness.ts';
import { runProgram } from '../cli/run-program.ts';
import { openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals } from '../e2e/terminal.ts';
import { anyTable } from '../formats/random-table.ts';
import { until } from '../until.ts';
import {
  flush,
  inner,
  ipvsadm,
  ipvsadmRestore,
  ipvsadmSave,
  runLoad,
  startLoad,
  startServers,
  stopLoads,
  vip,
} from './guest.ts';

const director = openKernelDirector();
afterAll(async () => {
  director.close();
  await closeTerminals();
});
beforeEach(flush);

const web = `tcp:${vip.nat}:80`;
const unprivileged = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;

/** Calls the program as a user without any right. */
function asNobody(...command: readonly string[]): Promise<Ended> {
  return runProgram([...unprivileged, 'lvstop', ...command], { env: { HOME: '/nonexistent' } });
}

/** What both ways of reading tell. */
function publicTable(source: ReadableDirector) {
  return allServices(source).map(({ service }) => ({
    identity: formatService(service.identity),
    scheduler: service.scheduler,
    onePacket:
      service.identity.kind === 'address' && service.identity.family === 'inet6' ? null : service.onePacket,
    persistence: service.persistence,
    realServers: allRealServers(source, service.identity).map(
      ({ realServer: { identity, forwarding, weight }, active, inactive }) => ({
        identity,
        forwarding,
        weight,
        active,
        inactive,
      }),
    ),
  }));
}

/** The table of `ipvsadm -Ln` without its titles: mode, weight, active and inactive connections of each real server. */
async function listed(): Promise<string[][]> {
  const lines = (await ipvsadm('-L', '-n')).split('\n').slice(3);
  return lines.filter((line) => line.startsWith('  -> ')).map((line) => line.trim().split(/ +/).slice(1));
}

async function makeWeb(): Promise<void> {
  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'wrr');
  await ipvsadm(
    '-a',
    '-t',
    `${vip.nat}:80`,
    '-r',
    `${inner.rs1}:8080`,
    '-m',
    '-w',
    '3',
    '-x',
    '900',
    '-y',
    '800',
  );
  await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner.rs2}:8080`, '-m', '-w', '1');
}

describe('/proc', () => {
  test('tells of random tables what netlink tells, as far as it tells it', async () => {
    const proc = openProcDirector();
    const tables = fc.sample(anyTable(6, 5), { numRuns: 40, seed: 11 });
    let compared = 0;
    for (const table of tables) {
      // Of a mark without mask and real servers it does not tell the family, and IPv4's /1 reads as IPv6's /128.
      const told = table.filter(
        ({ service: { identity, persistence }, realServers }) =>
          identity.kind === 'address' ||
          (persistence === null
            ? realServers.length > 0 && realServers.every((one) => one.identity.family === identity.family)
            : persistence.netmask !== 0x80000000),
      );
      await flush();
      await ipvsadmRestore(formatIpvsadm(told)).catch(() => undefined);
      const expected = publicTable(director);
      expect(publicTable(proc)).toEqual(expected);
      compared += expected.length;
    }
    expect(compared).toBeGreaterThan(50);
  });

  test('has the counters of all services together that ipvsadm has', async () => {
    await startServers();
    await makeWeb();
    const proc = openProcDirector();
    const before = proc.totals();
    await runLoad({ rate: 20, count: 30, targets: [`${vip.nat}:80`] });
    const opened = () => Number(proc.totals()?.counters.connections) - Number(before?.counters.connections);
    await until(
      () => `30 connections, ${opened()} so far`,
      () => opened() >= 30,
    );
    const after = proc.totals();
    expect(opened()).toBe(30);
    expect(Number(after?.counters.inPackets)).toBeGreaterThan(Number(before?.counters.inPackets));
  });
});

describe('a user without any right', () => {
  test('lists what ipvsadm lists', async () => {
    await startServers();
    await makeWeb();
    await runLoad({ rate: 20, count: 20, targets: [`${vip.nat}:80`] });
    const before = await listed();
    const { exitCode, out, err } = await asNobody('list', web);
    expect(exitCode).toBe(0);
    expect(err).toMatch(/^read-only, from \/proc: .*CAP_NET_ADMIN/);
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    for (const [address, , weight, active, inactive] of before) {
      expect(rows).toContainEqual([address, 'NAT', weight, active, inactive, '?', '?', '?', '?', '?']);
    }
  });

  test('cannot save, compare or change anything, and is told why', async () => {
    await makeWeb();
    const before = await ipvsadmSave();
    for (const command of [
      ['save', '-'],
      ['list', '--format', 'ipvsadm'],
      ['diff', '-', '--format', 'ipvsadm'],
      ['add', 'service', 'tcp:10.9.9.9:80'],
      ['weight', web, `${inner.rs1}:8080`, '9'],
      ['delete', 'service', web, '--yes'],
      ['drain', web, `${inner.rs1}:8080`, '--yes'],
      ['undo'],
    ]) {
      const { exitCode, out, err } = await asNobody(...command);
      expect({ command, exitCode, out }).toEqual({ command, exitCode: 3, out: '' });
      expect(err).toMatch(/^lvstop: .*CAP_NET_ADMIN/m);
    }
    expect(await ipvsadmSave()).toBe(before);
  });

  test('has a doctor for what can be read, that says what it could not look at and calls nothing healthy', async () => {
    await makeWeb();
    const examined = await asNobody('doctor', '--json');
    expect(examined.exitCode).toBe(3);
    const { director: told, findings, checksNotMade, notLookedAt } = JSON.parse(examined.out);
    expect(told.access).toBe('public');
    expect(notLookedAt).toEqual([]);
    expect(checksNotMade.map(({ check }: { check: string }) => check)).toContain('no-response');
    const before = findings.map(({ check }: { check: string }) => check);
    expect(before).not.toContain('no-weight');
    await ipvsadm('-e', '-t', `${vip.nat}:80`, '-r', `${inner.rs1}:8080`, '-m', '-w', '0');
    await ipvsadm('-e', '-t', `${vip.nat}:80`, '-r', `${inner.rs2}:8080`, '-m', '-w', '0');
    const { exitCode, out, err } = await asNobody('doctor');
    expect(exitCode).toBe(1);
    expect(out).toContain('(no-weight)');
    expect(err).toContain(
      'not checked: no-response, since counters and time-outs may be read with CAP_NET_ADMIN only',
    );
    expect(err).not.toContain('nothing found');
  });

  test('has a screen that shows the table, live connections and the rates of all together', async () => {
    await startServers();
    await makeWeb();
    const before = await ipvsadmSave();
    await startLoad({ rate: 20, targets: [`${vip.nat}:80`] });
    try {
      const lvstop = await openLvstop({
        program: [...unprivileged, 'env', 'HOME=/nonexistent', 'lvstop'],
        columns: 100,
        patience: 30_000,
      });
      expect(lvstop.header()).toContain('READ-ONLY');
      expect(lvstop.header()).toContain('No CAP_NET_ADMIN: from /proc');
      await lvstop.terminal.waitFor(() => /\b[12]\d(\.\d)? conn\/s/.test(lvstop.header()));
      await lvstop.terminal.waitFor(() => Number(lvstop.row(`${inner.rs1}:8080`).INACT) > 0);
      await lvstop.select(`${inner.rs1}:8080`);
      for (const key of ['+', 'x', 'e', 'D']) {
        lvstop.press(key);
        await lvstop.waitUntilSaid('start lvstop with sudo');
        expect(lvstop.dialog()).toBeNull();
        lvstop.press('~');
        await lvstop.terminal.waitUntilGone('start lvstop with sudo');
      }
      lvstop.press('enter');
      await lvstop.waitForPane('not readable');
      expect(await ipvsadmSave()).toBe(before);
      lvstop.press('escape', 'q');
    } finally {
      await stopLoads();
    }
  });
});
