import * as v from 'valibot';
import { parse } from 'yaml';
import { IpvsError } from '../../ipvs/error.ts';

/** How to show who asks, and whom to believe: the shape of Prometheus' own HTTP client configuration. */
export interface HttpConfiguration {
  /** The whole value of the header `Authorization`; `null` where nothing is shown. */
  readonly authorization: string | null;
  /** PEM texts; `null` for the system's authorities, and for no certificate of our own. */
  readonly authority: Buffer | null;
  readonly certificate: { readonly certificate: Buffer; readonly key: Buffer } | null;
  /** Name that the server's certificate has to bear; `null` for the one of its address. */
  readonly serverName: string | null;
}

/** What holds without a configuration: nothing is shown, and the system's authorities are believed. */
export const noHttpConfiguration: HttpConfiguration = {
  authorization: null,
  authority: null,
  certificate: null,
  serverName: null,
};

const schema = v.strictObject({
  basic_auth: v.optional(
    v.strictObject({
      username: v.string(),
      password: v.optional(v.string()),
      password_file: v.optional(v.string()),
    }),
  ),
  authorization: v.optional(
    v.strictObject({
      type: v.optional(v.string(), 'Bearer'),
      credentials: v.optional(v.string()),
      credentials_file: v.optional(v.string()),
    }),
  ),
  tls_config: v.optional(
    v.strictObject({
      ca_file: v.optional(v.string()),
      cert_file: v.optional(v.string()),
      key_file: v.optional(v.string()),
      server_name: v.optional(v.string()),
    }),
  ),
});

/** Gives the bytes of a file that a configuration names; `secret` ones must be this user's alone. Throws an `IpvsError`. */
export type ReadNamedFile = (path: string, of: 'secret' | 'certificate') => Buffer;

/**
 * Reads such a configuration from its YAML: `basic_auth`, `authorization` and `tls_config`. What is not obeyed here,
 * `insecure_skip_verify` for one, is refused. Throws an input `IpvsError` that names the place.
 */
export function readHttpConfiguration(
  text: string,
  file: string,
  readFile: ReadNamedFile,
): HttpConfiguration {
  const refuse = (reason: string) =>
    IpvsError.input(
      'bad-configuration',
      'read the HTTP configuration',
      file,
      reason,
      'give basic_auth (username, password or password_file) or authorization (type, credentials or credentials_file), and tls_config (ca_file, cert_file, key_file, server_name), as in docs/fleet.md',
    );
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    // The parser's own message may quote the line, and a password with it.
    const line = /line (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw refuse(line === undefined ? 'it is no YAML' : `line ${line} is no YAML`);
  }
  const read = v.safeParse(schema, value ?? {});
  if (!read.success) throw refuse(`${v.getDotPath(read.issues[0]) ?? 'it'} is not what is expected there`);
  const { basic_auth: basic, authorization: token, tls_config: tls } = read.output;
  if (basic !== undefined && token !== undefined)
    throw refuse('basic_auth and authorization exclude each other');
  const secret = (name: string, text: string | undefined, path: string | undefined): string => {
    if ((text === undefined) === (path === undefined))
      throw refuse(`${name} or ${name}_file is needed, and one of them`);
    const found =
      text ??
      readFile(path ?? '', 'secret')
        .toString()
        .trim();
    if (/[\r\n]/.test(found)) throw refuse(`${name} has more than one line`);
    return found;
  };
  if ((tls?.cert_file === undefined) !== (tls?.key_file === undefined))
    throw refuse('cert_file and key_file need each other');
  return {
    authorization:
      basic !== undefined
        ? `Basic ${Buffer.from(`${basic.username}:${secret('password', basic.password, basic.password_file)}`).toString('base64')}`
        : token !== undefined
          ? `${token.type} ${secret('credentials', token.credentials, token.credentials_file)}`
          : null,
    authority: tls?.ca_file === undefined ? null : readFile(tls.ca_file, 'certificate'),
    certificate:
      tls?.cert_file === undefined || tls.key_file === undefined
        ? null
        : { certificate: readFile(tls.cert_file, 'certificate'), key: readFile(tls.key_file, 'secret') },
    serverName: tls?.server_name ?? null,
  };
}
