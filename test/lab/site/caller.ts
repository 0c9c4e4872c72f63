/**
 * Calls on demand, many at once, without the price of a new process for each: a line of JSON in, a {@link Call}, gives a
 * line of JSON out, for each request the name of the real server that answered, or `-`. Runs in the client's namespace
 * until its standard input ends.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** Requests that begin together. */
export interface Call {
  readonly host: string;
  readonly count: number;
  /** The client's address; the one that the route chooses when not given. */
  readonly source?: string;
  /** Bytes of the request at least. */
  readonly bytes: number;
  /** Milliseconds after which a request counts as failed. */
  readonly patience: number;
}

if (import.meta.main) {
  for await (const line of createInterface({ input: process.stdin })) {
    const call = JSON.parse(line) as Call;
    const answers = await Promise.all(Array.from({ length: call.count }, () => request(call)));
    process.stdout.write(`${JSON.stringify(answers.sort())}\n`);
  }
}

function request({ host, source, bytes, patience }: Call): Promise<string> {
  return new Promise((resolve) => {
    const connection = connect({ host, port: 80, ...(source !== undefined && { localAddress: source }) });
    const timer = setTimeout(() => connection.destroy(), patience);
    let answer = '';
    connection.on('connect', () =>
      connection.write(`GET / HTTP/1.0\r\nX-Filling: ${'x'.repeat(bytes)}\r\n\r\n`),
    );
    connection.on('data', (text) => {
      answer += text.toString('latin1');
    });
    connection.on('error', () => {});
    connection.on('close', () => {
      clearTimeout(timer);
      resolve(/\r\n\r\n(\w+)\n/.exec(answer)?.[1] ?? '-');
    });
  });
}
