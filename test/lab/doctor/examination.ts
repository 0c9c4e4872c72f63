/**
 * A fault is provoked on the lab's site, seen to fail the traffic, found by the doctor, and gone after what the doctor
 * said was done: what the tests of its checks share.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { askHolders } from '../../../src/doctor/evidence/ask-holders.ts';
import { gather } from '../../../src/doctor/evidence/gather.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { checks } from '../../../src/doctor/rounds/checks.ts';
import { examine } from '../../../src/doctor/rounds/examine.ts';
import { createMachineSampler } from '../../../src/host/machine/kernel-machine.ts';
import { createKernelNetwork } from '../../../src/host/network/kernel-network.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import { isWholeView } from '../../../src/sampling/view.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { until } from '../../until.ts';
import { inNamespace, ipvsadmRestore, type Machine, run } from '../guest.ts';
import type { Call } from '../site/caller.ts';
import { bystanders, isOfBystander } from './bystanders.ts';

const director = openKernelDirector();
const network = createKernelNetwork();
const machine = createMachineSampler();

/** How the doctor is to look. */
export interface Looking {
  readonly probe?: boolean;
  readonly sinceBoot?: boolean;
  /** What was advised a minute ago, see `advisedSettings`. */
  readonly advised?: readonly string[];
}

/**
 * What the doctor finds of all but the bystanders; that nothing is saved is another matter, and so is what the kernel has counted since boot, by
 * cases before for one, unless it is asked for.
 */
export async function findings({
  probe = false,
  sinceBoot = false,
  advised = [],
}: Looking = {}): Promise<Finding[]> {
  const view = await createSampler({ director, interval: 1 }).refresh();
  if (!isWholeView(view)) throw new Error('the director is not read as root');
  const { evidence, unseen } = await gather(
    {
      director,
      network,
      machine,
      patience: 500,
      saved: () => ({ kind: 'unknown' }),
      setUps: () => new Map(advised.map((key) => [key, Date.now() - 60_000])),
      ...(probe && { holders: askHolders }),
    },
    view.services,
  );
  expect(unseen).toEqual([]);
  const found = allAtOnce(examine(evidence, checks));
  return found.filter(
    (finding) => (sinceBoot || finding.check !== 'tunnel-black-hole') && !isOfBystander(finding),
  );
}

/** Runs a line of a shell on a machine of the site. */
export async function shell(on: Machine, line: string): Promise<string> {
  return on === 'dir' ? await run(['bash', '-c', line]) : await inNamespace(on, ['bash', '-c', line]);
}

/** Commands that were run for findings, each as it was printed. */
const ran: string[] = [];

/** Holds that each of these commands was run by a case of this file. */
export function expectRun(commands: readonly RegExp[]): void {
  for (const command of commands)
    expect(ran, `a command like ${command}`).toContainEqual(expect.stringMatching(command));
}

/**
 * Runs the commands of findings, each on the machine that it is for. After none of them may a bystander that was answered
 * before it be answered less, but where `price` says that the findings tell of it.
 */
export async function mend(
  found: readonly Finding[],
  { price = false }: { readonly price?: boolean } = {},
): Promise<void> {
  const commands = found.flatMap(({ mend: remedies }) => remedies).filter(({ kind }) => kind === 'command');
  let before = await answeredBystanders(bystanders, faultyPatience);
  let lostAny = false;
  for (const { on, text } of commands) {
    ran.push(text);
    if (on === 'director') await shell('dir', text);
    else await run(['ssh', `root@${on}`, 'bash', '-c', text]);
    const served = bystanders.filter((address) => (before.get(address) ?? 0) > 0);
    const after = await answeredBystanders(served, price ? faultyPatience : healthyPatience);
    const lost = served.filter((address) => (after.get(address) ?? 0) < (before.get(address) ?? 0));
    lostAny ||= lost.length > 0;
    if (!price) expect(lost, `bystanders that "${text}" cost their answers`).toEqual([]);
    before = new Map([...before, ...after]);
  }
  if (price) expect(lostAny, 'the commands cost bystanders their answers').toBe(true);
}

/** How many of two requests are answered: one of each real server. */
async function answeredBystanders(
  addresses: readonly string[],
  patience: number,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const address of addresses)
    counts.set(address, await answered(address, { count: bystanderCalls, patience }));
  return counts;
}

const bystanderCalls = 2;

/** Milliseconds that a client waits in health: a busy machine may lose a packet, and TCP sends it again. */
const healthyPatience = 20_000;
/** And where requests are to fail, since those that do take all of it. */
export const faultyPatience = 1500;

/** How the client calls. */
export interface Calling {
  /** Requests at once; ten when not given. */
  readonly count?: number;
  /** The client's address; its first one when not given. */
  readonly source?: string;
  /** Sends more than a packet holds, in whole ones but for a small last one. */
  readonly isLarge?: boolean;
  /** Milliseconds after which a request counts as failed; the patience of health when not given. */
  readonly patience?: number;
}

let caller: ReturnType<typeof startCaller> | undefined;

