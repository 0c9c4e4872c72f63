/** The packet walk beside what tcpdump sees at each hop, with real traffic in all three modes. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createMachineSampler } from '../../src/host/machine/kernel-machine.ts';
import { createKernelNetwork } from '../../src/host/network/kernel-network.ts';
import { lvstop, words } from '../cli/harness.ts';
import { openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals } from '../e2e/terminal.ts';
import { type Capture, type CapturedPacket, startCapture } from './captured.ts';
import {
  clients,
  clients6,
  flush,
  inNamespace,
  inner,
  inner6,
  type Machine,
  outer,
  outer6,
  run,
  startServers,
  vip,
  vip6,
} from './guest.ts';

const director = openKernelDirector();
const network = createKernelNetwork();
const machine = createMachineSampler();
beforeAll(startServers);
beforeEach(flush);
afterAll(() => director.close());

/** Interfaces that packets of a walk can pass. */
const taps = [
  ['cl', 'eth0'],
  ['dir', 'eth0'],
  ['dir', 'eth1'],
  ['rs1', 'eth0'],
  ['rs1', 'eth1'],
] as const satisfies readonly (readonly [Machine, string])[];
type Tap = `${(typeof taps)[number][0]} ${(typeof taps)[number][1]}`;

/** A packet of `lvstop walk --json`. */
interface WalkedPacket {
  readonly kind: 'packet';
  readonly link: string | null;
  readonly isSeen: boolean;
  readonly frame: { readonly source: string | null; readonly destination: string | null } | null;
  readonly outer: {
    readonly source: string;
    readonly destination: string;
    readonly overhead: number;
    readonly room: number;
  } | null;
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
  readonly mtu: number | null;
}

interface Walked {
  readonly client: { readonly address: string; readonly port: number; readonly origin: string };
  readonly request: readonly (
    | WalkedPacket
    | { readonly kind: 'station'; readonly place: string; readonly address: string | null }
  )[];
  readonly response: Walked['request'];
  readonly obstacles: readonly unknown[];
}

async function done(line: string): Promise<string> {
  const { exitCode, out, err } = await lvstop(words(line), { director, network, machine });
  expect(err.match(/^lvstop: .*/m), line).toBeNull();
  expect(exitCode, line).toBe(0);
  return out;
}

/** One request of the client with tcpdump at every tap. */
async function traffic(
  call: () => Promise<unknown>,
  filter = 'ip proto 4 or ip6 proto 41 or tcp port 80 or tcp port 8080',
): Promise<Record<Tap, readonly CapturedPacket[]>> {
  const captures: [Tap, Capture][] = [];
  for (const [machine, link] of taps)
    captures.push([`${machine} ${link}`, await startCapture(machine, link, filter)]);
  await call();
  const seen: [Tap, readonly CapturedPacket[]][] = [];
  for (const [tap, capture] of captures) seen.push([tap, await capture.stop()]);
  return Object.fromEntries(seen) as Record<Tap, readonly CapturedPacket[]>;
}

function curl(address: string, ...options: string[]): Promise<string> {
  const quiet = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '5'];
  return inNamespace('cl', ['curl', ...quiet, ...options, `http://${address}/`]).catch(() => '000');
}

function packetsOf(steps: Walked['request']): WalkedPacket[] {
  return steps.filter((step): step is WalkedPacket => step.kind === 'packet');
}

/** A packet's addresses in a form that both sides have. */
function headerOf(packet: WalkedPacket) {
  return {
    source: `${packet.source.address} ${packet.source.port}`,
    destination: `${packet.destination.address} ${packet.destination.port}`,
    outer: packet.outer && { source: packet.outer.source, destination: packet.outer.destination },
  };
}

function framed(packet: WalkedPacket) {
  return {
    ...headerOf(packet),
    sourceMac: packet.frame?.source,
    destinationMac: packet.frame?.destination,
  };
}

