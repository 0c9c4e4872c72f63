/** What tcpdump sees on an interface of a machine of the site. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../until.ts';
import type { Machine } from './guest.ts';

/** A TCP packet on the wire, as tcpdump reads it. */
export interface CapturedPacket {
  readonly sourceMac: string;
  readonly destinationMac: string;
  /** Bytes of the frame. */
  readonly length: number;
  /** Header around it, as far as tcpdump shows one; `null` for a plain packet. */
  readonly outer: { readonly source: string; readonly destination: string } | null;
  /** `address port`. */
  readonly source: string;
  readonly destination: string;
  readonly flags: string;
}

/** A capture under way. */
export interface Capture {
  /** Ends it and gives the packets so far. */
  stop(): Promise<readonly CapturedPacket[]>;
}

/** Looks at the numbers of tcpdump in which they stand still, from which on nothing more is to come. */
const longStill = 20;

/** Begins to capture; resolves when tcpdump listens. */
export async function startCapture(machine: Machine, link: string, filter: string): Promise<Capture> {
  const options = ['--immediate-mode', '-l', '-enn', '-i', link, filter];
  const child = spawn('ip', ['netns', 'exec', machine, 'tcpdump', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close');
  await listening(child);
  return {
    async stop() {
      // What it has received and not yet printed is lost when it ends; on this signal it tells both numbers.
      let last = '';
      let same = 0;
      await until(
        () => `the packets of ${machine} ${link}, ${said}`,
        async () => {
          const before = said.length;
          child.kill('SIGUSR1');
          const [, captured, received] = await until('the counts of tcpdump', () =>
            /(\d+) packets? captured\D+(\d+) packets? received/.exec(said.slice(before)),
          );
          const isPrinted = printed.split('\n').length - 1 >= Number(captured);
          same = last === `${captured} ${received}` ? same + 1 : 0;
          last = `${captured} ${received}`;
          // What came before the filter was in place is received, and never captured.
          return isPrinted && (captured === received || same >= longStill);
        },
      );
      child.kill('SIGTERM');
      await ended;
      return printed.split('\n').flatMap((line) => readPacket(line) ?? []);
    },
  };
}

function listening(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (text) => {
      said += text;
      if (said.includes('listening on')) resolve();
    });
    child.on('close', () => reject(new Error(`tcpdump has ended: ${said}`)));
  });
}

/** Such as `… 02:… > 02:…, ethertype IPv4 (0x0800), length 94: 10.0.0.10 > 10.0.0.21: IP 10.0.0.2.40000 > 10.0.0.101.80: Flags [S], …`. */
function readPacket(line: string): CapturedPacket | undefined {
  const frame = /([0-9a-f:]{17}) > ([0-9a-f:]{17}), .*?length (\d+): (.*)$/.exec(line);
  const [, sourceMac, destinationMac, length, text = ''] = frame ?? [];
  const pairs = [...text.matchAll(/([0-9a-f.:]+) > ([0-9a-f.:]+): (?:Flags \[([^\]]+)\])?/g)];
  const last = pairs.at(-1);
  if (sourceMac === undefined || destinationMac === undefined || last === undefined) return undefined;
  const [, source = '', destination = '', flags = ''] = last;
  const around = pairs.length > 1 ? pairs[0] : undefined;
  return {
    sourceMac,
    destinationMac,
    length: Number(length),
    outer: around ? { source: around[1] ?? '', destination: around[2] ?? '' } : null,
    source: endpoint(source),
    destination: endpoint(destination),
    flags,
  };
}

/** tcpdump joins address and port by a dot. */
function endpoint(text: string): string {
  return text.replace(/\.(\d+)$/, ' $1');
}
