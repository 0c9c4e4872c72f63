/**
 * Opens short HTTP connections at a steady, known rate, and counts what became of them. Runs in the client's namespace.
 *
 * usage: load.ts --rate PER_SECOND [--duration SECONDS] [--count CONNECTIONS] [--least CONNECTIONS] [--bytes N]
 *                [--hold SECONDS-SECONDS] [--source ADDRESS]… ADDRESS:PORT…
 *
 * Connections go round the targets in turn, each opened on its own beat of the clock, so lateness is made up for and
 * never adds up. At each target they come from the sources in turn, and a request is sent once its connection was held
 * open for some time within the bounds, spread evenly. It ends after the duration, the count, or SIGTERM, which waits for the least of connections; then it
 * waits for answers under way and prints its LoadCount as one line of JSON.
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

/** What a load did. */
export interface LoadCount {
  /** Connections that were begun. */
  opened: number;
  /** Connections whose answer came whole. */
  answered: number;
  /** Connections that were refused, reset or never answered. */
  failed: number;
  /** Seconds from the first connection's beginning to the last one's, and one beat more: opened / seconds is the rate. */
  seconds: number;
  /** Seconds by which the latest connection or request was behind its time: a guest that is slow has no steady load. */
  late: number;
  /** Answers by the name of the real server that gave them. */
  servers: Record<string, number>;
  /** The first error's text. */
  error?: string;
}

const ANSWER_LIMIT_MS = 5000;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rate: { type: 'string', default: '10' },
      duration: { type: 'string', default: 'Infinity' },
      count: { type: 'string', default: 'Infinity' },
      least: { type: 'string', default: '0' },
      bytes: { type: 'string', default: '0' },
      hold: { type: 'string', default: '0-0' },
      source: { type: 'string', multiple: true, default: [] },
    },
  });
  run(positionals.map(target), {
    rate: Number(values.rate),
    count: Math.min(Number(values.count), Number(values.duration) * Number(values.rate)),
    least: Number(values.least),
    bytes: Number(values.bytes),
    hold: values.hold.split('-').map(Number),
    sources: values.source,
  });
}

function target(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) };
}

interface Pace {
  readonly rate: number;
  count: number;
  readonly least: number;
  readonly bytes: number;
  readonly hold: readonly number[];
  readonly sources: readonly string[];
}

function run(targets: { host: string; port: number }[], load: Pace): void {
  const counted: LoadCount = { opened: 0, answered: 0, failed: 0, seconds: 0, late: 0, servers: {} };
  const beat = 1000 / load.rate;
  const start = performance.now();
  let underWay = 0;
  let ending = false;
  let timer: NodeJS.Timeout | undefined;

  const noteLate = (due: number) => {
    counted.late = Math.max(counted.late, (performance.now() - due) / 1000);
  };
  const open = () => {
    noteLate(start + counted.opened * beat);
    const round = Math.floor(counted.opened / targets.length);
    const aim = targets[counted.opened % targets.length];
    if (!aim) {
      throw new Error('no target given');
    }
    counted.opened += 1;
    underWay += 1;
    const sources = load.sources.filter((source) => source.includes(':') === aim.host.includes(':'));
    const source = sources[round % sources.length];
    const connection = connect({ ...aim, ...(source !== undefined && { localAddress: source }) });
    const [shortest = 0, longest = 0] = load.hold;
    // No two lengths in a row are alike, and any number of them are spread evenly.
    const held = (shortest + ((round * GOLDEN) % 1) * (longest - shortest)) * 1000;
    let answer = '';
    connection.setTimeout(held + ANSWER_LIMIT_MS, () => connection.destroy(new Error('no answer')));
    connection.on('connect', () => {
      const due = performance.now() + held;
      setTimeout(() => {
        noteLate(due);
        connection.write(`GET /${load.bytes} HTTP/1.0\r\n\r\n`);
      }, held);
    });
    connection.on('data', (text) => {
      answer += text.toString('latin1');
    });
    connection.on('error', (error) => {
      counted.error ??= `${aim.host}: ${error.message}`;
    });
    connection.on('close', () => {
      underWay -= 1;
      count(counted, answer);
      finish();
    });
  };
  const next = () => {
    while (!ending && counted.opened < load.count && performance.now() >= start + counted.opened * beat) {
      open();
    }
    if (ending || counted.opened >= load.count) {
      end();
    } else {
      timer = setTimeout(next, Math.max(0, start + counted.opened * beat - performance.now()));
    }
  };
  const end = () => {
    if (!ending) {
      counted.seconds = (performance.now() - start + (counted.opened >= load.count ? beat : 0)) / 1000;
    }
    ending = true;
    clearTimeout(timer);
    finish();
  };
  const finish = () => {
    if (ending && underWay === 0) {
      process.stdout.write(`${JSON.stringify(counted)}\n`, () => process.exit(0));
    }
  };

  const stop = () => {
    load.count = Math.min(load.count, load.least);
    if (counted.opened >= load.count) {
      end();
    }
  };

  process.on('SIGTERM', stop);
  process.on('SIGINT', end);
  console.error('running');
  next();
}

function count(counted: LoadCount, answer: string): void {
  const [head, body] = answer.split('\r\n\r\n');
  const length = Number(/Content-Length: (\d+)/.exec(head ?? '')?.[1] ?? Number.NaN);
  if (body?.length !== length) {
    counted.failed += 1;
    return;
  }
  const server = body.split('\n')[0] ?? '';
  counted.answered += 1;
  counted.servers[server] = (counted.servers[server] ?? 0) + 1;
}
