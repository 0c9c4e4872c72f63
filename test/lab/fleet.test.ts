/** `fleet` by the real ssh to two directors, and by the real Prometheus. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };
import { runProgram } from '../cli/run-program.ts';
import { closeTerminals, openTerminal } from '../e2e/terminal.ts';
import { inNamespace } from './guest.ts';
import { homeOf, prepareHosts, put, sshFolder, startSshd, stopSshd } from './ssh-hosts.ts';

const checkout = String(process.env.LVSTOP_LAB_CHECKOUT);
const packages = join(checkout, 'dist/packages');
const path = `${sshFolder}:${process.env.PATH}`;
const hosts = ['rs1', 'rs2'] as const;

beforeAll(async () => {
  const script = `#!/bin/sh\nexec ${checkout}/bin/lvstop "$@"\n`;
  mkdirSync(packages, { recursive: true });
  put(join(packages, 'lvstop-linux-x64'), script);
  await prepareHosts(['ServerAliveInterval 1', 'ServerAliveCountMax 2', 'ConnectTimeout 20']);
  for (const host of hosts) {
    await startSshd(host);
    const place = join(homeOf(host), '.cache/lvstop', `${packageDescription.version}-x64`);
    mkdirSync(place, { recursive: true });
    put(join(place, 'lvstop'), script);
    await inNamespace(host, ['ipvsadm', '-A', '-t', '10.0.0.100:80', '-s', 'rr']);
    await inNamespace(host, ['ipvsadm', '-a', '-t', '10.0.0.100:80', '-r', '10.0.0.99:80', '-g']);
  }
}, 120_000);

afterEach(() => closeTerminals());
afterAll(() => {
  stopSshd();
  rmSync(packages, { recursive: true, force: true });
});

interface Told {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly alike: string | null;
  readonly services: number | null;
  readonly realServers: number | null;
}

async function directors(...more: readonly string[]): Promise<readonly Told[]> {
  const { out, err } = await runProgram(['lvstop', ...more], { env: { PATH: path } });
  if (out === '') throw new Error(err);
  return (JSON.parse(out) as { readonly directors: readonly Told[] }).directors;
}

const configuration = '/run/far/lvstop.toml';

test('hosts are told by what stands in their tables, a pair by whether it is set alike', async () => {
  put(configuration, '[groups]\npair = ["rs1", "rs2"]\n');
  const told = () => directors('--config', configuration, 'fleet', 'pair', '--json');
  const alike = { state: 'live', services: 1, realServers: 1, alike: 'equal' };
  expect(await told()).toMatchObject([
    { name: 'rs1', ...alike },
    { name: 'rs2', ...alike },
  ]);
  await inNamespace('rs2', ['ipvsadm', '-e', '-t', '10.0.0.100:80', '-r', '10.0.0.99:80', '-g', '-w', '7']);
  expect((await told()).map((one) => one.alike)).toEqual(['different', 'different']);
}, 180_000);

test('one that cannot be reached is told with the reason, and holds up nobody', async () => {
  const told = await directors('fleet', 'rs1', 'nobody-there@rs2', '--json');
  expect(told).toMatchObject([
    {
      name: 'nobody-there@rs2',
      state: 'no answer',
      reason: expect.stringContaining('Permission denied') as string,
    },
    { name: 'rs1', state: 'live' },
  ]);
}, 180_000);

test('a host that is cut off is told with its age while the other goes on, and comes back by itself', async () => {
  const terminal = openTerminal({
    command: 'lvstop',
    args: ['fleet', 'rs1', 'rs2', '--delay', '1'],
    env: { PATH: path },
    columns: 120,
    rows: 30,
    patience: 60_000,
  });
  const line = (host: string) => terminal.screen().find((text) => text.includes(`▸${host}`)) ?? '';
  await terminal.waitFor(() => hosts.every((host) => line(host).includes('live')));
  await inNamespace('rs2', ['ip', 'link', 'set', 'eth0', 'down']);
  try {
    await terminal.waitFor(() => /no answer +\d+s/.test(line('rs2')));
    // Its numbers are those that were read last, and the other is as new as before.
    expect(line('rs2')).toMatch(/no answer +\d+s .* 0 /);
    await terminal.waitFor(() => /live +[0-3]s/.test(line('rs1')));
  } finally {
    await inNamespace('rs2', ['ip', 'link', 'set', 'eth0', 'up']);
  }
  await terminal.waitFor(() => line('rs2').includes('live'));
  terminal.press('q');
  expect((await terminal.ended()).code).toBe(0);
}, 180_000);

test('Enter opens the own screen of a director, and q there leads back', async () => {
  const terminal = openTerminal({
    command: 'lvstop',
    args: ['fleet', 'rs1', 'rs2'],
    env: { PATH: path },
    columns: 120,
    rows: 30,
    patience: 60_000,
  });
  await terminal.waitFor(
    () => hosts.every((host) => terminal.text().includes(`▸${host}`)) && terminal.text().includes('live'),
  );
  terminal.press('enter');
  await terminal.waitFor('SERVICE / REAL SERVER');
  await terminal.waitFor('10.0.0.99:80');
  terminal.press('q');
  await terminal.waitFor('DIRECTOR / SERVICE');
  terminal.press('right');
  await terminal.waitFor('tcp:10.0.0.100:80');
  terminal.press('q');
  const { code, lineBefore, lineAfter } = await terminal.ended();
  expect({ code, line: lineAfter }).toEqual({ code: 0, line: lineBefore });
}, 180_000);
