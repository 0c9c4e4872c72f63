import { describe, expect, it } from 'vitest';
import { readHttpConfiguration } from '../../../src/fleet/prometheus/http-configuration.ts';
import { readPrometheusAddress, refuseInTheClear } from '../../../src/fleet/prometheus/prometheus-address.ts';

const files: Readonly<Record<string, string>> = { 'token.txt': 'abc\n', 'ca.pem': 'CA', 'two.txt': 'a\nb\n' };
const read = (text: string) =>
  readHttpConfiguration(text, 'prometheus.yml', (path) => Buffer.from(files[path] ?? 'none'));

describe('the HTTP configuration', () => {
  it('has a password, a token, or neither', () => {
    expect(read('basic_auth: { username: ada, password: "s:1" }').authorization).toBe('Basic YWRhOnM6MQ==');
    expect(read('authorization: { credentials_file: token.txt }').authorization).toBe('Bearer abc');
    expect(read('authorization: { type: Token, credentials: x }').authorization).toBe('Token x');
    expect(read('')).toEqual({ authorization: null, authority: null, certificate: null, serverName: null });
  });

  it('names the authority that is believed, and a certificate of its own with its key', () => {
    expect(read('tls_config: { ca_file: ca.pem, server_name: prom }')).toMatchObject({
      authority: Buffer.from('CA'),
      serverName: 'prom',
    });
    expect(() => read('tls_config: { cert_file: a.pem }')).toThrow('cert_file and key_file need each other');
  });

  it('refuses what would be passed over, and tells no secret where it is no YAML', () => {
    expect(() => read('tls_config: { insecure_skip_verify: true }')).toThrow(
      'tls_config.insecure_skip_verify',
    );
    expect(() => read('basic_auth: { username: ada }')).toThrow('password or password_file is needed');
    expect(() => read('basic_auth: { username: a, password: b }\nauthorization: { credentials: c }')).toThrow(
      'exclude',
    );
    expect(() => read('authorization: { credentials_file: two.txt }')).toThrow('more than one line');
    expect(() => read('basic_auth: { password: [sesame')).toThrow(/^(?!.*sesame).*no YAML/);
  });
});

describe('the address', () => {
  it('may have a path, and no password', () => {
    expect(readPrometheusAddress('https://mimir.example/prometheus').pathname).toBe('/prometheus');
    expect(() => readPrometheusAddress('https://ada:sesame@prom.example')).toThrow(
      /^(?!.*sesame).*everybody sees/,
    );
    expect(() => readPrometheusAddress('prom.example:9090')).toThrow('no address of HTTP');
    expect(() => readPrometheusAddress('ftp://prom')).toThrow('no address of HTTP');
  });

  it('gets no password in the clear but on this machine', () => {
    const secret = { authorization: 'Bearer x', authority: null, certificate: null, serverName: null };
    expect(() => refuseInTheClear(new URL('http://prom.example:9090'), secret)).toThrow('in the clear');
    expect(() => refuseInTheClear(new URL('http://127.0.0.1:9090'), secret)).not.toThrow();
    expect(() => refuseInTheClear(new URL('https://prom.example'), secret)).not.toThrow();
    expect(() =>
      refuseInTheClear(new URL('http://prom.example'), { ...secret, authorization: null }),
    ).not.toThrow();
  });
});
