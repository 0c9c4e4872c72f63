/** A service is switched from mode to mode under load, by what lvstop prints and does, and clients do not notice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { lvstop, words } from '../cli/harness.ts';
import {
  flush,
  inNamespace,
  ipvsadmSave,
  type LoadCount,
  run,
  startBareServers,
  startLoad,
} from './guest.ts';
import {
  icmpErrors,
  machineState,
  primeDevices,
  retransmissions,
  runScript,
  setupScript,
} from './setup-scripts.ts';

const director = openKernelDirector();
const machines = ['rs4', 'rs5'] as const;
const reals = { rs4: '10.1.0.24:80', rs5: '10.1.0.25:80' } as const;
const service = 'tcp:10.0.0.106:80';
const letters = { nat: '-m', dr: '-g', tun: '-i' } as const;
/** Connections around each switch, however quick it is. */
const LEAST_CONNECTIONS = 40;
type Mode = keyof typeof letters;

beforeAll(async () => {
  await primeDevices('rs4');
  await startBareServers();
});
afterAll(async () => {
  await flush();
  director.close();
});

async function done(line: string): Promise<void> {
  const { exitCode, err } = await lvstop(words(line), { director });
  expect({ line, exitCode, err: exitCode === 0 ? '' : err }).toEqual({ line, exitCode: 0, err: '' });
}

/** Runs the script of a call on both real servers. */
async function onBoth(options: string): Promise<void> {
  for (const machine of machines) {
    const script = await setupScript(director, `${service} ${reals[machine]} ${options}`);
    const { exitCode, out, err } = await runScript(machine, script);
    expect({ machine, options, exitCode, said: exitCode === 0 ? err : out + err }).toMatchObject({
      exitCode: 0,
      said: '',
    });
  }
}

/**
 * What clients noticed of a time: their connections, ICMP errors, and segments sent again on either side. The latter are
 * printed only: where the guest has to wait for the processor, they are sent again without having been lost.
 */
interface Noticed {
  readonly moment: string;
  readonly load: Omit<LoadCount, 'servers'>;
  readonly icmpErrors: number;
  readonly retransmissions: number;
  /** What client and director know of their neighbours, where a connection has failed: an error can be the link's. */
  readonly neighbours?: string;
}

/**
 * Ports of a load: none comes again in another one. The kernel remembers a connection for two minutes after its end, and
 * a client that used its port again would go on in the mode of before (`is_new_conn_expected` in `ip_vs_core.c`).
 */
const ports = { first: 20_000, count: 2000 };
let loads = 0;

/** A load of its own around what is done, so that what goes wrong has its moment. */
async function under(moment: string, what: () => Promise<void>): Promise<Noticed> {
  const sent = async () =>
    (await retransmissions('cl')) + (await retransmissions('rs4')) + (await retransmissions('rs5'));
  const before = { sent: await sent(), icmpErrors: await icmpErrors('cl') };
  const first = ports.first + loads++ * ports.count;
  const range = `net.ipv4.ip_local_port_range=${first} ${first + ports.count - 1}`;
  await inNamespace('cl', ['sysctl', '-q', '-w', range]);
  const load = await startLoad({
    rate: 20,
    least: LEAST_CONNECTIONS,
    targets: ['10.0.0.106:80'],
    bytes: 5000,
  });
  await what();
  const { servers: _, ...counted } = await load.stop();
  return {
    moment,
    load: counted,
    icmpErrors: (await icmpErrors('cl')) - before.icmpErrors,
    retransmissions: (await sent()) - before.sent,
    ...(counted.failed > 0 && { neighbours: await neighbours() }),
  };
}

async function neighbours(): Promise<string> {
  const ask = ['ip', '-s', 'neighbour'];
  return (await inNamespace('cl', ask)) + (await inNamespace('dir', ask));
}

async function nextHop(change: 'replace' | 'del', real: string): Promise<void> {
  const address = real.replace(/:80$/, '');
  await run(['ip', 'route', change, `${address}/32`, 'via', address, 'dev', 'eth1', 'onlink']);
}

test('NAT → DR → TUN → NAT under load, and no client notices', async () => {
  const found = await machineState('rs4');
  await done(`add service ${service} --scheduler rr`);
  await onBoth('--mode nat');
  for (const machine of machines) await done(`add real ${service} ${reals[machine]} --forwarding nat`);

  // The route that serves connections of both modes, as the guide of the switch names it.
  for (const real of Object.values(reals)) await nextHop('replace', real);

  // One download goes on through all of it, and ends in the mode that it began with.
  const download = inNamespace('cl', [
    ...['curl', '-s', '-o', '/dev/null', '-w', '%{http_code} %{size_download}', '--max-time', '110'],
    ...['--limit-rate', '40k', 'http://10.0.0.106/1000000'],
  ]);

  const noticed: Noticed[] = [await under('nothing done', async () => {})];
  let mode: Mode = 'nat';
  for (const next of ['dr', 'tun', 'nat'] as const) {
    noticed.push(
      await under(`${mode} → ${next}`, async () => {
        await onBoth(`--mode ${next}`);
        await done(`mode ${service} ${next}`);
        expect(await ipvsadmSave()).toContain(`${reals.rs4} ${letters[next]} `);
      }),
    );
    // What was bound before goes on by the old way, which the download may still be on.
    if (mode !== 'nat') await onBoth(`--mode ${mode} --undo`);
    mode = next;
  }
  expect(await download).toBe('200 1000000');
  await onBoth('--mode nat --undo');
  for (const real of Object.values(reals)) await nextHop('del', real);
  await flush();

  console.log(JSON.stringify(noticed));
  for (const { moment, load, ...others } of noticed) {
    expect({ moment, ...load, ...others }).toMatchObject({ moment, failed: 0, icmpErrors: 0 });
    expect({ moment, answered: load.answered }).toEqual({ moment, answered: load.opened });
    expect(load.opened, moment).toBeGreaterThanOrEqual(LEAST_CONNECTIONS);
  }
  expect(await machineState('rs4')).toBe(found);
});
