import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMetricsServer } from '../../../src/fleet/exporter/metrics-server.ts';
import type { WebConfiguration } from '../../../src/fleet/exporter/web-configuration.ts';
import { certifyItself } from '../self-certified.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-metrics-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(socketPath: string, path: string, headers = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, headers, method }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

async function serving(
  use: (path: string) => Promise<void>,
  {
    web = null,
    text = async (form: string) => Buffer.from(`${form}\n`),
  }: { web?: WebConfiguration | null; text?: (form: string) => Promise<Buffer> } = {},
): Promise<string[]> {
  const path = join(folder, 'metrics.sock');
  const failures: string[] = [];
  const server = await openMetricsServer({
    listen: { kind: 'socket', path },
    web,
    text,
    onFailure: (reason) => failures.push(reason),
  });
  try {
    await use(path);
  } finally {
    await server.close();
  }
  return failures;
}

test('metrics come in the form that is asked for, to the group of the process', async () => {
  await serving(async (path) => {
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const plain = await ask(path, '/metrics?x=1');
    expect(plain).toMatchObject({ status: 200, body: 'prometheus\n' });
    expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const open = await ask(path, '/metrics', {
      Accept: 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain',
    });
    expect(open.body).toBe('openmetrics\n');
    expect(open.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await ask(path, '/metrics', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });
  expect(existsSync(join(folder, 'metrics.sock'))).toBe(false);
});

test('nothing else is served', async () => {
  await serving(async (path) => {
    expect(await ask(path, '/etc/passwd')).toMatchObject({ status: 404 });
    expect(await ask(path, '/metrics', {}, 'POST')).toMatchObject({ status: 405 });
    expect(await ask(path, '/')).toMatchObject({
      status: 200,
      body: 'lvstop serves its metrics at /metrics\n',
    });
  });
});

test('whoever has no password is turned away', async () => {
  const users = new Map([['prometheus', '$2b$04$'.padEnd(60, 'a')]]);
  await serving(
    async (path) => {
      const { status, headers } = await ask(path, '/metrics', { Authorization: 'Basic eDp5' });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe('Basic realm="lvstop"');
    },
    { web: { tls: null, users } },
  );
});

test('what goes wrong is answered with 500 and told', async () => {
  const failures = await serving(
    async (path) => {
      expect(await ask(path, '/metrics')).toMatchObject({ status: 500 });
    },
    { text: () => Promise.reject(new Error('the director is on fire')) },
  );
  expect(failures).toEqual(['a scrape was not answered: the director is on fire']);
});

test('a socket that a killed one left is taken over, one that is in use is not', async () => {
  const path = join(folder, 'metrics.sock');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(path, resolve));
  await expect(serving(async () => undefined)).rejects.toThrow('another program has it');
  await new Promise((resolve) => other.close(resolve));
  const dying =
    "require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  spawnSync(process.execPath, ['-e', dying, path]);
  expect(statSync(path).isSocket()).toBe(true);
  await serving(async () => {
    expect(await ask(path, '/metrics')).toMatchObject({ status: 200 });
  });
});

test.each([
  ['no configuration', null],
  ['passwords without TLS', { tls: null, users: new Map([['a', 'b']]) }],
  [
    'TLS for everybody',
    {
      tls: { certificateFile: 'a', keyFile: 'b', clientCertificates: 'none', leastVersion: 'TLSv1.2' },
      users: new Map(),
    },
  ],
] as [string, WebConfiguration | null][])(
  'an address that others can reach is refused with %s',
  async (_, web) => {
    const listen = { kind: 'port', address: '0.0.0.0', port: 0 } as const;
    await expect(
      openMetricsServer({ listen, web, text: async () => Buffer.alloc(0), onFailure: () => undefined }),
    ).rejects.toThrow('others can reach that address');
  },
);

/** The name in the certificate that a server shows. */
function shownName(path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, rejectUnauthorized: false }, () => {
      const { CN } = socket.getPeerCertificate().subject;
      resolve(Array.isArray(CN) ? CN[0] : CN);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('certificates that are renewed are shown at the next connection, halves of them never', async () => {
  const tls = {
    certificateFile: join(folder, 'server.crt'),
    keyFile: join(folder, 'server.key'),
    clientCertificates: 'none',
    leastVersion: 'TLSv1.2',
  } as const;
  certifyItself(folder, 'old');
  renameSync(join(folder, 'new.crt'), tls.certificateFile);
  renameSync(join(folder, 'new.key'), tls.keyFile);
  const failures = await serving(
    async (path) => {
      expect(await shownName(path)).toBe('old');
      certifyItself(folder, 'new');
      renameSync(join(folder, 'new.crt'), tls.certificateFile);
      expect(await shownName(path)).toBe('old');
      expect(await shownName(path)).toBe('old');
      renameSync(join(folder, 'new.key'), tls.keyFile);
      expect(await shownName(path)).toBe('new');
    },
    { web: { tls, users: new Map() } },
  );
  expect(failures).toEqual([expect.stringContaining('those from before go on')]);
});