function startCaller() {
  const program = join(import.meta.dirname, '../site/caller.ts');
  const child = spawn('ip', ['netns', 'exec', 'cl', process.execPath, program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async call(call: Call): Promise<string[]> {
      child.stdin.write(`${JSON.stringify(call)}\n`);
      return JSON.parse((await lines.next()).value ?? '[]') as string[];
    },
    end: () => child.stdin.end(),
  };
}

/** Lets the client go; every file that has it call ends with that. */
export function endCalls(): void {
  caller?.end();
  caller = undefined;
}

/** The client calls an address at port 80: the name of the real server that answered for each request, `-` for none. */
export async function answers(host: string, calling: Calling = {}): Promise<string[]> {
  const { count = 10, source, isLarge = false, patience = healthyPatience } = calling;
  caller ??= startCaller();
  return await caller.call({
    host,
    count,
    bytes: isLarge ? 6000 : 0,
    patience,
    ...(source !== undefined && { source }),
  });
}

/** How many requests were answered. */
export async function answered(address: string, calling: Calling = {}): Promise<number> {
  return (await answers(address, calling)).filter((answer) => answer !== '-').length;
}

/** A fault, from the table that it is in to what the doctor says of it. */
export interface Fault {
  /** In `ipvsadm -S`'s format; `VIP` and `VIP6` stand for virtual addresses that were never used before. */
  readonly table: string;
  readonly provoke: (address: string) => Promise<unknown>;
  /** How many requests are answered while the fault is there, of ten or those of the call. */
  readonly answered: number | 'some';
  readonly call?: Calling;
  /** `severity check`, once for each finding. */
  readonly found: readonly string[];
  /** What is still found after the mending, since it may be meant so. */
  readonly left?: readonly string[];
  readonly probe?: boolean;
  /** What the site needs beyond its table to be well. */
  readonly prepare?: (address: string) => Promise<unknown>;
  /** What the doctor only gives as advice, done before its commands are run. */
  readonly heed?: (address: string) => Promise<unknown>;
  /** Does the site good after the commands were run, where they left something that other tests stumble over. */
  readonly tidy?: (address: string) => Promise<unknown>;
}

let vipNumber = 110;

/** A virtual address of both families that no connection remembers: on the director, and unseen on each real server. */
export async function freshVips(): Promise<{ readonly inet: string; readonly inet6: string }> {
  const number = vipNumber++;
  const [inet, inet6] = [`10.0.0.${number}`, `fd00::${number}`];
  const lines = [
    `ip address add ${inet}/32 dev eth0; ip address add ${inet6}/128 dev eth0 nodad preferred_lft 0`,
    ...['rs1', 'rs2', 'rs3'].map(
      (server) =>
        `ip -n ${server} address add ${inet}/32 dev lo; ip -n ${server} address add ${inet6}/128 dev lo nodad`,
    ),
  ];
  await shell('dir', lines.join('\n'));
  return { inet, inet6 };
}

/** Goes through a fault from health to health, and tells on the console what the traffic did. */
export async function examineFault(title: string, fault: Fault): Promise<Finding[]> {
  const vips = await freshVips();
  const address = fault.table.includes('VIP6') ? vips.inet6 : vips.inet;
  const { call = {}, probe = false } = fault;
  await ipvsadmRestore(fault.table.replaceAll('VIP6', `[${vips.inet6}]`).replaceAll('VIP', vips.inet));
  const whole = call.count ?? 10;
  await fault.prepare?.(address);
  expect(await answered(address, call), 'requests before').toBe(whole);
  expect(summary(await findings({ probe })), 'findings before').toEqual([]);
  try {
    await fault.provoke(address);
    const patience = fault.answered === whole ? healthyPatience : faultyPatience;
    const during = await answered(address, { ...call, patience });
    const found = await findingsOnceThere(fault.found, { probe });
    if (fault.answered === 'some') {
      expect(during, 'requests with the fault').toBeGreaterThan(0);
      expect(during, 'requests with the fault').toBeLessThan(whole);
    } else expect(during, 'requests with the fault').toBe(fault.answered);

    await fault.heed?.(address);
    await mend(found);
    const after = await answered(address, call);
    expect(after, 'requests after').toBe(whole);
    expect(summary(await findings({ probe })), 'findings after').toEqual(fault.left ?? []);
    console.log(`${title}: of ${whole} requests ${during} answered, ${after} after`);
    return found;
  } finally {
    await fault.tidy?.(address);
  }
}

/**
 * What the doctor finds as soon as it is what a fault shall show: some faults are seen only when a client has waited for
 * seconds, or the kernel has moved its counters. The findings seen last are held against the others when it never is.
 */
export async function findingsOnceThere(expected: readonly string[], options?: Looking): Promise<Finding[]> {
  let found: Finding[] = [];
  const isThere = async () => {
    found = await findings(options);
    return isDeepStrictEqual(summary(found), expected);
  };
  await until('the findings', isThere, 60_000).catch(() => undefined);
  expect(summary(found), 'findings').toEqual(expected);
  return found;
}

/** `severity check` of each. */
export function summary(found: readonly Finding[]): string[] {
  return found.map(({ severity, check }) => `${severity} ${check}`);
}
