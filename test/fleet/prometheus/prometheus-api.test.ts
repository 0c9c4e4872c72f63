import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { noHttpConfiguration } from '../../../src/fleet/prometheus/http-configuration.ts';
import { PrometheusApi } from '../../../src/fleet/prometheus/prometheus-api.ts';
import { certifyItself } from '../self-certified.ts';

/** The API at a server that answers so. */
async function apiAt(answer: RequestListener, authorization: string | null = null): Promise<PrometheusApi> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const api = new PrometheusApi(new URL(`http://127.0.0.1:${port}/below/`), {
    ...noHttpConfiguration,
    authorization,
  });
  onTestFinished(() => {
    api.close();
    server.closeAllConnections();
    server.close();
  });
  return api;
}

const vector = (result: unknown) =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });

it('asks below the address that was given, and shows who asks', async () => {
  const asked: unknown[] = [];
  const api = await apiAt((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push([request.method, request.url, request.headers.authorization, body]);
      response.end(vector([{ metric: { job: 'a' }, value: [12.5, '3'] }]));
    });
  }, 'Bearer x');
  expect(await api.query('up{job="a"}')).toEqual({
    samples: [{ labels: { job: 'a' }, value: 3 }],
    time: 12.5,
  });
  expect(asked).toEqual([['POST', '/below/api/v1/query', 'Bearer x', 'query=up%7Bjob%3D%22a%22%7D']]);
});

it.each([
  [
    'its own reason',
    400,
    'application/json',
    '{"status":"error","errorType":"bad_data","error":"parse error"}',
    'it says: parse error',
  ],
  ['a wrong password', 401, 'text/plain', 'no', 'it wants another password or token'],
  ['a page that leads elsewhere', 302, 'text/html', '', 'it leads elsewhere'],
  ['no API', 404, 'text/html', '', 'its API is not below that address'],
  ['no JSON', 200, 'text/html', '<html>', "no JSON of Prometheus' API"],
  ['another JSON', 200, 'application/json', '{"a":1}', "not what Prometheus' API answers"],
])('tells %s', async (_what, status, type, body, reason) => {
  const api = await apiAt((_request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  await expect(api.query('up')).rejects.toThrow(reason);
});

it('tells that nobody listens', async () => {
  const api = new PrometheusApi(new URL('http://127.0.0.1:1'), noHttpConfiguration);
  await expect(api.query('up')).rejects.toThrow('connection refused');
});

it.each([
  ['an authority that is not known', null, 'name the authority in ca_file of --http-config'],
  ['a certificate for another name', 'new.crt', 'its certificate is for another name'],
])('tells %s', async (_what, authority, reason) => {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-api-'));
  certifyItself(folder, 'prometheus.example');
  const fileOf = (name: string) => readFileSync(join(folder, name));
  const server = createTlsServer({ cert: fileOf('new.crt'), key: fileOf('new.key') });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const api = new PrometheusApi(new URL(`https://127.0.0.1:${port}/`), {
    ...noHttpConfiguration,
    authority: authority === null ? null : fileOf(authority),
  });
  onTestFinished(() => {
    api.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  await expect(api.query('up')).rejects.toThrow(reason);
});
