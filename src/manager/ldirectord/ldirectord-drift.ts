import { compareTable } from '../../changes/plan/difference.ts';
import type { Step } from '../../changes/steps/step.ts';
import { stepRealServer, stepService } from '../../changes/steps/step-kinds.ts';
import type { ServiceState } from '../../changes/steps/table-state.ts';
import type { ConfigurationReading } from '../../formats/configuration.ts';
import { parseAddress } from '../../ipvs/address.ts';
import {
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Drift, DriftCause } from '../drift.ts';
import type { LdirectordProcess } from './ldirectord-process.ts';
import { checkName, globalWords, wordsBelow } from './ldirectord-words.ts';

/** Compares a table with what ldirectord was started with; `text` is what was read. */
export function ldirectordDrifts(
  { file }: LdirectordProcess,
  { configuration }: ConfigurationReading,
  text: string,
  table: readonly ServiceState[],
): readonly Drift[] {
  const { changes, surplus } = compareTable(configuration, table, {
    hasSyncDaemon: false,
    hasModule: () => true,
  });
  const keeping = keepingOf(configuration, text);
  return [...changes, ...surplus.map((step) => ({ step, line: null }))].flatMap(({ step, line }) => {
    const service = stepService(step);
    if (service === null) return [];
    const realServer = stepRealServer(step);
    const own = keeping.get(formatService(service));
    const likely = own === undefined || realServer === null ? null : causeOf(step, realServer, own, line);
    const place = line === null ? null : { path: file, line: configuration.sources.placeOf(line).line };
    return {
      service,
      realServer,
      step,
      causes: likely === null ? ['hand'] : [likely, 'hand'],
      said: null,
      by: likely === 'check' || likely === 'quiescent' ? (own?.by ?? []) : [],
      place,
    };
  });
}

/** What ldirectord does to the rows of a service by itself. */
interface Keeping {
  /** Names of its checks. */
  readonly by: readonly string[];
  /** Whether a failed check leaves a real server in the table at weight 0. */
  readonly isQuiescent: boolean;
  /** The address that stands in when all have failed; `null` where there is none. */
  readonly fallback: string | null;
}

function keepingOf(
  { services }: ConfigurationReading['configuration'],
  text: string,
): ReadonlyMap<ServiceKey, Keeping> {
  const lines = text.split('\n');
  const all = globalWords(lines);
  return new Map(
    services.map(({ service: { identity }, line }) => {
      const words = wordsBelow(lines, line);
      const check = checkName(words, identity);
      const word = identity.family === 'inet' ? 'fallback' : 'fallback6';
      const keeping: Keeping = {
        by: check === null ? [] : [visible(check)],
        // Its manual says yes; `ld_init` of the program says no.
        isQuiescent: (words.get('quiescent') ?? all.get('quiescent')) === 'yes',
        fallback: words.get(word) ?? globalFallback(identity, all.get(word)),
      };
      return [formatService(identity), keeping];
    }),
  );
}

/** The fallback of all services, which one by firewall mark does not have (`fallback_find`). */
function globalFallback({ kind }: ServiceIdentity, value: string | undefined): string | null {
  return kind === 'fwmark' ? null : (value ?? null);
}

function causeOf(
  step: Step,
  realServer: RealServerIdentity,
  { by, isQuiescent, fallback }: Keeping,
  line: number | null,
): DriftCause | null {
  // Where a check that fails leaves them at weight 0, it takes none out.
  if (step.kind === 'add real server') return by.length > 0 && !isQuiescent ? 'check' : null;
  if (step.kind === 'set real server') {
    const isQuiet = step.before.weight === 0 && step.after.weight !== 0;
    return isQuiet && isQuiescent && by.length > 0 ? 'quiescent' : null;
  }
  return line === null && fallback !== null && mayBe(realServer, fallback) ? 'fallback' : null;
}

/** Whether a real server may be a fallback, `HOST[:PORT] [METHOD]`; by a host's name, any may. */
function mayBe({ address }: RealServerIdentity, fallback: string): boolean {
  const [host = ''] = fallback.split(/\s/);
  const [, name = host] = /^\[?([^[\]]*?)\]?(?::[\w-]+)?$/.exec(host) ?? [];
  const parsed = parseAddress(name);
  return parsed === undefined || parsed.text === address;
}
