import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import { count } from '../steps/describe.ts';
import { type ObjectKind, type Picture, realServerKind, serviceKind, type Thing } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { realServerStep, serviceAdditions } from '../steps/step-kinds.ts';
import type { ObjectEffect, ServiceEffect } from './net-effect.ts';

/** What it takes to undo an effect on a service, or what speaks against it. */
export interface UndoSteps {
  readonly steps: readonly Step[];
  /** Clauses that name an object, what the change made of it, and what it is now. */
  readonly conflicts: readonly string[];
  /**
   * Clauses about objects that are as the change would have left them, and which nobody has seen it do: what they are
   * now, and what undoing makes of them.
   */
  readonly unseen: readonly string[];
}

/**
 * The steps that make of a service, as it is now, what it was before a change. What is so already needs none;
 * what is neither as before nor as the change left it was changed by another hand, and is a conflict.
 */
export function undoSteps(effect: ServiceEffect, present: Picture): UndoSteps {
  const { identity, service, realServers } = effect;
  if (service !== null && service.before === null) return undoAddition(effect, service, present);
  if (service !== null && service.after === null) return undoDeletion(effect, service, present);
  const now = present.service;
  if (now === undefined) return conflict(`${formatService(identity)} is not there any more`);
  return joined([
    ...[...realServers].reverse().map((realServer) => undoRealServer(effect, realServer, present)),
    ...(service === null
      ? []
      : [
          undoObject(service, serviceKind, now, serviceWords(formatService(identity)), (before) =>
            before === null ? [] : [{ kind: 'set service', before: now, after: before }],
          ),
        ]),
  ]);
}

/** A service that the change made goes, with the real servers that the change gave it and no others. */
function undoAddition(
  { identity, realServers }: ServiceEffect,
  { after, isSeen }: ObjectEffect<Service>,
  present: Picture,
): UndoSteps {
  const now = present.service;
  if (after === null || now === undefined) return nothing;
  const name = formatService(identity);
  const made = new Map(
    realServers.flatMap((effect) =>
      effect.after === null ? [] : [[formatRealServer(effect.after.identity), effect] as const],
    ),
  );
  const conflicts: string[] = [];
  if (!serviceKind.isSame(now, after)) {
    conflicts.push(
      changedSince(serviceWords(name), serviceKind.words(after), serviceKind.words(now), isSeen),
    );
  }
  // Others that are there, and then its own that are not.
  for (const key of new Set([...present.realServers.keys(), ...made.keys()])) {
    const own = made.get(key);
    const found = present.realServers.get(key)?.realServer;
    if (isAs(found, own?.after ?? null, realServerKind)) continue;
    const words = serviceWords(`${key} of ${name}`);
    conflicts.push(
      changedSince(
        words,
        own?.after ? realServerKind.words(own.after) : missing,
        found === undefined ? words.gone : realServerKind.words(found),
        own?.isSeen ?? true,
      ),
    );
  }
  const undone = undoing(
    [
      {
        kind: 'delete service',
        before: now,
        realServers: present.realServers
          .values()
          .map((row) => row.realServer)
          .toArray(),
      },
    ],
    isSeen && realServers.every((realServer) => realServer.isSeen),
    leftAs(name, wholeService(now, present.realServers.size), missing),
  );
  return { ...undone, conflicts };
}

/** A service that the change deleted comes back with all its real servers. */
function undoDeletion(
  { identity, realServers }: ServiceEffect,
  { before, isSeen }: ObjectEffect<Service>,
  present: Picture,
): UndoSteps {
  if (before === null) return nothing;
  const name = formatService(identity);
  const former = realServers.flatMap((realServer) => realServer.before ?? []);
  const now = present.service;
  if (now === undefined) {
    return undoing(
      serviceAdditions(before, former),
      isSeen,
      leftAs(name, missing, wholeService(before, former.length)),
    );
  }
  const isBack =
    serviceKind.isSame(now, before) &&
    present.realServers.size === former.length &&
    former.every((own) => isAs(realServerKind.find(present, own), own, realServerKind));
  const found = wholeService(now, present.realServers.size);
  return isBack ? nothing : conflict(changedSince(serviceWords(name), missing, found, isSeen));
}

