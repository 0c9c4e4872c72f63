import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { type HostCaller, judged, sizesIn } from './call-host.ts';
import { missingBy, sshFailed } from './far-codes.ts';
import { runLine } from './far-script.ts';

/** What is run on a host, and where its lines go. */
export interface HostStreamOptions {
  /** The name that ssh is given. */
  readonly host: string;
  readonly sudo: boolean;
  /** Arguments of lvstop there. */
  readonly words: readonly string[];
  readonly caller: Pick<HostCaller, 'ssh' | 'version' | 'places'>;
  /** Milliseconds without a line after which the connection is broken off. */
  readonly patience: number;
  /** Resolves when it may connect, with a function to call when connecting is over. */
  readonly turn: () => Promise<() => void>;
  readonly onLine: (line: string) => void;
  /** It begins to connect. */
  readonly onConnecting: () => void;
  /** It has ended, or could not begin; one clause says why. */
  readonly onEnd: (reason: string) => void;
}

/** Milliseconds before the first and between the last attempts to connect again; each waits twice as long as the one before. */
const firstPause = 1000;
const longestPause = 60_000;

/** Part of a pause that is left to chance, so that hosts behind one broken line are not called all at once. */
const chance = 0.2;

/** Longest line, in characters: lvstop prints none that is longer, so the connection is broken off. */
const longestLine = 32 * 2 ** 20;

/** Characters that are kept of what is said on standard error. */
const keptWords = 4096;

/**
 * One connection to a host, on which lvstop prints lines; where it breaks it is made anew, after ever longer pauses.
 * Nobody is asked for anything, and nothing is sent there.
 */
export class HostStream {
  readonly #options: HostStreamOptions;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = firstPause;
  #isStopped = false;

  constructor(options: HostStreamOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#run();
  }

  /** Ends the connection; nothing is told any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#child?.kill();
  }

  async #run(): Promise<void> {
    const { turn, onConnecting, onEnd } = this.#options;
    const connected = await turn();
    if (this.#isStopped) return connected();
    onConnecting();
    const reason = await this.#connect(connected);
    connected();
    if (this.#isStopped) return;
    onEnd(reason);
    const pause = this.#pause * (1 - chance / 2 + Math.random() * chance);
    this.#pause = Math.min(longestPause, this.#pause * 2);
    this.#timer = setTimeout(() => void this.#run(), pause);
  }

  /** Resolves when the connection is over, with why. */
  async #connect(connected: () => void): Promise<string> {
    const { host, sudo, words, caller, patience, onLine } = this.#options;
    const { ssh, version, places } = caller;
    const line = runLine({ version, sizes: sizesIn(places), sudo, words });
    const child = await ssh.start({
      host,
      line,
      terminal: false,
      batch: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    if (this.#isStopped) child.kill();
    // Nothing is written to it, but the far side may close it at any moment.
    child.stdin?.on('error', () => undefined);
    let broken: string | undefined;
    const breakOff = (why: string) => {
      broken ??= why;
      child.kill();
    };
    let hasSpoken = false;
    let silence: NodeJS.Timeout | undefined;
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => breakOff(`nothing came for ${Math.round(patience / 1000)} s`), patience);
    };
    wait();
    const said = lastWords(child.stderr);
    eachLine(child.stdout, {
      onLine: (text) => {
        wait();
        hasSpoken = true;
        connected();
        this.#pause = firstPause;
        if (!this.#isStopped) onLine(text);
      },
      onLong: () => breakOff('what it prints is nothing of lvstop'),
    });
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      return broken ?? reasonOf(host, version, code ?? sshFailed, said(), hasSpoken);
    } catch (error) {
      return visible(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(silence);
      this.#child = undefined;
    }
  }
}

/** Why a connection is over, one clause. */
function reasonOf(host: string, version: string, code: number, said: string, hasSpoken: boolean): string {
  if (missingBy(code) !== undefined)
    return `it has no lvstop ${version}; "lvstop --host ${host} --yes list" sends it`;
  if (code === sshFailed && said === '')
    return hasSpoken ? 'the connection was lost' : 'there was no connection, and ssh did not say why';
  try {
    judged(host, code);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return said === '' ? error.reason : said;
  }
  return said === '' ? `lvstop ended there with code ${code}` : said;
}

/** The last line that was said, without the program's name; of JSON, its sentence. */
function lastWords(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-keptWords);
  });
  return () => {
    const last = text.trim().split('\n').at(-1)?.trim() ?? '';
    return visible((sentenceIn(last) ?? last).replace(/^lvstop: /, ''));
  };
}

function sentenceIn(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}

function eachLine(
  stream: Readable | null,
  { onLine, onLong }: { readonly onLine: (line: string) => void; readonly onLong: () => void },
): void {
  let begun: string[] = [];
  let length = 0;
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    const [first = '', ...more] = chunk.split('\n');
    begun.push(first);
    length += first.length;
    for (const next of more) {
      onLine(begun.join(''));
      begun = [next];
      length = next.length;
    }
    if (length <= longestLine) return;
    begun = [];
    length = 0;
    onLong();
  });
}
