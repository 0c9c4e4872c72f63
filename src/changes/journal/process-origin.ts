import { userInfo } from 'node:os';
import type { ProcessFacts } from '../../host/processes/process-facts.ts';
import { visible } from '../../ipvs/visible.ts';
import { readSystemText } from '../../system/plain-file.ts';
import type { Origin } from './origin.ts';
import { keepsTable } from './table-keepers.ts';

/** What the system tells about who runs a process and from where. */
export interface OriginFacts {
  /** Name of the effective user; `null` for a number without a name. */
  readonly userName: string | null;
  readonly userId: number | null;
  /** The environment of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user id that logged in, which sudo and su keep (`/proc/self/loginuid`); `null` when nobody did. */
  readonly loginUserId: number | null;
  /** Name of a user id; `null` when the system's list has none. */
  readonly nameOf: (userId: number) => string | null;
  /** Environments of the parent processes, as far as they may be read: sudo removes SSH's variables. */
  readonly environmentsAbove: () => Iterable<Readonly<Record<string, string | undefined>>>;
}

/** Most characters of a name or address that are kept. */
const longest = 64;

/**
 * Who makes changes, and from where. Environment variables are only the caller's claim; the login user is what the
 * kernel knows.
 */
export function originOf(facts: OriginFacts, by: Origin['by']): Origin {
  const { userName, userId, environment, loginUserId, nameOf } = facts;
  const user = userName ?? (userId === null ? 'unknown' : `user ${userId}`);
  const login = loginUserId === null ? null : (nameOf(loginUserId) ?? `user ${loginUserId}`);
  const behind = environment.SUDO_USER ?? environment.DOAS_USER ?? login;
  let from = sshClient(environment);
  if (from === null) {
    for (const above of facts.environmentsAbove()) {
      from = sshClient(above);
      if (from !== null) break;
    }
  }
  const caller = behind === null || behind === '' || behind === user ? null : behind;
  return {
    user: short(user),
    // Where the claim and the login are both known and differ, both are given.
    behind:
      caller === null || login === null || login === caller || login === user
        ? caller && short(caller)
        : short(`${caller} (login ${login})`),
    from,
    by,
  };
}

/** The origin of a change that a program was seen to make. */
export function originOfProgram({
  pid,
  name,
  command,
  userId,
  loginUserId,
  environments,
  callers,
}: ProcessFacts): Origin {
  const [environment = {}, ...above] = environments;
  const { SUDO_USER, DOAS_USER } = environments.find((one) => one.SUDO_USER ?? one.DOAS_USER) ?? {};
  const origin = originOf(
    {
      userName: userId === null ? null : nameInPasswd(userId),
      userId,
      environment: { ...environment, ...(SUDO_USER && { SUDO_USER }), ...(DOAS_USER && { DOAS_USER }) },
      loginUserId,
      nameOf: nameInPasswd,
      environmentsAbove: () => above,
    },
    'program',
  );
  // The process name is Node's, which does not say which program it runs.
  const isLvstop = command.slice(0, 3).some((word) => /(?:^|\/)lvstop(?:\.js)?$/.test(word));
  const keeper = callers.find(keepsTable);
  return {
    ...origin,
    program: {
      pid,
      name: isLvstop ? 'lvstop' : short(name),
      command: command.map(short),
      ...(keeper !== undefined && keeper !== name && { of: keeper }),
    },
  };
}

/** Address of the SSH client; `null` without one. */
function sshClient({
  SSH_CONNECTION,
  SSH_CLIENT,
}: Readonly<Record<string, string | undefined>>): string | null {
  const address = /^([0-9A-Fa-f.:]{2,45}(?:%[\w.-]{1,16})?) \d/.exec(SSH_CONNECTION ?? SSH_CLIENT ?? '')?.[1];
  return address ?? null;
}

function short(text: string): string {
  return visible(text).slice(0, longest);
}

/** The facts about this process. */
export function processOriginFacts(): OriginFacts {
  return {
    userName: nameOrNull(() => userInfo().username),
    userId: process.geteuid?.() ?? null,
    environment: process.env,
    loginUserId: loginUserId(),
    nameOf: nameInPasswd,
    environmentsAbove,
  };
}

/** Most parent processes that are looked at; a shell under SSH under sudo is three. */
const mostAbove = 16;

function* environmentsAbove(): Generator<Readonly<Record<string, string | undefined>>> {
  let pid = process.ppid;
  for (let level = 0; level < mostAbove && pid > 1; level++) {
    const environment = textOf(`/proc/${pid}/environ`);
    if (environment !== null) yield variablesOf(environment);
    const stat = textOf(`/proc/${pid}/stat`);
    // The process name in parentheses can hold anything; the parent's pid is the second field after it.
    pid = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
}

function variablesOf(environment: string): Readonly<Record<string, string>> {
  const wanted = environment
    .split('\0')
    .filter((entry) => entry.startsWith('SSH_CONNECTION=') || entry.startsWith('SSH_CLIENT='))
    .map((entry): [string, string] => {
      const at = entry.indexOf('=');
      return [entry.slice(0, at), entry.slice(at + 1)];
    });
  return Object.fromEntries(wanted);
}

/** The login uid that the kernel shows when nobody has logged in. */
const nobody = 0xffffffff;

function loginUserId(): number | null {
  const text = textOf('/proc/self/loginuid')?.trim();
  return text === undefined || !/^\d+$/.test(text) || Number(text) === nobody ? null : Number(text);
}

function nameInPasswd(userId: number): string | null {
  const line = textOf('/etc/passwd')
    ?.split('\n')
    .find((entry) => entry.split(':')[2] === String(userId));
  return line?.split(':')[0] ?? null;
}

function nameOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readSystemText(path, 'latin1');
  } catch {
    return null;
  }
}
