/**
 * How much a finding matters:
 * - `error`: connections fail by it, now or as soon as they come;
 * - `warning`: connections can fail, or some of them do;
 * - `hint`: it may be intended.
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
  /** What mends it; each remedy is enough alone unless its text says otherwise. */
  readonly mend: readonly Remedy[];
}

/** A command and where it belongs. */
export interface Remedy {
  /** `director`, or the address of a real server. */
  readonly on: string;
  /** `command`: a line to be typed into a shell as it stands; `advice`: words. */
  readonly kind: 'command' | 'advice';
  readonly text: string;
  /** What a command costs those who were served before it, one clause; left out where it costs nothing. */
  readonly price?: string;
}

/** A command for the director, with its price if it has one. */
export function onDirector(command: string, price?: string): Remedy {
  return { on: 'director', kind: 'command', text: command, ...(price !== undefined && { price }) };
}

/** Advice for the director, for what no single command does. */
export function adviceForDirector(text: string): Remedy {
  return { on: 'director', kind: 'advice', text };
}

/** A word of a command as a shell takes it: quoted where it holds anything that a shell would look into. */
export function shellWord(text: string): string {
  return /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command for a real server, with its price if it has one. */
export function onRealServer(address: string, command: string, price?: string): Remedy {
  return { on: address, kind: 'command', text: command, ...(price !== undefined && { price }) };
}

/** Advice for a real server, for what no single command does. */
export function adviceForRealServer(address: string, text: string): Remedy {
  return { on: address, kind: 'advice', text };
}

/** The command that sets settings below `/proc/sys` to a value, by paths like `net/ipv4/ip_forward`. */
export function setSysctl(value: number, ...paths: readonly string[]): string {
  // A name keeps its slashes where an interface's name holds a dot.
  const names = paths.map((path) => (path.includes('.') ? path : path.replaceAll('/', '.')));
  return `sysctl -w ${names.map((name) => shellWord(`${name}=${value}`)).join(' ')}`;
}
