import { type Intention, intendedService } from '../../changes/plan/intention.ts';
import { count } from '../../changes/steps/describe.ts';
import { changedRealServerFields } from '../../ipvs/changed-fields.ts';
import { editedService } from '../../ipvs/edited-service.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
  sameRealServer,
  sameService,
} from '../../ipvs/identity.ts';
import type { RealServer, RealServerSettings } from '../../ipvs/real-server.ts';
import { type Service, sameServiceSettings } from '../../ipvs/service.ts';
import type { Work } from '../../system/turns.ts';
import { type ManagedConfiguration, placeText } from '../managed-configuration.ts';
import { refusal } from './edit-refusal.ts';

/** Most objects that are named where the edited lines describe others, too. */
const mostNamed = 4;

/** A row that a configuration makes, in words that say all of it, with the line that describes it. */
interface Row {
  readonly words: string;
  readonly line: number;
}

/** How a real server of a service is named. */
export function nameOf(service: ServiceIdentity, realServer: RealServerIdentity): string {
  return `${formatRealServer(realServer)} of ${formatService(service)}`;
}

/** A service as keepalived makes it. Throws an input `IpvsError` where it makes none. */
export function configuredService(
  { reading: { configuration } }: ManagedConfiguration,
  identity: ServiceIdentity,
): Service {
  const found = configuration.services.find(({ service }) => sameService(service.identity, identity));
  if (found !== undefined) return found.service;
  throw refusal(formatService(identity), 'keepalived does not make it as it is described');
}

/** Throws an input `IpvsError` with the first thing that keepalived would find wrong in a configuration. */
export function requireReadable(managed: ManagedConfiguration): void {
  const [problem] = managed.reading.problems;
  if (problem === undefined) return;
  throw refusal(placeText(managed.placeOf(problem.line)), problem.reason, problem.advice);
}

/**
 * Requires that what was intended is what an edit changes, and all that it changes. Throws an input `IpvsError`, which
 * names what else the lines stand for.
 */
export function* requireOnly(
  before: ManagedConfiguration,
  after: ManagedConfiguration,
  intentions: readonly Intention[],
): Work<void> {
  const [was, is] = [yield* rowsOf(before), yield* rowsOf(after)];
  const meant = new Set(intentions.flatMap((intention) => keysOf(before, intention)));
  const others: string[] = [];
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    if (was.get(key)?.words !== is.get(key)?.words && !meant.has(key)) others.push(key);
    yield 1;
  }
  const [first] = others;
  if (first !== undefined) {
    const rest = others.length - mostNamed;
    const named =
      others.slice(0, mostNamed).join(', ') + (rest > 0 ? ` and ${count(rest, 'object')} more` : '');
    const line = was.get(first)?.line ?? is.get(first)?.line;
    const where =
      line === undefined ? 'the file' : placeText((was.has(first) ? before : after).placeOf(line));
    throw refusal(
      [...meant].join(', ') || (intentions[0]?.kind ?? ''),
      `the same lines describe ${named}, which would change with it`,
      `tag all of them and edit them together, give it lines of its own in ${where} by hand, or give --now`,
    );
  }
  for (const intention of intentions) requireIntended(before, after, intention);
}

function* rowsOf({
  reading: { configuration, outline },
}: ManagedConfiguration): Work<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  for (const { service, line } of configuration.services) {
    rows.set(formatService(service.identity), { words: JSON.stringify(service), line });
    yield 1;
  }
  for (const { identity, sorry, realServers } of outline.services) {
    for (const each of realServers) {
      const { statement, ...row } = each;
      const key = nameOf(identity, each.identity);
      if (!rows.has(key)) rows.set(key, { words: JSON.stringify(row), line: statement.line });
      yield 1;
    }
    if (sorry !== null) {
      const { statement, ...row } = sorry;
      const words = JSON.stringify(row);
      rows.set(`sorry server of ${formatService(identity)}`, { words, line: statement.line });
    }
  }
  return rows;
}

function keysOf({ reading: { outline } }: ManagedConfiguration, intention: Intention): readonly string[] {
  switch (intention.kind) {
    case 'edit service':
      return [formatService(intention.service)];
    case 'add real server':
      return [nameOf(intention.service, intention.realServer.identity)];
    case 'edit real server':
    case 'delete real server':
      return [nameOf(intention.service, intention.realServer)];
    case 'switch mode': {
      const own = outline.services.find(({ identity }) => sameService(identity, intention.service));
      const all =
        intention.realServer === null ? (own?.realServers ?? []) : [{ identity: intention.realServer }];
      return all.map(({ identity }) => nameOf(intention.service, identity));
    }
    default:
      return [];
  }
}

/**
 * Requires that the new configuration says what was meant, which fails where a later line overrides the changed one,
 * say. Throws an input `IpvsError`.
 */
function requireIntended(
  before: ManagedConfiguration,
  after: ManagedConfiguration,
  intention: Intention,
): void {
  const { outline } = after.reading;
  const identity = intendedService(intention);
  if (identity === null) return;
  const service = outline.services.find((each) => sameService(each.identity, identity));
  const realServer = (wanted: RealServerIdentity) =>
    service?.realServers.find((each) => sameRealServer(each.identity, wanted));
  const isSo = (now: RealServer | undefined, change: Partial<RealServerSettings>) =>
    now !== undefined && changedRealServerFields(now, { ...now, ...change }).length === 0;
  const isDone = (): boolean => {
    switch (intention.kind) {
      case 'edit real server':
        return isSo(realServer(intention.realServer), intention.change);
      case 'add real server':
        return isSo(realServer(intention.realServer.identity), intention.realServer);
      case 'delete real server':
        return realServer(intention.realServer) === undefined;
      case 'switch mode':
        return (service?.realServers ?? []).every(
          (each) =>
            (intention.realServer !== null && !sameRealServer(each.identity, intention.realServer)) ||
            each.forwarding === intention.mode,
        );
      case 'edit service': {
        const wanted = editedService(configuredService(before, identity), intention.change);
        return sameServiceSettings(configuredService(after, identity), wanted);
      }
      default:
        return true;
    }
  };
  if (isDone()) return;
  throw refusal(
    formatService(identity),
    'keepalived would not read in the changed lines what is meant, as where another line says it, too, or a word does not fit the protocol',
  );
}
