import { expect, test } from 'vitest';
import { Passwords } from '../../../src/fleet/exporter/passwords.ts';
import { readWebConfiguration } from '../../../src/fleet/exporter/web-configuration.ts';

/** "secret", as `htpasswd -nBC 4` keeps it. */
const secret = '$2b$04$7JqGZ0PNyZHUoMYvHcn7we9Q8Qqf1v7nXH1Ml0Yx2sQJrsf4mKs4m';

const whole = `
tls_server_config:
  cert_file: /etc/lvstop/server.crt
  key_file: /etc/lvstop/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: /etc/lvstop/clients.crt
  min_version: TLS13
basic_auth_users:
  prometheus: ${secret}
`;

test("what Prometheus' exporters read is read", () => {
  expect(readWebConfiguration(whole, 'web.yml')).toEqual({
    tls: {
      certificateFile: '/etc/lvstop/server.crt',
      keyFile: '/etc/lvstop/server.key',
      clientAuthorityFile: '/etc/lvstop/clients.crt',
      clientCertificates: 'required',
      leastVersion: 'TLSv1.3',
    },
    users: new Map([['prometheus', secret]]),
  });
});

test('an empty one asks for nothing', () => {
  expect(readWebConfiguration('', 'web.yml')).toEqual({ tls: null, users: new Map() });
});

test.each([
  ['no YAML', 'a: [', 'web.yml'],
  ['a word that is not obeyed', 'http_server_config: { http2: true }', 'http_server_config'],
  [
    'a certificate that nobody verifies',
    whole.replace('RequireAndVerifyClientCert', 'RequireAnyClientCert'),
    'client_auth_type',
  ],
  ['no authority for clients', whole.replace(/ {2}client_ca_file.*\n/, ''), 'client_ca_file'],
  ['a password as it is typed', 'basic_auth_users: { a: secret }', 'basic_auth_users.a'],
  ['a certificate without its key', 'tls_server_config: { cert_file: a }', 'key_file'],
])('%s is refused, and where it stands is named', (_, text, named) => {
  expect(() => readWebConfiguration(text, 'web.yml')).toThrow(named);
});

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

test('a name comes in with its password only', async () => {
  const { hash } = await import('bcryptjs');
  const passwords = new Passwords(new Map([['prometheus', await hash('sec:ret', 4)]]));
  await expect(passwords.admits(basic('prometheus:sec:ret'))).resolves.toBe(true);
  await expect(passwords.admits(basic('prometheus:sec:ret'))).resolves.toBe(true);
  for (const wrong of [
    undefined,
    'Bearer x',
    basic('prometheus:wrong'),
    basic('nobody:sec:ret'),
    basic('prometheus'),
    basic(''),
  ])
    await expect(passwords.admits(wrong)).resolves.toBe(false);
});
