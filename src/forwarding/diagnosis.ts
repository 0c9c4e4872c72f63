/**
 * How much something found matters:
 * - `error`: connections fail by it, now or as soon as they come;
 * - `warning`: they can fail, or a part of them does;
 * - `hint`: it may be meant so.
 */
export type Severity = 'error' | 'warning' | 'hint';

/** Something that was found, and what mends it. All texts are safe to show. */
export interface Diagnosis {
  readonly severity: Severity;
  /** What was looked at, a path, a command or a number's name: `/proc/sys/net/ipv4/ip_forward`. */
  readonly lookedAt: string;
  /** What was found there, one clause. */
  readonly found: string;
  /** Why it matters, one sentence without its full stop. */
  readonly matters: string;
  /** What mends it; each alone unless the text says otherwise. */
  readonly mend: readonly Remedy[];
}

/** A command and where it belongs. */
export interface Remedy {
  /** `director`, or the address of a real server. */
  readonly on: string;
  /** A line for a shell, to be typed as it stands, or advice in words. */
  readonly kind: 'command' | 'advice';
  readonly text: string;
  /** What a command costs those who were served before it, one clause; left out where it costs nothing. */
  readonly price?: string;
}

/** A command for the director, with what it costs where it costs anything. */
export function onDirector(command: string, price?: string): Remedy {
  return { on: 'director', kind: 'command', text: command, ...(price !== undefined && { price }) };
}

/** Something to be done on the director that no one command does. */
export function adviceForDirector(text: string): Remedy {
  return { on: 'director', kind: 'advice', text };
}

/** A word of a command as a shell takes it: quoted where it holds anything that a shell would look into. */
export function shellWord(text: string): string {
  return /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command for a real server, with what it costs where it costs anything. */
export function onRealServer(address: string, command: string, price?: string): Remedy {
  return { on: address, kind: 'command', text: command, ...(price !== undefined && { price }) };
}

/** Something to be done on a real server that no one command does. */
export function adviceForRealServer(address: string, text: string): Remedy {
  return { on: address, kind: 'advice', text };
}

/** The command that sets settings below `/proc/sys` to a value, by paths like `net/ipv4/ip_forward`. */
export function setSysctl(value: number, ...paths: readonly string[]): string {
  // With slashes where an interface's name holds a dot.
  const names = paths.map((path) => (path.includes('.') ? path : path.replaceAll('/', '.')));
  return `sysctl -w ${names.map((name) => shellWord(`${name}=${value}`)).join(' ')}`;
}
