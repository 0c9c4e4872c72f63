/** The sampler on the real kernel: rates of a load that is known, their delay, and a module that goes away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import type { View } from '../../src/sampling/view.ts';
import { flush, inner, ipvsadm, run, startLoad, startServers, vip } from './guest.ts';

const web = `${vip.nat}:80`;
const webKey = `tcp:${web}`;

/** A view, and when it came. */
interface Seen {
  readonly time: number;
  readonly view: View;
}

let sampler: Sampler | undefined;
let seen: Seen[] = [];

/** Reads the director every second and keeps all views. */
function sample(): void {
  const director = openKernelDirector();
  const own = createSampler({ director, interval: 1 });
  seen = [];
  own.start((view) => seen.push({ time: performance.now(), view }));
  sampler = own;
}

afterEach(() => sampler?.stop());

function serviceOf({ view }: Seen) {
  return view.services.find(({ key }) => key === webKey);
}

const rateOf = (one: Seen): number => serviceOf(one)?.rates?.connections ?? Number.NaN;

/** Milliseconds from a moment until something holds, and goes on to hold. */
function delay(from: number, to: number, holds: (one: Seen) => boolean): number {
  const views = seen.filter(({ time }) => time > from && time <= to);
  const lastWrong = views.findLastIndex((one) => !holds(one));
  return (views[lastWrong + 1]?.time ?? Number.POSITIVE_INFINITY) - from;
}

async function serve(): Promise<void> {
  await flush();
  await ipvsadm('-A', '-t', web, '-s', 'wrr');
  await ipvsadm('-a', '-t', web, '-r', `${inner.rs1}:8080`, '-m', '-w', '3');
  await ipvsadm('-a', '-t', web, '-r', `${inner.rs2}:8080`, '-m', '-w', '1');
}

describe('a steady load', () => {
  beforeAll(startServers);

  test('reads right within 4 s from its start, to 5 %, and 0 within 4 s from its end, wherever they fall', async () => {
    await serve();
    sample();
    const rate = 40;
    const delays: { readonly right: number; readonly zero: number }[] = [];
    // Fractions of an estimator period, so that starts and ends fall everywhere.
    for (const [before, during] of [
      [0.1, 0.35],
      [0.6, 0.8],
      [0.85, 0.05],
    ] as const) {
      await sleep(before * 2000);
      const load = await startLoad({ rate, targets: [web] });
      const started = performance.now();
      await sleep(7000 + during * 2000);
      const stopped = performance.now();
      const { opened, seconds } = await load.stop();
      await sleep(4800);
      // What the client really did counts: the guest's one processor can be late.
      const real = opened / seconds;
      delays.push({
        right: delay(started, stopped, (one) => Math.abs(rateOf(one) - real) <= real * 0.05),
        zero: delay(stopped, performance.now(), (one) => rateOf(one) === 0),
      });
    }
    // This kernel's estimator takes 2.08 s for its 2 s, and on a busy machine one of the loads is not steady.
    const [, right] = delays.map((own) => own.right).toSorted((left, other) => left - other);
    expect(right).toBeLessThan(4250);
    for (const { zero } of delays) expect(zero).toBeLessThan(4400);
  });

  test('is told of each real server, with its share and what is due to it', async () => {
    await serve();
    sample();
    const load = await startLoad({ rate: 40, targets: [web], bytes: 2000 });
    await sleep(8000);
    const service = serviceOf(seen.at(-1)!)!;
    await load.stop();
    const [three, one] = service.realServers;
    expect(three!.rates!.connections).toBeCloseTo(30, -0.5);
    expect(one!.rates!.connections).toBeCloseTo(10, -0.5);
    expect(three!.share).toBeCloseTo(0.75, 1);
    expect([three!.due, one!.due]).toEqual([0.75, 0.25]);
    expect(service.rates!.outBytes).toBeGreaterThan(40 * 2000);
    expect(service.rates!.inBytes).toBeGreaterThan(40 * 200);
  });

  test('that ran before the sampler did is told within one step, and without a jump when counters are zeroed', async () => {
    await serve();
    const load = await startLoad({ rate: 40, targets: [web] });
    await sleep(5000);
    sample();
    await sleep(5000);
    await ipvsadm('-Z');
    await sleep(5000);
    await load.stop();
    const first = seen.find((one) => !Number.isNaN(rateOf(one)))!;
    expect(first.time - seen[0]!.time).toBeLessThan(3100);
    const rates = seen.map(rateOf).filter((shown) => !Number.isNaN(shown));
    expect(Math.min(...rates)).toBeGreaterThan(34);
    expect(Math.max(...rates)).toBeLessThan(46);
  });
});

test('run_estimation=0 is told as frozen counters, without rates', async () => {
  await serve();
  sample();
  await sleep(3500);
  await run(['sysctl', '-q', 'net.ipv4.vs.run_estimation=0']);
  try {
    await sleep(1500);
    expect(seen.at(-1)!.view.director.state).toEqual({ kind: 'frozen-counters' });
    expect(serviceOf(seen.at(-1)!)!.rates).toBeNull();
  } finally {
    await run(['sysctl', '-q', 'net.ipv4.vs.run_estimation=1']);
  }
});

test('a module unloaded under the sampler is told with reason and time; what was seen stays; it recovers', async () => {
  await serve();
  sample();
  await sleep(1500);
  const before = Date.now();
  const modules = (await run(['cat', '/proc/modules'])).match(/^ip_vs\w*(?= )/gm) ?? [];
  sampler!.stop();
  // The table goes with the module, which no service may hold: all between two looks of the sampler.
  await flush();
  await run(['rmmod', ...modules.filter((name) => name !== 'ip_vs'), 'ip_vs']);
  try {
    const lost = await sampler!.refresh();
    expect(lost.services.map(({ key }) => key)).toEqual([webKey]);
    const { state } = lost.director;
    expect(state).toMatchObject({ kind: 'lost', error: { kind: 'unreachable', errno: 'ENOENT' } });
    if (state.kind === 'lost') expect(state.since).toBeGreaterThanOrEqual(before);
    expect((await sampler!.refresh()).director.state).toEqual(state);
  } finally {
    await run(['modprobe', '-a', ...modules]);
  }
  await serve();
  const back = await sampler!.refresh();
  expect(back.director.state).toEqual({ kind: 'live' });
  expect(back.services.map(({ key }) => key)).toEqual([webKey]);
  await flush();
});
