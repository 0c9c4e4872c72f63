import type { Plan } from '../../changes/plan/plan.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { CommandContext } from '../context/context.ts';
import { settingsInForce } from '../files/settings-in-force.ts';
import { issueLine } from '../files/stored-settings.ts';
import type { ProgramValues } from '../options/option-table.ts';
import { planText } from './plan-text.ts';

const refusals = {
  option: {
    reason: 'lvstop was called with --read-only',
    advice: 'leave it out',
  },
  far: {
    reason: 'the call from the other side, or its configuration of this host, is read-only',
    advice: 'change it there',
  },
  setting: {
    reason: 'the configuration says readOnly = true',
    advice: 'change it there, "lvstop config" tells where',
  },
} as const;

/** The options that decide whether a call may write. */
export type ReadOnlyOptions = Pick<ProgramValues, 'readOnly' | 'config' | 'far'>;

/**
 * Refuses a plan where this run or the configuration is read-only, or where the configuration cannot be read and may
 * say so: throws an input `IpvsError`.
 */
export async function requireWritableTable(
  context: CommandContext,
  options: ReadOnlyOptions,
  plan: Plan,
): Promise<void> {
  await requireWritable(context, options, planText(plan), ', or add --dry-run to see what would be done');
}

/**
 * Refuses to write a file where this run or the configuration is read-only or may be so: throws an input `IpvsError`.
 * `what` is the file's name, `orElse` what else can be done.
 */
export async function requireWritable(
  context: CommandContext,
  options: ReadOnlyOptions,
  what: string,
  orElse = '',
): Promise<void> {
  const refusal = await refusalOf(context, options);
  if (refusal !== null)
    throw IpvsError.input('read-only', 'write', what, refusal.reason, `${refusal.advice}${orElse}`);
}

/** The options by which the caller of `--host` names this machine, and says whether it is in production. */
export type HostNameOptions = Pick<ProgramValues, 'far' | 'production'> & { readonly yes?: boolean };

/**
 * Asks for the name of a host in production before something is changed there, unless that was confirmed with the
 * call. Throws an input `IpvsError` where the answer is another, or nobody can be asked.
 */
export async function requireHostName(
  { console }: CommandContext,
  { far, production = false, yes = false }: HostNameOptions,
): Promise<void> {
  if (far === undefined || !production || yes) return;
  const isMeant = await console.confirm?.(
    `${far} is in production. To change something there, type its name:`,
    far,
  );
  if (isMeant === true) return;
  throw IpvsError.input(
    'not-confirmed',
    'change something on',
    far,
    isMeant === undefined
      ? 'it is in production, and there is no terminal to ask for its name on'
      : 'it is in production, and the answer was not its name',
    'give --yes behind the command if that is meant; nothing was done',
  );
}

interface Refusal {
  readonly reason: string;
  readonly advice: string;
}

async function refusalOf(context: CommandContext, options: ReadOnlyOptions): Promise<Refusal | null> {
  if (options.readOnly === true) return refusals[options.far === undefined ? 'option' : 'far'];
  const { settings, readOnlyDoubt } = (await settingsInForce(context, options)).stored;
  if (settings.readOnly) return refusals.setting;
  if (readOnlyDoubt === null) return null;
  return {
    reason: `the configuration is broken and may say readOnly: ${issueLine(readOnlyDoubt)}`,
    advice: 'correct the file, move it away, or name another with --config before the command',
  };
}
