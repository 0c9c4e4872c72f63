import packageDescription from '../../../package.json' with { type: 'json' };
import type { HostCaller } from '../../fleet/hosts/call-host.ts';
import { executablePlaces } from '../../fleet/hosts/executables.ts';
import { findSsh } from '../../fleet/hosts/ssh.ts';
import type { HostSettings, KnownHosts } from '../../formats/settings/host-settings.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { colorDepthOf } from '../../terminal/color-depth.ts';
import { drawsUnicode } from '../../terminal/locale.ts';
import type { CommandContext } from '../context/context.ts';
import { issueLine, type StoredSettings } from '../files/stored-settings.ts';
import type { HostOptions } from '../options/host-options.ts';

/**
 * Refuses to reach other hosts while the configuration is broken, since what it may say of them, such as readOnly, must
 * not be missed. Throws an input `IpvsError`.
 */
export function refuseBroken({ issues }: StoredSettings): void {
  const broken = issues.find(
    ({ severity, key }) => severity === 'error' && (key === null || key === 'readOnly'),
  );
  if (broken === undefined) return;
  throw IpvsError.input(
    'bad-configuration',
    'reach other hosts',
    '',
    `the configuration is broken and may say more of them: ${issueLine(broken)}`,
    'correct the file, or name another with --config before --host',
  );
}

/**
 * The hosts that a list means, groups by their members, each once. Throws an input `IpvsError` for a word that is no
 * host.
 */
export function hostsNamed(text: string, { groups }: KnownHosts): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  const hosts = words.flatMap((word) => groups.get(word) ?? [word]);
  const wrong = hosts.find((host) => host === '' || host.startsWith('-') || /[\s\0]/.test(host));
  if (wrong === undefined) return [...new Set(hosts)];
  throw IpvsError.input(
    'bad-value',
    'read --host',
    `"${visible(text)}"`,
    wrong === '' ? 'a name is missing' : `"${visible(wrong)}" is no host`,
    'give [USER@]HOST, several with commas, or a group of the configuration',
  );
}

/** What the configuration says of a host, looked up as `USER@HOST` first and then as `HOST`. */
export function settingsOf(host: string, { hosts: { hosts } }: StoredSettings): HostSettings {
  return hosts.get(host) ?? hosts.get(nameOf(host)) ?? {};
}

/** What ssh is given: with the user of the configuration where the operator names none. */
export function targetOf(host: string, { user }: HostSettings): string {
  return user === undefined || host.includes('@') ? host : `${user}@${host}`;
}

/** Whether lvstop runs by sudo on a host. */
export function isBySudo({ sudo = false }: HostSettings, options: HostOptions): boolean {
  return options.sudo ?? sudo;
}

/** The options that tell the far side its name here, and what the configuration here says of it. */
export function farWords(
  host: string,
  { readOnly = false, production = false, color }: HostSettings,
  { settings }: StoredSettings,
): readonly string[] {
  return [
    '--far',
    nameOf(host),
    ...(readOnly || settings.readOnly ? ['--read-only'] : []),
    ...(production ? ['--production'] : []),
    ...(color === undefined ? [] : ['--accent', color]),
  ];
}

/** The machine's name without the user's. */
function nameOf(host: string): string {
  return host.slice(host.lastIndexOf('@') + 1);
}

/** What calls of other hosts need; `yes` answers the question whether lvstop may be sent. */
export function callerOf({ console }: CommandContext, yes: boolean): HostCaller {
  return {
    ssh: findSsh(),
    version: packageDescription.version,
    places: executablePlaces(),
    mayBeSent: async (question) => {
      if (yes) return true;
      if (console.confirm !== null) return console.confirm(question);
      throw IpvsError.input(
        'not-confirmed',
        'ask',
        `"${question}"`,
        'there is no terminal to ask on',
        'add --yes before the command',
      );
    },
    status: console.status,
  };
}

/** Options for this terminal's colours and characters, which the far side cannot find out. */
export function lookOfTerminal(options: readonly string[]): readonly string[] {
  const says = (name: string) => options.some((word) => word === name || word.startsWith(`${name}=`));
  return [
    ...(says('--color') ? [] : ['--color', colorDepthOf(process.stdout.getColorDepth())]),
    ...(says('--ascii') || says('--no-ascii') ? [] : [drawsUnicode(process.env) ? '--no-ascii' : '--ascii']),
  ];
}
