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

/** What it says of hosts, or may say, readOnly for one, is not to be passed over. */
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

/** The hosts that are meant, groups by their members, each once. Throws an input `IpvsError` where one is none. */
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

/** What the configuration says of a host, by the name with the user's or without. */
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

/** What the far side is told of how it is seen from here. */
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

/** What calls of other hosts go by; `yes` answers the question whether lvstop may be sent. */
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

/** This terminal's colours and characters, which nobody there can ask for. */
export function lookOfTerminal(options: readonly string[]): readonly string[] {
  const says = (name: string) => options.some((word) => word === name || word.startsWith(`${name}=`));
  return [
    ...(says('--color') ? [] : ['--color', colorDepthOf(process.stdout.getColorDepth())]),
    ...(says('--ascii') || says('--no-ascii') ? [] : [drawsUnicode(process.env) ? '--no-ascii' : '--ascii']),
  ];
}
