import { IpvsError } from './error.ts';
import type { Family } from './family.ts';
import { type ForwardingMethod, forwardingModes } from './forwarding-method.ts';
import { formatNetmask, fullNetmask, parseNetmask } from './netmask.ts';
import { greatestWeight, type RealServerSettings } from './real-server.ts';
import { schedulerFlagNames } from './scheduler.ts';
import { parseSchedulerFlags } from './scheduler-flags.ts';
import { longestPersistence, type ServiceSettings } from './service.ts';
import { type TunnelChecksum, type TunnelType, tunnelChecksums, tunnelTypes } from './tunnel.ts';
import { visible } from './visible.ts';

/** A setting as text, as forms show it. */
export interface SettingField<Name extends string = string> {
  readonly name: Name;
  /** What may be given, one line. */
  readonly allowed: string;
  /** The values to choose from, where there are few. */
  readonly choices?: readonly string[];
  /** Characters of the longest value that is usual; left out where that is short, or as long as anybody likes. */
  readonly longest?: number;
}

/** Settings of a service that can be given as text, in the order of the form. */
export const serviceFields = [
  { name: 'scheduler', allowed: 'name of the scheduler' },
  { name: 'persistent', allowed: `seconds, 1 to ${longestPersistence}; empty for none` },
  {
    name: 'netmask',
    allowed: 'clients grouped for persistence: 255.255.255.0, or a prefix length',
    longest: '255.255.255.255'.length,
  },
  { name: 'engine', allowed: 'persistence engine, like sip; empty for none' },
  { name: 'one-packet', allowed: 'schedule each datagram anew, UDP only', choices: ['no', 'yes'] },
  { name: 'flags', allowed: 'scheduler flags, like sh-port,sh-fallback; empty for none' },
] as const satisfies readonly SettingField[];

/** Settings of a real server that can be given as text, in the order of the form. */
export const realServerFields = [
  { name: 'forwarding', allowed: 'forwarding mode', choices: forwardingModes },
  { name: 'weight', allowed: `0 to ${greatestWeight}; 0 takes no new connections` },
  { name: 'upper', allowed: 'connections at which it takes no more; 0 for no limit' },
  { name: 'lower', allowed: 'connections below which it takes more again; 0 for ¾ of upper' },
  { name: 'tunnel', allowed: 'how packets are wrapped under TUN', choices: tunnelTypes },
  { name: 'tunnel-port', allowed: 'UDP port of a GUE tunnel' },
  { name: 'tunnel-checksum', allowed: 'checksum of a GUE or GRE tunnel', choices: tunnelChecksums },
] as const satisfies readonly SettingField[];

/** All settings of a service as text. */
export type ServiceTexts = Readonly<Record<(typeof serviceFields)[number]['name'], string>>;
/** All settings of a real server as text. */
export type RealServerTexts = Readonly<Record<(typeof realServerFields)[number]['name'], string>>;

/**
 * Writes a service's settings as the texts that `readServiceSettings` reads. Names are shown by `visible`, so a text
 * that nobody has edited must not be read back as a new name.
 */
export function serviceTexts(family: Family, settings: ServiceSettings): ServiceTexts {
  const { persistence } = settings;
  return {
    scheduler: visible(settings.scheduler),
    persistent: persistence === null ? '' : String(persistence.timeout),
    netmask: formatNetmask(family, persistence?.netmask ?? fullNetmask(family)),
    engine: visible(settings.engine ?? ''),
    'one-packet': settings.onePacket ? 'yes' : 'no',
    flags: schedulerFlagNames(settings.scheduler, settings.schedulerFlags).join(','),
  };
}

/** Reads a service's settings. Throws an input `IpvsError` that names the field, the text and what is allowed. */
export function readServiceSettings(family: Family, texts: ServiceTexts): ServiceSettings {
  const netmask = parseNetmask(family, texts.netmask.trim());
  if (netmask === undefined)
    throw refuse(
      'netmask',
      texts.netmask,
      family === 'inet'
        ? 'give it as 255.255.255.0 or a prefix length from 1 to 32'
        : 'give a prefix length from 1 to 128',
    );
  const timeout = texts.persistent.trim();
  return {
    scheduler: texts.scheduler.trim(),
    persistence:
      timeout === '' ? null : { timeout: readNumber('persistent', timeout, 1, longestPersistence), netmask },
    engine: texts.engine.trim() === '' ? null : texts.engine.trim(),
    onePacket: readChoice('one-packet', texts['one-packet'], ['no', 'yes']) === 'yes',
    schedulerFlags: parseSchedulerFlags(texts.scheduler.trim(), texts.flags),
  };
}

/** Writes a real server's settings as the texts that `readRealServerSettings` reads. */
export function realServerTexts(settings: RealServerSettings): RealServerTexts {
  return {
    forwarding: settings.forwarding,
    weight: String(settings.weight),
    upper: String(settings.upperThreshold),
    lower: String(settings.lowerThreshold),
    tunnel: settings.tunnel.type,
    'tunnel-port': String(settings.tunnel.port),
    'tunnel-checksum': settings.tunnel.checksum,
  };
}

/**
 * Reads a real server's settings. `present` are those that it has now: odd values among them, such as the number of a
 * forwarding method that does not exist, may stay. Throws an input `IpvsError` as `readServiceSettings` does.
 */
export function readRealServerSettings(
  texts: RealServerTexts,
  present: RealServerSettings,
): RealServerSettings {
  return {
    forwarding: readChoice<ForwardingMethod>(
      'forwarding',
      texts.forwarding,
      forwardingModes,
      present.forwarding,
    ),
    weight: readNumber('weight', texts.weight, 0, greatestWeight),
    upperThreshold: readNumber('upper', texts.upper, 0, 0xffffffff),
    lowerThreshold: readNumber('lower', texts.lower, 0, 0xffffffff),
    tunnel: {
      type: readChoice<TunnelType>('tunnel', texts.tunnel, tunnelTypes, present.tunnel.type),
      port: readNumber('tunnel-port', texts['tunnel-port'], 0, 65535),
      checksum: readChoice<TunnelChecksum>('tunnel-checksum', texts['tunnel-checksum'], tunnelChecksums),
    },
  };
}

function readNumber(name: string, text: string, least: number, greatest: number): number {
  const trimmed = text.trim();
  const number = /^\d{1,10}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (!(number >= least && number <= greatest))
    throw refuse(name, text, `give a whole number from ${least} to ${greatest}`);
  return number;
}

function readChoice<Value extends string>(
  name: string,
  text: string,
  choices: readonly Value[],
  present?: Value,
): Value {
  const chosen = choices.find((choice) => choice === text.trim()) ?? (text === present ? present : undefined);
  if (chosen === undefined) throw refuse(name, text, `give one of ${choices.join(', ')}`);
  return chosen;
}

function refuse(name: string, text: string, advice: string): IpvsError {
  return IpvsError.input(
    text.trim() === '' ? 'missing-value' : 'bad-value',
    'read',
    name,
    text.trim() === '' ? 'nothing is given' : `"${text}" is not allowed`,
    advice,
  );
}
