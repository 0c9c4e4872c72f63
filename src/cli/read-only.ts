import type { Plan } from '../changes/plan.ts';
import { IpvsError } from '../ipvs/error.ts';
import { configPlaces } from './config-places.ts';
import type { CommandContext } from './context.ts';
import { planText } from './plan-text.ts';
import { processAccount } from './process-account.ts';
import { settingLimits } from './setting-limits.ts';
import { loadSettings } from './stored-settings.ts';

const refusals = {
  option: {
    reason: 'lvstop was called with --read-only',
    advice: 'leave it out',
  },
  setting: {
    reason: 'the configuration says readOnly = true',
    advice: 'change it there, "lvstop config" tells where',
  },
} as const;

/** Refuses a plan where this run or the configuration is read-only: throws an input `IpvsError`. */
export async function requireWritableTable(
  context: CommandContext,
  options: { readonly readOnly?: boolean },
  plan: Plan,
): Promise<void> {
  await requireWritable(context, options, planText(plan), ', or add --dry-run to see what would be done');
}

/** Refuses likewise to write a file. `what` is its name, `orElse` what else can be done. */
export async function requireWritable(
  context: CommandContext,
  options: { readonly readOnly?: boolean },
  what: string,
  orElse = '',
): Promise<void> {
  const reason = options.readOnly === true ? 'option' : (await isConfigured(context)) ? 'setting' : null;
  if (reason === null) return;
  const { reason: text, advice } = refusals[reason];
  throw IpvsError.input('write', what, text, `${advice}${orElse}`);
}

async function isConfigured(context: CommandContext): Promise<boolean> {
  const account = context.account ?? processAccount();
  const { settings } = loadSettings(configPlaces(account), account.userId, await settingLimits());
  return settings.readOnly;
}
