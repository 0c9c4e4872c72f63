/** The screen while the director works: its numbers under a known load, and what it says when the ground shakes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lvstop, openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals, isRunning } from '../e2e/terminal.ts';
import { flush, inner, ipvsadm, outer, run, startLoad, startServers, timed, vip } from './guest.ts';

const web = `tcp:${vip.nat}:80`;
const direct = `tcp:${vip.dr}:80`;

/** Everything that init.sh loads, in the order in which it can go. */
const modules = [
  ...['rr', 'wrr', 'lc', 'wlc', 'fo', 'ovf', 'lblc', 'lblcr', 'dh', 'sh', 'mh', 'sed', 'nq', 'pe_sip'].map(
    (name) => `ip_vs_${name}`,
  ),
  'ip_vs',
];

let lvstop: Lvstop;

beforeAll(async () => {
  await startServers();
  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'rr');
  await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner.rs1}:8080`, '-m');
  await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner.rs2}:8080`, '-m');
  await ipvsadm('-A', '-t', `${vip.dr}:80`, '-s', 'rr');
  await ipvsadm('-a', '-t', `${vip.dr}:80`, '-r', `${outer.rs1}:80`, '-g');
  lvstop = await openLvstop({ args: ['-d', '2'], columns: 140 });
});

afterAll(closeTerminals);

/** A number as the table writes it: `12.1k`. */
function amount(text: string | undefined): number {
  const [, digits, unit = ''] = /^([0-9.]+)([kMG]?)$/.exec(text ?? '') ?? [];
  return Number(digits) * ({ '': 1, k: 1e3, M: 1e6, G: 1e9 }[unit] ?? Number.NaN);
}

/** The mean of several readings of a column, each taken when the screen shows a new one. */
async function meanOf(readings: number, read: () => readonly number[]): Promise<number[]> {
  const taken: (readonly number[])[] = [];
  while (taken.length < readings) {
    const before = lvstop.terminal.text();
    await lvstop.terminal.waitFor(() => lvstop.terminal.text() !== before);
    taken.push(read());
  }
  return read().map((_, column) => taken.reduce((sum, row) => sum + (row[column] ?? 0), 0) / taken.length);
}

/** The counters of a service by ipvsadm: connections, packets in and out, bytes in and out. */
async function counters(address: string): Promise<number[]> {
  const text = await ipvsadm('-Ln', '--stats', '--exact', '-t', address);
  const row = text.split('\n').find((line) => line.startsWith('TCP')) ?? '';
  return row.trim().split(/\s+/).slice(2).map(Number);
}

test('the numbers agree with a known load to within 5 %', timed, async () => {
  const load = await startLoad({ rate: 20, targets: [`${vip.nat}:80`], bytes: 2000 });
  // The first whole step of the counters comes after up to 4 s.
  await lvstop.terminal.waitFor(() => Math.abs(amount(lvstop.row(web)['CONN/s']) - 20) < 2);
  const [connections = 0, ofFirst = 0, inBits = 0, outBits = 0] = await meanOf(6, () => {
    const row = lvstop.row(web);
    const first = lvstop.row(`${inner.rs1}:8080`);
    return [row['CONN/s'], first['CONN/s'], row['IN bit/s'], row['OUT bit/s']].map(amount);
  });
  const count = await load.stop();
  expect(count.failed).toBe(0);

  const rate = count.opened / count.seconds;
  expect(Math.abs(connections / rate - 1)).toBeLessThan(0.05);
  expect(Math.abs(ofFirst / (rate / 2) - 1)).toBeLessThan(0.05);

  // When the counters have come to rest the screen has the kernel's, to the byte.
  await lvstop.terminal.waitFor(() => lvstop.row(web)['CONN/s'] === '0');
  const [opened = 0, inPackets = 0, outPackets = 0, inBytes = 0, outBytes = 0] = await counters(
    `${vip.nat}:80`,
  );
  expect(opened).toBe(count.opened);
  expect(Math.abs(inBits / ((inBytes * 8) / count.seconds) - 1)).toBeLessThan(0.05);
  expect(Math.abs(outBits / ((outBytes * 8) / count.seconds) - 1)).toBeLessThan(0.05);
  await lvstop.select(web);
  lvstop.press('enter');
  await lvstop.waitForPane(`Service tcp:${vip.nat}:80`);
  for (const [label, total, unit] of [
    ['connections', opened, ''],
    ['packets in', inPackets, ''],
    ['packets out', outPackets, ''],
    ['bits in', inBytes, ' B'],
    ['bits out', outBytes, ' B'],
  ] as const) {
    await lvstop.waitForPane(new RegExp(`${label} .*? ${total.toLocaleString('en-US')}${unit} `));
  }
  await lvstop.leavePane();
});

test('under DR the way back is not seen, and said to be so', async () => {
  const load = await startLoad({ rate: 10, targets: [`${vip.dr}:80`] });
  await lvstop.terminal.waitFor(() => amount(lvstop.row(direct)['CONN/s']) > 5);
  expect(lvstop.row(direct)['OUT bit/s']).toBe('—');
  expect(lvstop.row(`${outer.rs1}:80`)['OUT bit/s']).toBe('—');
  await load.stop();
});

test('run_estimation=0 is told with the way out, and its end is noticed', async () => {
  await run(['sysctl', '-q', '-w', 'net.ipv4.vs.run_estimation=0']);
  try {
    await lvstop.terminal.waitFor('counters stand still');
    expect(lvstop.header().replace(/\s+/g, ' ')).toContain('sysctl -w net.ipv4.vs.run_estimation=1');
  } finally {
    await run(['sysctl', '-q', '-w', 'net.ipv4.vs.run_estimation=1']);
  }
  await lvstop.terminal.waitFor('● live 2s');
});

test('without ip_vs the screen stands, tells what is lost and what to do, and finds its way back', async () => {
  await flush();
  await lvstop.terminal.waitFor('There is no virtual service yet.');
  await run(['rmmod', ...modules]);
  try {
    await lvstop.terminal.waitFor('✗ LOST');
    expect(lvstop.header().replace(/\s+/g, ' ')).toContain('modprobe ip_vs');
    lvstop.press('a');
    await lvstop.waitUntilSaid('IPVS cannot be reached at the moment');
    expect(lvstop.dialog()).toBeNull();
  } finally {
    await run(['modprobe', '-a', ...modules]);
  }
  await lvstop.terminal.waitFor('● live 2s');

  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'rr');
  await lvstop.terminal.waitFor(web);
  await lvstop.select(web);
  lvstop.press('s', 'down', 'enter');
  await lvstop.waitUntilSaid('scheduler rr → wrr');
});

test('when its terminal is cut off it is gone', async () => {
  const pid = await lvstop.terminal.pid();
  await lvstop.terminal.cut();
  expect(isRunning(pid)).toBe(false);
});
