import { visible } from '../../ipvs/visible.ts';
import type { CommandConsole } from '../context/console.ts';

/** Most characters of one host's output that are held back; lvstop prints less. */
const mostHeld = 256 * 1024 * 1024;

/**
 * Prints what several hosts print, each line with its host. JSON becomes one object a line, with the host in it; the
 * titles of CSV come once. Output that is complete only at its end, such as a table, is held back until then, so that
 * the rows of one host stay together.
 */
export class HostRows {
  readonly #console: Pick<CommandConsole, 'out' | 'err'>;
  readonly #kind: 'json' | 'csv' | 'text';
  readonly #streams: boolean;
  readonly #width: number;
  readonly #held = new Map<string, string[]>();
  readonly #lengths = new Map<string, number>();
  readonly #mostHeld: number;
  #hasTitles = false;

  constructor(
    hosts: readonly string[],
    command: readonly string[],
    console: Pick<CommandConsole, 'out' | 'err'>,
    most = mostHeld,
  ) {
    const says = (word: string) =>
      command.some(
        (one, place) => one === `--format=${word}` || (command[place - 1] === '--format' && one === word),
      );
    this.#console = console;
    this.#mostHeld = most;
    this.#kind = command.includes('--json') || says('json') ? 'json' : says('csv') ? 'csv' : 'text';
    this.#streams = command[0] === 'watch';
    this.#width = Math.max(...hosts.map((host) => host.length));
  }

  /** Takes a line of a host. What it says on standard error is told at once. */
  take(host: string, stream: 'out' | 'err', line: string): void {
    if (stream === 'err') this.#console.err(`${host}: ${visible(line)}`);
    else if (this.#streams) this.#print(host, [line]);
    else {
      const length = (this.#lengths.get(host) ?? 0) + line.length + 1;
      this.#lengths.set(host, length);
      if (this.#hasTooMuch(host)) {
        this.#held.delete(host);
        return;
      }
      const held = this.#held.get(host) ?? [];
      held.push(line);
      this.#held.set(host, held);
    }
  }

  /** Prints what was held back of a host that has ended: all of it, or nothing where it was too much, which is told. */
  end(host: string): void {
    const lines = this.#held.get(host) ?? [];
    this.#held.delete(host);
    if (this.#hasTooMuch(host)) {
      this.#console.err(
        `${host}: it printed more than ${this.#mostHeld} characters, and nothing of it is shown; ask for less, or ask this host alone`,
      );
    } else if (lines.length > 0) this.#print(host, lines);
  }

  /** Hosts that printed too much to be shown. */
  get leftOut(): readonly string[] {
    return [...this.#lengths.keys()].filter((host) => this.#hasTooMuch(host));
  }

  #hasTooMuch(host: string): boolean {
    return (this.#lengths.get(host) ?? 0) > this.#mostHeld;
  }

  #print(host: string, lines: readonly string[]): void {
    if (this.#kind === 'json') this.#printJson(host, lines.join('\n'));
    else if (this.#kind === 'csv') this.#printCsv(host, lines);
    else for (const line of lines) this.#console.out(`${host.padEnd(this.#width)}  ${visible(line)}\n`);
  }

  #printJson(host: string, text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#console.err(`${host}: what it printed is no JSON`);
      return;
    }
    const object = typeof value === 'object' && !Array.isArray(value) ? value : { output: value };
    this.#console.out(`${JSON.stringify({ host, ...object })}\n`);
  }

  #printCsv(host: string, [titles = '', ...rows]: readonly string[]): void {
    if (!this.#hasTitles) this.#console.out(`host,${visible(titles)}\n`);
    this.#hasTitles = true;
    for (const row of rows) this.#console.out(`${host},${visible(row)}\n`);
  }
}
