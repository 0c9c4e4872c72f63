import { isAbsolute } from 'node:path';
import type { Intention } from '../../changes/plan/intention.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import { findRealServer } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { healthChecks, wordOf } from '../../formats/keepalived/checks.ts';
import {
  type FileCheck,
  fileChecks,
  vrrpTracking,
  withTrackedNumber,
} from '../../formats/keepalived/file-checks.ts';
import { hunksBetween } from '../../formats/settings/line-edits.ts';
import { sameRealServer, sameService } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import { readPlainFile } from '../../system/plain-file.ts';
import { reasonOf } from '../../system/system-error.ts';
import type { Work } from '../../system/turns.ts';
import { linesOf } from '../file-lines.ts';
import type { ManagedConfiguration } from '../managed-configuration.ts';
import { nameOf } from './edit-checks.ts';
import { refusal } from './edit-refusal.ts';
import type { LastingPlan } from './lasting-plan.ts';
import { type Effect, longestFile, numberFor, otherWays, type Row, weightBy } from './tracked-weight.ts';

/** An intention that a `track_file` can carry out: another weight and nothing else. */
type WeightIntention = Extract<Intention, { readonly kind: 'edit real server' }>;

/** Whether an edit is one of weights of real servers that have a `FILE_CHECK` each. */
export function isTrackable(managed: ManagedConfiguration, intentions: readonly Intention[]): boolean {
  return (
    intentions.length > 0 &&
    intentions.every((intention) => {
      const found = isOfWeight(intention) ? rowOf(managed, intention) : undefined;
      return (
        found !== undefined && fileChecks(managed.reading.outline, found.realServer.statement).length > 0
      );
    })
  );
}

/**
 * Plans to set weights by the file of their `FILE_CHECK`, which keepalived follows without a reload; `undefined` where
 * the file says it already. Throws an input `IpvsError` where the file cannot make these weights, or would change what
 * is not meant.
 */
export function* planTracked(
  director: Director,
  managed: ManagedConfiguration,
  intentions: readonly Intention[],
): Work<LastingPlan | undefined> {
  const wanted = intentions.map((intention) => {
    const found = isOfWeight(intention) ? rowOf(managed, intention) : undefined;
    if (found === undefined || !isOfWeight(intention))
      throw refusal(
        intention.kind,
        'only the weight of a real server that keepalived has goes by a track_file',
      );
    return { ...found, weight: intention.change.weight ?? 0 };
  });
  const [first] = wanted;
  if (first === undefined) return undefined;
  const name = nameOf(first.service.identity, first.realServer.identity);
  const [check] = fileChecks(managed.reading.outline, first.realServer.statement);
  if (check === undefined) throw refusal(name, 'it has no FILE_CHECK of a track_file', otherWays);
  const before = read(check.path, name);
  const text = before.toString('latin1');
  if (healthChecks(first.realServer.statement).some(({ moves }) => moves === 'misc_dynamic'))
    throw refusal(name, 'a MISC_CHECK with misc_dynamic moves its weight, too', otherWays);
  const number = numberFor(managed, first, check, name);
  const effect: Effect = { path: check.path, number };
  yield* requireOnly(managed, wanted, effect);
  const after = Buffer.from(withTrackedNumber(text, number), 'latin1');
  if (after.equals(before)) return undefined;
  const inTable = intentions.filter(
    (intention) =>
      isOfWeight(intention) &&
      findRealServer(director, intention.service, intention.realServer) !== undefined,
  );
  const held = wanted.filter(
    ({ service, realServer }) =>
      findRealServer(director, service.identity, realServer.identity) === undefined,
  );
  return {
    managed,
    way: 'track_file',
    edit: { path: check.path, before, after, hunks: hunksBetween(linesOf(before), linesOf(after)) },
    plan: yield* makePlan(director, inTable),
    remaining: () => makePlan(director, inTable),
    warnings: [
      ...(isOverwritten(managed, check)
        ? [
            `keepalived writes another number into ${visible(check.path)} when it starts (init_file … overwrite)`,
          ]
        : []),
      ...held.map(
        ({ service, realServer }) =>
          `${nameOf(service.identity, realServer.identity)} is not in the table now, and gets the weight when it comes back`,
      ),
    ],
    isTemplate: false,
  };
}

