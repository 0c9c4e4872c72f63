import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import { type Service, sameServiceSettings } from '../../ipvs/service.ts';
import { count, describeRealServer, describeService } from '../describe.ts';
import type { Step } from '../plan.ts';
import { findIn, type RealServerState, type ServiceState } from '../table-state.ts';
import type { ObjectEffect, ServiceEffect } from './net-effect.ts';

/** What it takes to undo an effect on a service, or what speaks against it. */
export interface UndoSteps {
  readonly steps: readonly Step[];
  /** Clauses that name an object, what the change made of it, and what it is now. */
  readonly conflicts: readonly string[];
}

/**
 * The steps that make of a service, as it is now, what it was before a change. What is so already needs none;
 * what is neither as before nor as the change left it was changed by another hand, and is a conflict.
 */
export function undoSteps(effect: ServiceEffect, present: ServiceState | undefined): UndoSteps {
  const { service } = effect;
  if (service !== null && service.before === null) return undoAddition(effect, service.after, present);
  if (service !== null && service.after === null) return undoDeletion(effect, service.before, present);
  if (present === undefined) return conflict(`${formatService(effect.identity)} is not there any more`);
  return joined([
    ...[...effect.realServers].reverse().map((realServer) => undoRealServer(effect, realServer, present)),
    ...(service === null ? [] : [undoEdit(service, present.service)]),
  ]);
}

/** A service that the change made goes, with the real servers that the change gave it and no others. */
function undoAddition(
  { identity, realServers }: ServiceEffect,
  after: Service | null,
  present: ServiceState | undefined,
): UndoSteps {
  if (after === null || present === undefined) return nothing;
  const name = formatService(identity);
  const made = realServers.flatMap((realServer) => realServer.after ?? []);
  const strangers = present.realServers.filter(
    ({ realServer }) => !made.some((own) => sameRealServerSettings(own, realServer)),
  );
  return joined([
    sameServiceSettings(present.service, after)
      ? nothing
      : conflict(changedSince(name, describeService(after), describeService(present.service))),
    ...strangers.map(({ realServer }) => {
      const key = formatRealServer(realServer.identity);
      const own = made.find((candidate) => formatRealServer(candidate.identity) === key);
      return conflict(
        changedSince(
          `${key} of ${name}`,
          own === undefined ? 'not there' : describeRealServer(own),
          describeRealServer(realServer),
        ),
      );
    }),
    ...made
      .filter(({ identity: realServer }) => findIn(present, realServer) === undefined)
      .map((own) =>
        conflict(
          changedSince(
            `${formatRealServer(own.identity)} of ${name}`,
            describeRealServer(own),
            'not there any more',
          ),
        ),
      ),
    steps({ kind: 'delete service', before: present.service, realServers: present.realServers.length }),
  ]);
}

/** A service that the change deleted comes back with all its real servers. */
function undoDeletion(
  { identity, realServers }: ServiceEffect,
  before: Service | null,
  present: ServiceState | undefined,
): UndoSteps {
  if (before === null) return nothing;
  const former = realServers.flatMap((realServer) => realServer.before ?? []);
  if (present === undefined) {
    return steps(
      { kind: 'add service', after: before },
      ...former.map((after): Step => ({ kind: 'add real server', service: identity, after })),
    );
  }
  const isBack =
    sameServiceSettings(present.service, before) &&
    present.realServers.length === former.length &&
    former.every((own) => {
      const now = findIn(present, own.identity);
      return now !== undefined && sameRealServerSettings(now.realServer, own);
    });
  const found = `${describeService(present.service)}, ${count(present.realServers.length, 'real server')}`;
  return isBack ? nothing : conflict(changedSince(formatService(identity), 'not there', found));
}

function undoEdit({ before, after }: ObjectEffect<Service>, present: Service): UndoSteps {
  if (before === null || after === null || sameServiceSettings(present, before)) return nothing;
  return sameServiceSettings(present, after)
    ? steps({ kind: 'set service', before: present, after: before })
    : conflict(
        changedSince(formatService(present.identity), describeService(after), describeService(present)),
      );
}

function undoRealServer(
  { identity: service }: ServiceEffect,
  { before, after }: ObjectEffect<RealServer>,
  state: ServiceState,
): UndoSteps {
  const identity = (before ?? after)?.identity;
  if (identity === undefined) return nothing;
  const present = findIn(state, identity);
  if (isSame(present, before)) return nothing;
  if (!isSame(present, after)) {
    return conflict(
      changedSince(
        `${formatRealServer(identity)} of ${formatService(service)}`,
        after === null ? 'not there' : describeRealServer(after),
        present === undefined ? 'not there any more' : describeRealServer(present.realServer),
      ),
    );
  }
  if (before === null) return present === undefined ? nothing : deletion(service, present);
  return present === undefined
    ? steps({ kind: 'add real server', service, after: before })
    : steps({ kind: 'set real server', service, before: present.realServer, after: before });
}

function deletion(service: ServiceIdentity, { realServer, active, inactive }: RealServerState): UndoSteps {
  return steps({
    kind: 'delete real server',
    service,
    before: realServer,
    connections: { active, inactive },
  });
}

function isSame(present: RealServerState | undefined, wanted: RealServer | null): boolean {
  if (present === undefined || wanted === null) return present === undefined && wanted === null;
  return sameRealServerSettings(present.realServer, wanted);
}

function changedSince(name: string, made: string, now: string): string {
  return `${name} was changed since: this change left it ${made}, and it is ${now}`;
}

const nothing: UndoSteps = { steps: [], conflicts: [] };

function steps(...list: readonly Step[]): UndoSteps {
  return { steps: list, conflicts: [] };
}

function conflict(clause: string): UndoSteps {
  return { steps: [], conflicts: [clause] };
}

function joined(parts: readonly UndoSteps[]): UndoSteps {
  return {
    steps: parts.flatMap((part) => part.steps),
    conflicts: parts.flatMap((part) => part.conflicts),
  };
}