const sites = [
  { mode: 'nat', vip: vip.nat, realServer: `${inner.rs1}:8080`, link: 'eth1' },
  { mode: 'tun', vip: vip.tun, realServer: `${outer.rs1}:80`, link: 'eth0' },
  { mode: 'dr', vip: vip.dr, realServer: `${outer.rs1}:80`, link: 'eth0' },
  { mode: 'nat', vip: `[${vip6.nat}]`, realServer: `[${inner6.rs1}]:8080`, link: 'eth1' },
  { mode: 'tun', vip: `[${vip6.tun}]`, realServer: `[${outer6.rs1}]:80`, link: 'eth0' },
  { mode: 'dr', vip: `[${vip6.dr}]`, realServer: `[${outer6.rs1}]:80`, link: 'eth0' },
] as const;

describe('the walk', () => {
  test.each(sites)('under $mode to $vip is what tcpdump sees at each hop', async (site) => {
    const service = `tcp:${site.vip}:80`;
    await done(`add service ${service} --scheduler rr`);
    await done(`add real ${service} ${site.realServer} --forwarding ${site.mode}`);
    const isInet6 = site.vip.startsWith('[');
    const [client, other] = isInet6 ? clients6 : clients;
    // Neighbours are known from the first call on, as in a site at work.
    expect(await curl(site.vip, '--interface', other)).toBe('200');
    const seen = await traffic(async () => expect(await curl(site.vip, '--interface', client)).toBe('200'));
    const walk = JSON.parse(await done(`walk ${service} --json --client ${client}`)) as Walked;
    expect(walk.client).toMatchObject({ origin: 'connection' });
    expect(walk.obstacles).toEqual([]);

    const request = packetsOf(walk.request);
    const response = packetsOf(walk.response);
    const atRealServer: Tap = `rs1 ${site.link}`;

    // What the client sends, and what the director passes on, with their frames.
    const [asked, passedOn] = request;
    if (asked === undefined || passedOn === undefined) throw new Error('the request has two packets here');
    expect(seen['cl eth0']).toContainEqual(expect.objectContaining(framed(asked)));
    expect(seen['dir eth0']).toContainEqual(expect.objectContaining(framed(asked)));
    expect(seen[`dir ${site.link}`]).toContainEqual(expect.objectContaining(framed(passedOn)));
    expect(seen[atRealServer]).toContainEqual(expect.objectContaining(framed(passedOn)));

    // The response, as the real server sends it and as it reaches the client.
    const [answered] = response;
    const arrived = response.at(-1);
    if (answered === undefined || arrived === undefined) throw new Error('there is a response');
    expect(seen[atRealServer]).toContainEqual(expect.objectContaining(headerOf(answered)));
    expect(seen['cl eth0']).toContainEqual(expect.objectContaining(headerOf(arrived)));
    for (const packet of response) {
      const passing = [...seen['dir eth0'], ...seen['dir eth1']].filter(
        ({ source, destination }) =>
          source === headerOf(packet).source && destination === headerOf(packet).destination,
      );
      expect(passing.length > 0).toBe(packet.isSeen);
      if (packet.link === null) continue;
      expect(seen[`dir ${packet.link}` as Tap]).toContainEqual(expect.objectContaining(framed(packet)));
    }
  });

  test('stays on the director where the real server is itself, but for NAT to a loopback address', async () => {
    const service = `tcp:${vip.nat}:80`;
    const server = createServer((_, answer) => answer.end('from the director itself'));
    server.listen(8080, '0.0.0.0');
    await once(server, 'listening');
    try {
      await done(`add service ${service} --scheduler rr`);
      for (const [realServer, status] of [
        ['127.0.0.1:8080', '000'],
        ['10.1.0.10:8080', '200'],
      ] as const) {
        await done(`add real ${service} ${realServer} --forwarding nat`);
        expect(await curl(vip.nat, '--max-time', '2')).toBe(status);
        const walk = JSON.parse(await done(`walk ${service} ${realServer} --json`)) as Walked;
        expect(walk.request.at(-1)).toMatchObject({ kind: 'station', place: 'director' });
        expect(walk.response.length > 0).toBe(status === '200');
        await done(`delete real ${service} ${realServer} --yes`);
      }
    } finally {
      server.close();
    }
  });

  test('is drawn on the screen by W', async () => {
    const service = `tcp:${vip.dr}:80`;
    await done(`add service ${service} --scheduler rr`);
    await done(`add real ${service} ${outer.rs1}:80 --forwarding dr`);
    expect(await curl(vip.dr)).toBe('200');
    const screen = await openLvstop({ args: [], columns: 140, patience: 20_000 });
    try {
      screen.press('W');
      await screen.terminal.waitFor(() => screen.terminal.text().includes('past the director'));
      const text = screen.terminal.text();
      expect(text).toContain(`Packet walk 1 of 1: ${service} by ${outer.rs1}:80 (DR)`);
      expect(text).toContain('is in the connection table now');
      expect(text).toMatch(/frame ([0-9a-f]{2}:){5}[0-9a-f]{2} → ([0-9a-f]{2}:){5}[0-9a-f]{2} {2}eth0/);
    } finally {
      await closeTerminals();
    }
  });

  test('of a client behind a router has the router in it, with its frames', async () => {
    const service = `tcp:${vip.nat}:80`;
    await inNamespace('cl', ['ip', 'address', 'add', '10.77.0.5/32', 'dev', 'lo']);
    await run(['ip', 'route', 'add', '10.77.0.0/24', 'via', '10.0.0.2']);
    try {
      await done(`add service ${service} --scheduler rr`);
      await done(`add real ${service} ${inner.rs1}:8080 --forwarding nat`);
      const seen = await traffic(async () =>
        expect(await curl(vip.nat, '--interface', '10.77.0.5')).toBe('200'),
      );
      const walk = JSON.parse(await done(`walk ${service} --json --client 10.77.0.5`)) as Walked;
      expect(walk.client).toMatchObject({ address: '10.77.0.5', origin: 'connection' });
      const routers = walk.request.filter((step) => step.kind === 'station' && step.place === 'router');
      expect(routers).toEqual([expect.objectContaining({ address: '10.0.0.2' })]);
      for (const packet of [...packetsOf(walk.request), ...packetsOf(walk.response)]) {
        if (packet.link === null) continue;
        expect(seen[`dir ${packet.link}` as Tap]).toContainEqual(expect.objectContaining(framed(packet)));
      }
    } finally {
      await inNamespace('cl', ['ip', 'address', 'delete', '10.77.0.5/32', 'dev', 'lo']);
      await run(['ip', 'route', 'delete', '10.77.0.0/24']);
    }
  });

  test.each([
    ['ipip', outer.rs1, ''],
    ['gre', outer.rs1, ''],
    ['gre', outer.rs1, '--tunnel-checksum yes'],
    ['gue', outer.rs1, '--tunnel-port 6080'],
    ['gue', outer.rs1, '--tunnel-port 6080 --tunnel-checksum yes'],
    ['ipip', outer6.rs1, ''],
    ['gre', outer6.rs1, ''],
    ['gue', outer6.rs1, '--tunnel-port 6080'],
  ])('counts the header that %s to %s puts around a packet %s', async (type, realServer, options) => {
    const service = `tcp:${vip.tun}:80`;
    const name = realServer.includes(':') ? `[${realServer}]:80` : `${realServer}:80`;
    await done(`add service ${service} --scheduler rr`);
    await done(`add real ${service} ${name} --forwarding tun --tunnel ${type} ${options}`.trim());
    await curl(vip.tun, '--max-time', '0.5');
    // The real server need not understand it: what counts is what the director sends.
    const seen = await traffic(
      () => curl(vip.tun, '--max-time', '0.5'),
      'ip proto 4 or ip proto 47 or ip6 proto 4 or ip6 proto 47 or udp port 6080 or tcp port 80',
    );
    const walk = JSON.parse(await done(`walk ${service} --json`)) as Walked;
    const wrapped = packetsOf(walk.request).find((packet) => packet.outer !== null);
    const asked = seen['dir eth0'].find(({ outer: around, flags }) => around === null && flags === 'S');
    const sent = seen['dir eth0'].find(
      ({ destinationMac }) => destinationMac === wrapped?.frame?.destination,
    );
    expect((sent?.length ?? 0) - (asked?.length ?? 0)).toBe(wrapped?.outer?.overhead);
    expect(wrapped?.outer?.room).toBe(1500 - (wrapped?.outer?.overhead ?? 0));
  });
});
