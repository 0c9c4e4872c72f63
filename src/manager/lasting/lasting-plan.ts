import { type Intention, intendedRealServer, intendedService } from '../../changes/plan/intention.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { findRealServer, readServiceState, type ServiceState } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { healthChecks, isInhibited, wordOf } from '../../formats/keepalived/checks.ts';
import type { OutlinedRealServer, OutlinedService } from '../../formats/keepalived/outline.ts';
import { type DiffLine, diffLines } from '../../formats/settings/line-edits.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import {
  formatRealServer,
  formatService,
  type ServiceIdentity,
  type ServiceKey,
  sameRealServer,
  sameService,
} from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import { type Drift, driftsOf } from '../drift.ts';
import { decodedLine, linesOf } from '../file-lines.ts';
import { type ManagedConfiguration, placeText } from '../managed-configuration.ts';
import { type ConfigurationEdit, editConfiguration } from './configuration-edit.ts';
import type { LastingChange } from './lasting-change.ts';

/** A lasting change before it is made. */
export interface LastingPlan extends LastingChange {
  /** Sentences that come before all others: a template writes the file, or a check holds the real server. */
  readonly warnings: readonly string[];
  /** The file is made from a template, so that somebody has to say yes. */
  readonly isTemplate: boolean;
}

/**
 * Plans to make intentions last; `undefined` where keepalived's files say it already, so that the table alone is
 * changed. What a check holds out of the table, or at another weight, is left for keepalived to set. Throws an
 * `IpvsError` as `makePlan` and `editConfiguration` do.
 */
export function* planLasting(
  director: Director,
  managed: ManagedConfiguration,
  intentions: readonly Intention[],
  network?: NetworkFacts,
): Work<LastingPlan | undefined> {
  const edit = yield* editConfiguration(managed, intentions);
  if (edit === undefined) return undefined;
  const drifts = yield* driftsOf(managed, statesOf(director, intentions), { only: servicesOf(intentions) });
  const held: string[] = [];
  const inTable = intentions.flatMap((intention) => {
    const left = withoutHeld(edit.managed, intention, drifts);
    if (left !== intention) held.push(heldText(intention, left));
    return left ?? [];
  });
  const plan: Plan = yield* makePlan(director, inTable, network);
  const template = templateOf(edit);
  return {
    managed,
    way: 'reload',
    edit,
    plan,
    remaining: () =>
      makePlan(
        director,
        inTable.filter((intention) => !isGone(director, intention)),
      ),
    warnings: [...(template === null ? [] : [template]), ...held],
    isTemplate: template !== null,
  };
}

/** Whether an intention was to delete what the table does not have any more: nobody needs to do it then. */
function isGone(director: Director, intention: Intention): boolean {
  switch (intention.kind) {
    case 'delete service':
      return director.findService(intention.service) === undefined;
    case 'delete real server':
      return findRealServer(director, intention.service, intention.realServer) === undefined;
    default:
      return false;
  }
}

function servicesOf(intentions: readonly Intention[]): ReadonlyMap<ServiceKey, ServiceIdentity> {
  const identities = intentions.flatMap((intention) => intendedService(intention) ?? []);
  return new Map(identities.map((identity) => [formatService(identity), identity]));
}

function statesOf(director: Director, intentions: readonly Intention[]): ServiceState[] {
  return [...servicesOf(intentions).values()].flatMap(
    (identity) => readServiceState(director, identity) ?? [],
  );
}

/** The diff of a lasting change: changed lines with some lines around them, control characters made visible. */
export function shownDiff({ before, hunks }: LastingChange['edit']): readonly DiffLine[] {
  return diffLines(linesOf(before), hunks).map(({ sign, text }) => ({
    sign,
    text: visible(decodedLine(text).replace(/\r$/, '').replaceAll('\t', '    ')),
  }));
}

