/** Traffic through services that lvstop's own commands set up, in all three modes, and switched from one to the other. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { lvstop, words } from '../cli/harness.ts';
import {
  flush,
  inNamespace,
  inner,
  inner6,
  ipvsadmSave,
  outer,
  outer6,
  startServers,
  vip,
  vip6,
} from './guest.ts';

const director = openKernelDirector();
beforeAll(startServers);
beforeEach(flush);
afterAll(() => director.close());

/** Calls the command line in this process, on the kernel; it must go well. */
async function done(line: string): Promise<string> {
  const { exitCode, out, err } = await lvstop(words(line), { director });
  expect(err.match(/^lvstop: .*/m), line).toBeNull();
  expect(exitCode, line).toBe(0);
  return out;
}

/** What the client gets from the address by curl: the HTTP status, 000 without an answer. */
async function curl(address: string): Promise<string> {
  const command = [
    'curl',
    '-s',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    '--max-time',
    '5',
    `http://${address}/`,
  ];
  return await inNamespace('cl', command).catch(() => '000');
}

const sites = [
  { mode: 'nat', vip: vip.nat, realServers: [`${inner.rs1}:8080`, `${inner.rs2}:8080`] },
  { mode: 'tun', vip: vip.tun, realServers: [outer.rs1, outer.rs2] },
  { mode: 'dr', vip: vip.dr, realServers: [outer.rs1, outer.rs2] },
  { mode: 'nat', vip: `[${vip6.nat}]`, realServers: [`[${inner6.rs1}]:8080`, `[${inner6.rs2}]:8080`] },
  { mode: 'tun', vip: `[${vip6.tun}]`, realServers: [`[${outer6.rs1}]`, `[${outer6.rs2}]`] },
  { mode: 'dr', vip: `[${vip6.dr}]`, realServers: [`[${outer6.rs1}]`, `[${outer6.rs2}]`] },
] as const;

describe('a service that lvstop has set up', () => {
  test.each(sites)('answers curl under $mode at $vip, from each of its real servers', async (site) => {
    const service = `tcp:${site.vip}:80`;
    await done(`add service ${service} --scheduler rr`);
    for (const realServer of site.realServers)
      await done(`add real ${service} ${realServer} --forwarding ${site.mode}`);
    // Round robin: two requests reach both.
    expect(await curl(`${site.vip}:80`)).toBe('200');
    expect(await curl(`${site.vip}:80`)).toBe('200');
    const listed = JSON.parse(await done(`list ${service} --json`)) as {
      services: { realServers: { active: number; inactive: number }[] }[];
    };
    const used = listed.services[0]!.realServers.filter(({ active, inactive }) => active + inactive > 0);
    expect(used).toHaveLength(2);
  });

  test('answers on after each switch from NAT over DR to TUN and back', async () => {
    const service = `tcp:${vip.dr}:80`;
    await done(`add service ${service} --scheduler rr`);
    await done(`add real ${service} ${inner.rs1}:8080 --forwarding nat`);
    expect(await curl(`${vip.dr}:80`)).toBe('200');
    // Another port and another network: the new one first, then the old one goes.
    await done(`add real ${service} ${outer.rs1} --forwarding dr --weight 5`);
    await done(`delete real ${service} ${inner.rs1}:8080 --yes`);
    expect(await curl(`${vip.dr}:80`)).toBe('200');
    await done(`mode ${service} ${outer.rs1}:80 tun --yes`);
    expect(await ipvsadmSave()).toContain('-i -w 5');
    await done(`mode ${service} dr --yes`);
    expect(await ipvsadmSave()).toContain('-g -w 5');
    expect(await curl(`${vip.dr}:80`)).toBe('200');
  });
});
