import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { contentTypes, type ExpositionForm } from '../../formats/metrics/exposition.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import { readCertificates, renewCertificates } from './certificates.ts';
import { formatListenAddress, isLocal, type ListenAddress } from './listen-address.ts';
import { Passwords } from './passwords.ts';
import type { WebConfiguration } from './web-configuration.ts';

/** What a metrics server serves, where, and to whom. */
export interface MetricsServerOptions {
  readonly listen: ListenAddress;
  /** `null` where everybody on this machine may read. */
  readonly web: WebConfiguration | null;
  /** The metrics in a form. */
  readonly text: (form: ExpositionForm) => Promise<Buffer>;
  /** Told of a request that could not be answered, and of certificates that cannot be taken; a sentence. */
  readonly onFailure: (reason: string) => void;
}

/** Connections at once: a scraper has one. */
const mostConnections = 32;

/** Milliseconds that a client may take for a request. */
const longestRequest = 10_000;

/** Whoever is in the group of this process may read its socket: mode 0660. */
const socketMask = 0o117;

/**
 * Serves metrics under `/metrics` until it is closed. Throws an input `IpvsError` where it would be open to others than
 * those of this machine without TLS and a proof of who asks, and where it cannot listen.
 */
export async function openMetricsServer(options: MetricsServerOptions): Promise<{ close(): Promise<void> }> {
  const { listen, web } = options;
  if (!isLocal(listen)) requireProof(listen, web);
  const server = createServer(options);
  server.maxConnections = mostConnections;
  server.requestTimeout = longestRequest;
  server.headersTimeout = longestRequest;
  if (listen.kind === 'socket') await removeDeadSocket(listen.path);
  if (listen.kind === 'socket') listenOnSocket(server, listen.path);
  else server.listen(listen.port, listen.address);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(listen, error);
  }
  return {
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * Sets the mode by way of the umask, so that it holds from the start: by the time of a chmod the name could lead
 * elsewhere.
 */
function listenOnSocket(server: Server, path: string): void {
  const mask = process.umask(socketMask);
  try {
    server.listen(path);
  } finally {
    process.umask(mask);
  }
}

function createServer({ web, text, onFailure }: MetricsServerOptions): Server {
  const passwords = new Passwords(web?.users ?? new Map());
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, passwords, text).catch((error: unknown) => {
      onFailure(`a scrape was not answered: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) response.destroy();
      else end(response, 500, 'the metrics could not be made; the log of lvstop says why\n');
    });
  };
  if (web?.tls == null) return createPlainServer(listener);
  const server = createTlsServer(
    {
      ...readCertificates(web.tls),
      ...(web.tls.clientCertificates === 'required' && { requestCert: true, rejectUnauthorized: true }),
    },
    listener,
  );
  renewCertificates(server, web.tls, onFailure);
  return server;
}

async function answer(
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  passwords: Passwords,
  text: MetricsServerOptions['text'],
): Promise<void> {
  if (!(await passwords.admits(headers.authorization))) {
    response.setHeader('WWW-Authenticate', 'Basic realm="lvstop"');
    end(response, 401, 'a name and its password are needed\n');
    return;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    end(response, 405, 'metrics can only be read\n');
    return;
  }
  if (url.split('?', 1)[0] !== '/metrics') {
    end(response, url === '/' ? 200 : 404, 'lvstop serves its metrics at /metrics\n');
    return;
  }
  const form = formFor(headers.accept ?? '');
  const body = await text(form);
  response.setHeader('Content-Type', contentTypes[form]);
  response.setHeader('Content-Length', body.length);
  response.end(method === 'HEAD' ? undefined : body);
}

/** OpenMetrics where it is asked for. */
function formFor(accept: string): ExpositionForm {
  return /application\/openmetrics-text/i.test(accept) ? 'openmetrics' : 'prometheus';
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(text);
}

function requireProof(listen: ListenAddress, web: WebConfiguration | null): void {
  const isProved = web?.tls != null && (web.users.size > 0 || web.tls.clientCertificates === 'required');
  if (isProved) return;
  throw IpvsError.input(
    'bad-usage',
    'serve metrics on',
    formatListenAddress(listen),
    'others can reach that address, and nothing would ask them who they are',
    'listen on 127.0.0.1, [::1] or a socket, or give --web-config with TLS and passwords or client certificates',
  );
}

/** Removes the socket that a killed process has left, but none that somebody listens on. */
async function removeDeadSocket(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (systemErrorCode(error) === 'ECONNREFUSED') unlinkSync(path);
  } finally {
    socket.destroy();
  }
}

function cannotListen(listen: ListenAddress, error: unknown): IpvsError {
  const code = systemErrorCode(error) ?? 'EIO';
  return IpvsError.input(
    'bad-value',
    'listen on',
    formatListenAddress(listen),
    systemErrorReason(code),
    code === 'EADDRINUSE'
      ? 'another program has it: name another place with --listen'
      : 'name another place with --listen',
  );
}