function wholeService(service: Service, realServers: number): string {
  return `${serviceKind.words(service)}, ${count(realServers, 'real server')}`;
}

function undoRealServer(
  { identity: service }: ServiceEffect,
  effect: ObjectEffect<RealServer>,
  present: Picture,
): UndoSteps {
  const identity = (effect.before ?? effect.after)?.identity;
  if (identity === undefined) return nothing;
  const key = formatRealServer(identity);
  const row = present.realServers.get(key) ?? null;
  const words = serviceWords(`${key} of ${formatService(service)}`);
  return undoObject(effect, realServerKind, row?.realServer, words, (before) =>
    realServerStep(service, row, before),
  );
}

/** How an object is told of. */
export interface ObjectWords {
  readonly name: string;
  readonly was: 'was' | 'were';
  /** Where it was never there, and where it is not any more. */
  readonly missing: string;
  readonly gone: string;
}

const missing = 'not there';

function serviceWords(name: string): ObjectWords {
  return { name, was: 'was', missing, gone: 'not there any more' };
}

/** The steps that make of an object that is there `now` what it was before; `stepsTo` makes them. */
export function undoObject<Of extends Thing>(
  { before, after, isSeen }: ObjectEffect<Of>,
  kind: ObjectKind<Of>,
  now: Of | undefined,
  words: ObjectWords,
  stepsTo: (before: Of | null) => readonly Step[],
): UndoSteps {
  if (isAs(now, before, kind)) return nothing;
  const text = (thing: Of | null | undefined, otherwise: string) => (thing ? kind.words(thing) : otherwise);
  if (!isAs(now, after, kind)) {
    return conflict(changedSince(words, text(after, words.missing), text(now, words.gone), isSeen));
  }
  const clause = leftAs(words.name, text(now, words.missing), text(before, words.missing), words.was);
  return undoing(stepsTo(before), isSeen, clause);
}

function isAs<Of extends Thing>(now: Of | undefined, wanted: Of | null, kind: ObjectKind<Of>): boolean {
  return now === undefined || wanted === null
    ? now === undefined && wanted === null
    : kind.isSame(now, wanted);
}

function changedSince({ name, was }: ObjectWords, made: string, now: string, isSeen: boolean): string {
  const [it, is] = was === 'were' ? ['them', 'they are'] : ['it', 'it is'];
  return isSeen
    ? `${name} ${was} changed since: this change left ${it} ${made}, and ${is} ${now}`
    : `${name} ${was} to be ${made} by this change, and ${is} ${now}`;
}

/** A clause of `unseen`. */
function leftAs(name: string, now: string, former: string, was: ObjectWords['was'] = 'was'): string {
  return was === 'were'
    ? `${name} are ${now}, and undoing makes them ${former}`
    : `${name} is ${now}, and undoing makes it ${former}`;
}

/** Nothing to be done, and nothing against it. */
export const nothing: UndoSteps = { steps: [], conflicts: [], unseen: [] };

/** Steps that undo what was seen done, or, by that clause, what was not. */
function undoing(steps: readonly Step[], isSeen: boolean, clause: string): UndoSteps {
  return { steps, conflicts: [], unseen: isSeen ? [] : [clause] };
}

/** What speaks against undoing. */
function conflict(clause: string): UndoSteps {
  return { ...nothing, conflicts: [clause] };
}

/** All of them, in their order. */
export function joined(parts: readonly UndoSteps[]): UndoSteps {
  return {
    steps: parts.flatMap((part) => part.steps),
    conflicts: parts.flatMap((part) => part.conflicts),
    unseen: parts.flatMap((part) => part.unseen),
  };
}