function isOfWeight(intention: Intention): intention is WeightIntention {
  return intention.kind === 'edit real server' && Object.keys(intention.change).join() === 'weight';
}

function rowOf({ reading: { outline } }: ManagedConfiguration, intention: WeightIntention): Row | undefined {
  const service = outline.services.find(({ identity }) => sameService(identity, intention.service));
  const realServer = service?.realServers.find(({ identity }) =>
    sameRealServer(identity, intention.realServer),
  );
  return service && realServer && { service, realServer };
}

function read(path: string, name: string): Buffer {
  if (!isAbsolute(path))
    throw refusal(name, `its track_file ${visible(path)} is not named from the root on`, otherWays);
  try {
    return readPlainFile(path, { longest: longestFile });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw refusal(
      name,
      `its track_file ${visible(path)} cannot be read: ${reasonOf(error)}`,
      `write 0 into it, which changes nothing, and try again; or ${otherWays}`,
    );
  }
}

function isOverwritten({ reading: { outline } }: ManagedConfiguration, { name }: FileCheck): boolean {
  const file = outline.trackFiles.find(({ words }) => words[1] === name);
  return file !== undefined && wordOf(file, 'init_file')?.words.includes('overwrite') === true;
}

/** Requires that a number makes the wanted weights, and changes nothing else that goes by the same file. */
function* requireOnly(
  managed: ManagedConfiguration,
  wanted: readonly (Row & { readonly weight: number })[],
  effect: Effect,
): Work<void> {
  const { outline } = managed.reading;
  const others: string[] = [];
  for (const service of outline.services) {
    for (const realServer of service.realServers) {
      const checks = fileChecks(outline, realServer.statement);
      const meant = wanted.find((each) => each.service === service && each.realServer === realServer);
      const name = nameOf(service.identity, realServer.identity);
      const is = weightBy(managed, realServer, effect);
      // A failed check leaves it at weight 0, or `numberFor` has refused.
      if (meant !== undefined && (is ?? 0) !== meant.weight)
        throw refusal(
          name,
          `the number that the others need would give it weight ${is ?? 'none'}`,
          'set one after the other',
        );
      if (meant === undefined && checks.some(({ path }) => path === effect.path)) {
        if (is !== weightBy(managed, realServer, null)) others.push(name);
      }
    }
    yield service.realServers.length + 1;
  }
  const names = new Set(
    outline.trackFiles.flatMap(({ words, block }) =>
      block?.some(({ words: [word, path] }) => word === 'file' && path === effect.path)
        ? (words[1] ?? [])
        : [],
    ),
  );
  const tracking = [...names].flatMap((each) => vrrpTracking(outline, each));
  if (others.length + tracking.length === 0) return;
  throw refusal(
    visible(effect.path),
    `${[...others, ...tracking].slice(0, 4).map(visible).join(', ')} ${others.length + tracking.length === 1 ? 'goes' : 'go'} by the same file, and would change with it`,
    others.length > 0 && tracking.length === 0
      ? 'tag all of them and edit them together, or make it lasting in the configuration'
      : otherWays,
  );
}

/** What a tracked file of a configuration holds now; `undefined` where none of its `track_file`s names it. */
export function trackedFile(
  { reading: { outline } }: ManagedConfiguration,
  path: string,
): Buffer | undefined {
  const isTracked = outline.trackFiles.some(({ block }) =>
    block?.some(({ words: [word, file] }) => word === 'file' && file === path),
  );
  if (!isTracked) return undefined;
  try {
    return readPlainFile(path, { longest: longestFile });
  } catch {
    return undefined;
  }
}