/** The part of an intention that can be done in the table now; `null` where a check holds all of it back. */
function withoutHeld(
  { reading: { outline } }: ManagedConfiguration,
  intention: Intention,
  drifts: readonly Drift[],
): Intention | null {
  const identity = intendedService(intention);
  const wanted = intendedRealServer(intention);
  if (identity === null || wanted === null) return intention;
  if (intention.kind === 'add real server') {
    const service = outline.services.find((each) => sameService(each.identity, identity));
    const own = service?.realServers.find((each) => sameRealServer(each.identity, wanted));
    return service !== undefined && own !== undefined && isAwaited(service, own) ? null : intention;
  }
  const found = drifts.find(
    ({ service, realServer, causes }) =>
      causes[0] !== 'hand' &&
      realServer !== null &&
      sameService(service, identity) &&
      sameRealServer(realServer, wanted),
  );
  if (found === undefined) return intention;
  if (found.step.kind === 'add real server') return null;
  if (intention.kind !== 'edit real server' || intention.change.weight === undefined) return intention;
  const { weight: _, ...change } = intention.change;
  return Object.keys(change).length === 0 ? null : { ...intention, change };
}

/** Whether keepalived takes a new real server in when its check has passed, and not before. */
function isAwaited(service: OutlinedService, realServer: OutlinedRealServer): boolean {
  const said = [service.statement, realServer.statement, ...(realServer.statement.block ?? [])];
  return (
    healthChecks(realServer.statement).length > 0 && said.some((each) => wordOf(each, 'alpha') !== undefined)
  );
}

function heldText(intention: Intention, left: Intention | null): string {
  const wanted = intendedRealServer(intention);
  const name = wanted === null ? '' : formatRealServer(wanted);
  if (intention.kind === 'add real server')
    return `${name} comes into the table when its check has passed (alpha)`;
  return left === null
    ? `${name}: keepalived holds it out of the table or at another weight now, and goes by the new words when that ends`
    : `${name}: keepalived holds its weight now, and gives it the new one when that ends`;
}

/** Words by which a comment at the beginning of a file tells that a program writes it. */
const templateWords =
  /\b(?:managed by|ansible|puppet|salt(?:stack)?|chef|cfengine|generated (?:by|from)|do not edit)\b/i;
/** How many lines of a file are searched for them. */
const headLines = 20;

function templateOf({ path, before }: ConfigurationEdit): string | null {
  const lines = linesOf(before).slice(0, headLines);
  const index = lines.findIndex((line) => /^\s*[#!]/.test(line) && templateWords.test(line));
  if (index < 0) return null;
  const words = visible(decodedLine(lines[index] ?? '').trim());
  return `${placeText({ path, line: index + 1 })} says "${words}": what writes the file will undo this; change it there, too`;
}

/**
 * When keepalived undoes what is changed in the kernel alone, as a clause to follow "keepalived". It is what 2.2.7
 * does: a reload compares its new configuration with its old one and not with the table (`clear_diff_services` of
 * `check/ipwrapper.c`), and a check that passes again adds the real server as it is configured.
 */
export function undoneWhen({ reading: { outline } }: ManagedConfiguration, intention: Intention): string {
  const atRestart = 'undoes it when it restarts, or its lines in the file change and are reloaded';
  const identity = intendedService(intention);
  const wanted = intendedRealServer(intention);
  const service = outline.services.find((each) => identity !== null && sameService(each.identity, identity));
  const own = service?.realServers.find((each) => wanted !== null && sameRealServer(each.identity, wanted));
  if (intention.kind === 'add real server')
    return 'does not know it: it stays until keepalived stops or restarts';
  if (service === undefined || own === undefined) return atRestart;
  const checks = healthChecks(own.statement);
  const moving = checks.flatMap(({ moves }) => moves ?? [])[0];
  if (
    moving !== undefined &&
    intention.kind === 'edit real server' &&
    intention.change.weight !== undefined
  ) {
    return `undoes it at the next change of ${visible(moving)}, or when it restarts`;
  }
  const [check] = checks;
  if (check === undefined) return atRestart;
  const inhibited = isInhibited(service.statement, own.statement) ? ' (weight 0 and back)' : '';
  return `undoes it when its ${visible(check.name)} fails and passes again${inhibited}, and when it restarts`;
}
