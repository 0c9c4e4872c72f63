import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { IpvsError } from '../../ipvs/error.ts';

/** How a line is run on a host. */
export interface SshCall {
  /** As the operator names it: `lb1`, `ada@lb1`. */
  readonly host: string;
  /** For the login shell there. */
  readonly line: string;
  /** It gets a terminal there, which takes one here. */
  readonly terminal: boolean;
  /** Nobody can be asked for anything: several run side by side. */
  readonly batch?: boolean;
  readonly stdio: StdioOptions;
}

/** The operator's own ssh, with all that is set for it. */
export interface Ssh {
  /** Starts a line on a host. */
  start(call: SshCall): Promise<ChildProcess>;
}

/**
 * Finds OpenSSH's client on the path, as a shell does, in folders that are named whole. Throws an input `IpvsError`
 * where there is none.
 */
export function findSsh(path: string = process.env.PATH ?? ''): Ssh {
  const program = path
    .split(':')
    .filter(isAbsolute)
    .map((folder) => join(folder, 'ssh'))
    .find(isExecutable);
  if (program !== undefined) {
    const known = new Map<string, Promise<ReadonlyMap<string, string>>>();
    return {
      start: async (call) => {
        // Asked once: the first start on a machine takes three connections.
        const settings = known.get(call.host) ?? settingsOf(program, call.host);
        known.set(call.host, settings);
        return start(program, call, await settings);
      },
    };
  }
  throw IpvsError.input(
    'no-ssh',
    'reach other hosts',
    '',
    'there is no ssh on the path',
    "install OpenSSH's client (openssh-client)",
  );
}

/**
 * Options that are set where the operator has not set them for a host: the key as `ssh -G` prints it, and the value
 * that means unset.
 */
const ours = [
  // A host that does not answer is given up after ten seconds.
  { key: 'connecttimeout', unset: 'none', options: ['-oConnectTimeout=10'] },
  // A connection that carries nothing any more is noticed within a quarter of a minute.
  { key: 'serveraliveinterval', unset: '0', options: ['-oServerAliveInterval=5', '-oServerAliveCountMax=3'] },
  // Without "Connection to lb1 closed." behind each screen.
  { key: 'loglevel', unset: 'INFO', options: ['-oLogLevel=ERROR'] },
] as const;

function start(
  program: string,
  { host, line, terminal, batch, stdio }: SshCall,
  known: ReadonlyMap<string, string>,
): ChildProcess {
  const options = ours.flatMap(({ key, unset, options: set }) => (known.get(key) === unset ? set : []));
  const args = [
    terminal ? '-t' : '-T',
    '-oRemoteCommand=none',
    ...options,
    ...(batch === true ? ['-oBatchMode=yes'] : []),
    // What follows is no option, whatever it begins with.
    '--',
    host,
    line,
  ];
  return spawn(program, args, { stdio });
}

/** What is set for a host, as ssh itself tells (`ssh -G`); empty where it tells nothing, and the real call says why. */
function settingsOf(program: string, host: string): Promise<ReadonlyMap<string, string>> {
  return new Promise((resolve) => {
    execFile(program, ['-G', '--', host], { timeout: 5000 }, (error, text) => {
      const lines = error === null ? text.split('\n') : [];
      resolve(
        new Map(
          lines.map((one): [string, string] => {
            const at = one.indexOf(' ');
            return [one.slice(0, at), one.slice(at + 1)];
          }),
        ),
      );
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
