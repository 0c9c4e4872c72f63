import { formatService } from '../../ipvs/identity.ts';
import type { Service } from '../../ipvs/service.ts';
import { count } from '../steps/describe.ts';
import {
  type ObjectKind,
  type Picture,
  realServerKind,
  realServersIn,
  serviceKind,
  type Thing,
} from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { realServerStep, serviceAdditions } from '../steps/step-kinds.ts';
import type { ObjectEffect, ServiceEffect } from './net-effect.ts';

/** Collects the steps that undo an effect, or what speaks against it. */
export class Undoing {
  readonly steps: Step[] = [];
  /** Clauses, each with an object, what the change made of it, and what it is now. */
  readonly conflicts: string[] = [];
  /**
   * Clauses about objects that are as the change would have left them, but that lvstop did not see it change: what
   * they are now, and what undoing makes of them.
   */
  readonly unseen: string[] = [];

  /** Adds the steps that restore an object; none where it is restored already. */
  undo<Of extends Thing>(
    { before, after, isSeen }: ObjectEffect<Of>,
    kind: ObjectKind<Of>,
    now: Of | undefined,
    words: ObjectWords,
    stepsTo: (before: Of | null) => readonly Step[],
  ): void {
    if (isAs(now, before, kind)) return;
    const text = (thing: Of | null | undefined, otherwise: string) => (thing ? kind.words(thing) : otherwise);
    if (isAs(now, after, kind)) {
      this.take(stepsTo(before), isSeen, words, text(now, words.missing), text(before, words.missing));
    } else {
      this.refuse(words, text(after, words.missing), text(now, words.gone), isSeen);
    }
  }

  /** Adds steps. If what they undo was not seen done, also notes what is there `now` and what it was. */
  take(
    steps: readonly Step[],
    isSeen: boolean,
    { name, plural }: ObjectWords,
    now: string,
    was: string,
  ): void {
    for (const step of steps) this.steps.push(step);
    if (isSeen) return;
    this.unseen.push(
      plural === true
        ? `${name} are ${now}, and undoing makes them ${was}`
        : `${name} is ${now}, and undoing makes it ${was}`,
    );
  }

  /** Notes a conflict: somebody else has changed the object. */
  refuse({ name, plural, left }: ObjectWords, made: string, now: string, isSeen: boolean): void {
    const was = plural === true ? 'were' : 'was';
    this.conflicts.push(
      isSeen
        ? `${name} ${was} changed since: this change ${left} ${made}, and it is ${now}`
        : `${name} ${was} to be ${made} by this change, and it is ${now}`,
    );
  }
}

/** The words to speak of an object with. */
export interface ObjectWords {
  readonly name: string;
  readonly plural?: true;
  /** The verb that precedes what the change made of it. */
  readonly left: 'left it' | 'left';
  /** `missing`: words for an object that does not exist; `gone`: for one that does not exist any more. */
  readonly missing: string;
  readonly gone: string;
}

const missing = 'not there';
const gone = 'not there any more';
const ofTable = { left: 'left it', missing, gone } as const;

/**
 * The steps that restore a service from its present state to that before a change. What is restored already needs
 * none; what is neither as before nor as the change left it was changed by somebody else, and is a conflict.
 */
export function undoSteps(effect: ServiceEffect, present: Picture): Undoing {
  const { identity, service, realServers } = effect;
  const undoing = new Undoing();
  const words = { name: formatService(identity), ...ofTable };
  const now = present.service;
  if (service !== null && service.before === null) undoAddition(undoing, effect, service, present);
  else if (service !== null && service.after === null) undoDeletion(undoing, effect, service, present);
  else if (now === undefined) undoing.conflicts.push(`${words.name} is not there any more`);
  else {
    for (const [key, own] of [...realServers].reverse()) {
      const row = present.realServers.get(key) ?? null;
      const name = `${key} of ${words.name}`;
      undoing.undo(own, realServerKind, row?.realServer, { ...words, name }, (before) =>
        realServerStep(identity, row, before),
      );
    }
    if (service !== null) {
      undoing.undo(service, serviceKind, now, words, (before) =>
        before === null ? [] : [{ kind: 'set service', before: now, after: before }],
      );
    }
  }
  return undoing;
}

/** Deletes a service that the change added, but only with the real servers that the change gave it and no others. */
function undoAddition(
  undoing: Undoing,
  { identity, realServers }: ServiceEffect,
  { after, isSeen }: ObjectEffect<Service>,
  present: Picture,
): void {
  const now = present.service;
  if (after === null || now === undefined) return;
  const words = { name: formatService(identity), ...ofTable };
  if (!serviceKind.isSame(now, after)) {
    undoing.refuse(words, serviceKind.words(after), serviceKind.words(now), isSeen);
  }
  // First all that exist, then those the change added that do not.
  for (const key of new Set([...present.realServers.keys(), ...realServers.keys()])) {
    const own = realServers.get(key);
    const found = present.realServers.get(key)?.realServer;
    if (isAs(found, own?.after ?? null, realServerKind)) continue;
    undoing.refuse(
      { ...words, name: `${key} of ${words.name}` },
      own?.after ? realServerKind.words(own.after) : missing,
      found === undefined ? gone : realServerKind.words(found),
      own?.isSeen ?? true,
    );
  }
  undoing.take(
    [{ kind: 'delete service', before: now, realServers: realServersIn(present) }],
    isSeen && realServers.values().every((realServer) => realServer.isSeen),
    words,
    wholeService(now, present.realServers.size),
    missing,
  );
}

/** Restores a service that the change deleted, with all its real servers. */
function undoDeletion(
  undoing: Undoing,
  { identity, realServers }: ServiceEffect,
  { before, isSeen }: ObjectEffect<Service>,
  present: Picture,
): void {
  if (before === null) return;
  const words = { name: formatService(identity), ...ofTable };
  const former = [...realServers.values()].flatMap((realServer) => realServer.before ?? []);
  const now = present.service;
  const { size } = present.realServers;
  if (now === undefined) {
    const was = wholeService(before, former.length);
    undoing.take(serviceAdditions(before, former), isSeen, words, missing, was);
    return;
  }
  const isBack =
    serviceKind.isSame(now, before) &&
    size === former.length &&
    former.every((own) => isAs(realServerKind.find(present, own), own, realServerKind));
  if (!isBack) undoing.refuse(words, missing, wholeService(now, size), isSeen);
}

function wholeService(service: Service, realServers: number): string {
  return `${serviceKind.words(service)}, ${count(realServers, 'real server')}`;
}

function isAs<Of extends Thing>(now: Of | undefined, wanted: Of | null, kind: ObjectKind<Of>): boolean {
  return now === undefined || wanted === null
    ? now === undefined && wanted === null
    : kind.isSame(now, wanted);
}
