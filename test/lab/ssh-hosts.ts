/** Machines of the site that are reached over SSH: a real sshd in the network namespace of each, with a home of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.ts';
import { inNamespace, outer, run } from './guest.ts';
import type { RealServerName } from './site.ts';

const root = '/run/far';
const servers = new Map<RealServerName, ChildProcess>();

/** The folder with the `ssh` that knows these hosts by their names; to be first on the path. */
export const sshFolder = join(root, 'bin');

/** The home folder of every account on a host. */
export function homeOf(host: RealServerName): string {
  return join(root, host);
}

/** Makes keys, and an `ssh` whose configuration knows the hosts. `settings` are further ones, for all of them. */
export async function prepareHosts(settings: readonly string[] = []): Promise<void> {
  mkdirSync(sshFolder, { recursive: true });
  for (const name of ['key', 'host-key', 'other-host-key'])
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(root, name)]);
  writeFileSync(
    join(root, 'ssh_config'),
    [
      ...Object.entries(outer).map(([name, address]) => `Host ${name}\n  HostName ${address}`),
      'Host *',
      '  User root',
      `  IdentityFile ${root}/key`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${root}/known_hosts`,
      '  StrictHostKeyChecking accept-new',
      ...settings.map((line) => `  ${line}`),
      '',
    ].join('\n'),
  );
  put(join(sshFolder, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${root}/ssh_config "$@"\n`);
  // Who sshd is before somebody has logged in.
  await run([
    'sh',
    '-c',
    'id sshd >/dev/null 2>&1 || echo "sshd:x:104:65534::/run/sshd:/bin/false" >>/etc/passwd',
  ]);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
}

/** Starts sshd on a host, in place of the one that was there, with these lines of its configuration before its own. */
export async function startSshd(host: RealServerName, settings: readonly string[] = []): Promise<void> {
  servers.get(host)?.kill();
  const home = homeOf(host);
  mkdirSync(join(home, 'bin'), { recursive: true });
  const file = join(root, `${host}.sshd_config`);
  const hasKey = settings.some((line) => line.startsWith('HostKey '));
  writeFileSync(
    file,
    [
      ...settings,
      ...(hasKey ? [] : [`HostKey ${root}/host-key`]),
      `SetEnv HOME=${home} PATH=${home}/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
      `AuthorizedKeysFile ${root}/key.pub`,
      'PermitRootLogin yes',
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      '',
    ].join('\n'),
  );
  const command = ['netns', 'exec', host, '/usr/sbin/sshd', '-D', '-e', '-f', file];
  servers.set(host, spawn('ip', command, { stdio: 'ignore' }));
  await until(`sshd on ${host}`, async () => {
    const sockets = await inNamespace(host, ['cat', '/proc/net/tcp']);
    // Port 22, and state 0A, which is listening.
    return /:0016 00000000:0000 0A/.test(sockets);
  });
}

/** Runs a program with the mounts that sshd of a host sees, and gives what it prints. */
export function withMountsOf(host: RealServerName, command: readonly string[]): Promise<string> {
  return run(['nsenter', '-t', String(servers.get(host)?.pid), '-m', ...command]);
}

/** Ends all of them. */
export function stopSshd(): void {
  for (const server of servers.values()) server.kill();
}

/** Writes a program. */
export function put(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
