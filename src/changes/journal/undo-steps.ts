import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import { type Service, sameServiceSettings } from '../../ipvs/service.ts';
import { count, describeRealServer, describeService } from '../describe.ts';
import type { Step } from '../plan.ts';
import { ChangingService, type RealServerState, type ServiceState } from '../table-state.ts';
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
export function undoSteps(effect: ServiceEffect, present: ServiceState | undefined): UndoSteps {
  const { service } = effect;
  if (service !== null && service.before === null) return undoAddition(effect, service, present);
  if (service !== null && service.after === null) return undoDeletion(effect, service, present);
  if (present === undefined) return conflict(`${formatService(effect.identity)} is not there any more`);
  const found = new ChangingService(present);
  return joined([
    ...[...effect.realServers].reverse().map((realServer) => undoRealServer(effect, realServer, found)),
    ...(service === null ? [] : [undoEdit(service, present.service)]),
  ]);
}

/** A service that the change made goes, with the real servers that the change gave it and no others. */
function undoAddition(
  { identity, realServers }: ServiceEffect,
  { after, isSeen }: ObjectEffect<Service>,
  present: ServiceState | undefined,
): UndoSteps {
  if (after === null || present === undefined) return nothing;
  const name = formatService(identity);
  const made = new Map(
    realServers.flatMap((realServer) =>
      realServer.after === null
        ? []
        : [
            [
              formatRealServer(realServer.after.identity),
              { own: realServer.after, isSeen: realServer.isSeen },
            ],
          ],
    ),
  );
  const conflicts: string[] = [];
  if (!sameServiceSettings(present.service, after)) {
    conflicts.push(changedSince(name, describeService(after), describeService(present.service), isSeen));
  }
  const there = new Set<string>();
  for (const { realServer } of present.realServers) {
    const key = formatRealServer(realServer.identity);
    there.add(key);
    const found = made.get(key);
    if (found !== undefined && sameRealServerSettings(found.own, realServer)) continue;
    const own = found === undefined ? missing : describeRealServer(found.own);
    conflicts.push(
      changedSince(`${key} of ${name}`, own, describeRealServer(realServer), found?.isSeen ?? true),
    );
  }
  for (const [key, { own, isSeen: isOwnSeen }] of made) {
    if (there.has(key)) continue;
    conflicts.push(changedSince(`${key} of ${name}`, describeRealServer(own), goneSince, isOwnSeen));
  }
  const amount = present.realServers.length;
  const now = `${describeService(present.service)}, ${count(amount, 'real server')}`;
  const undone = undoing(
    [{ kind: 'delete service', before: present.service, realServers: amount }],
    isSeen && realServers.every((realServer) => realServer.isSeen),
    leftAs(name, now, missing),
  );
  return { ...undone, conflicts };
}

/** A service that the change deleted comes back with all its real servers. */
function undoDeletion(
  { identity, realServers }: ServiceEffect,
  { before, isSeen }: ObjectEffect<Service>,
  present: ServiceState | undefined,
): UndoSteps {
  if (before === null) return nothing;
  const name = formatService(identity);
  const former = realServers.flatMap((realServer) => realServer.before ?? []);
  if (present === undefined) {
    const was = `${describeService(before)}, ${count(former.length, 'real server')}`;
    return undoing(
      [
        { kind: 'add service', after: before },
        ...former.map((after): Step => ({ kind: 'add real server', service: identity, after })),
      ],
      isSeen,
      leftAs(name, missing, was),
    );
  }
  const now = new ChangingService(present);
  const isBack =
    sameServiceSettings(present.service, before) &&
    present.realServers.length === former.length &&
    former.every((own) => isSame(now.find(own.identity), own));
  const found = `${describeService(present.service)}, ${count(present.realServers.length, 'real server')}`;
  return isBack ? nothing : conflict(changedSince(name, missing, found, isSeen));
}

function undoEdit({ before, after, isSeen }: ObjectEffect<Service>, present: Service): UndoSteps {
  if (before === null || after === null || sameServiceSettings(present, before)) return nothing;
  const name = formatService(present.identity);
  const now = describeService(present);
  return sameServiceSettings(present, after)
    ? undoing(
        [{ kind: 'set service', before: present, after: before }],
        isSeen,
        leftAs(name, now, describeService(before)),
      )
    : conflict(changedSince(name, describeService(after), now, isSeen));
}

function undoRealServer(
  { identity: service }: ServiceEffect,
  { before, after, isSeen }: ObjectEffect<RealServer>,
  state: ChangingService,
): UndoSteps {
  const identity = (before ?? after)?.identity;
  if (identity === undefined) return nothing;
  const present = state.find(identity);
  if (isSame(present, before)) return nothing;
  const name = `${formatRealServer(identity)} of ${formatService(service)}`;
  const words = (realServer: RealServer | null | undefined, gone: string) =>
    realServer ? describeRealServer(realServer) : gone;
  if (!isSame(present, after)) {
    return conflict(changedSince(name, words(after, missing), words(present?.realServer, goneSince), isSeen));
  }
  const clause = leftAs(name, words(present?.realServer, missing), words(before, missing));
  if (before === null)
    return present === undefined ? nothing : undoing([deletion(service, present)], isSeen, clause);
  return undoing(
    [
      present === undefined
        ? { kind: 'add real server', service, after: before }
        : { kind: 'set real server', service, before: present.realServer, after: before },
    ],
    isSeen,
    clause,
  );
}

function deletion(service: ServiceIdentity, { realServer, active, inactive }: RealServerState): Step {
  return {
    kind: 'delete real server',
    service,
    before: realServer,
    connections: { active, inactive },
  };
}

function isSame(present: RealServerState | undefined, wanted: RealServer | null): boolean {
  if (present === undefined || wanted === null) return present === undefined && wanted === null;
  return sameRealServerSettings(present.realServer, wanted);
}

const missing = 'not there';
const goneSince = 'not there any more';

function changedSince(name: string, made: string, now: string, isSeen: boolean): string {
  return isSeen
    ? `${name} was changed since: this change left it ${made}, and it is ${now}`
    : `${name} was to be ${made} by this change, and it is ${now}`;
}

/** A clause of `unseen`. */
export function leftAs(name: string, now: string, was: string): string {
  return `${name} is ${now}, and undoing makes it ${was}`;
}

/** Nothing to be done, and nothing against it. */
export const nothing: UndoSteps = { steps: [], conflicts: [], unseen: [] };

/** Steps that undo what was seen done, or, by that clause, what was not. */
export function undoing(steps: readonly Step[], isSeen: boolean, clause: string): UndoSteps {
  return { steps, conflicts: [], unseen: isSeen ? [] : [clause] };
}

/** What speaks against undoing. */
export function conflict(clause: string): UndoSteps {
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
