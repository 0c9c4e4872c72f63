import * as v from 'valibot';
import { parse } from 'yaml';
import { IpvsError } from '../../ipvs/error.ts';

/** Who may read metrics over TLS, and by which certificate they are served: the shape of Prometheus' web configuration. */
export interface WebConfiguration {
  readonly tls: {
    readonly certificateFile: string;
    readonly keyFile: string;
    readonly clientCertificates: 'none' | 'required';
    /** Who signs the clients' certificates; given where these are required. */
    readonly clientAuthorityFile?: string;
    readonly leastVersion: 'TLSv1.2' | 'TLSv1.3';
  } | null;
  /** Passwords by name, as bcrypt keeps them; none where no password is asked for. */
  readonly users: ReadonlyMap<string, string>;
}

const versions = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

const schema = v.strictObject({
  tls_server_config: v.optional(
    v.strictObject({
      cert_file: v.string(),
      key_file: v.string(),
      client_auth_type: v.optional(
        v.picklist(['NoClientCert', 'RequireAndVerifyClientCert']),
        'NoClientCert',
      ),
      client_ca_file: v.optional(v.string()),
      min_version: v.optional(v.picklist(['TLS12', 'TLS13']), 'TLS12'),
    }),
  ),
  basic_auth_users: v.optional(
    v.record(v.string(), v.pipe(v.string(), v.regex(/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/))),
    {},
  ),
});

/**
 * Reads such a configuration from its YAML. Of Prometheus' options those are refused that would admit clients who prove
 * nothing, and those that lvstop does not support. Throws an input `IpvsError` that names the place.
 */
export function readWebConfiguration(text: string, file: string): WebConfiguration {
  const refuse = (reason: string) =>
    IpvsError.input(
      'bad-configuration',
      'read the web configuration',
      file,
      reason,
      'give tls_server_config (cert_file, key_file, client_auth_type, client_ca_file, min_version) and basic_auth_users, as in docs/metrics.md',
    );
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw refuse(
      error instanceof Error ? (error.message.split('\n')[0] ?? 'it is no YAML') : 'it is no YAML',
    );
  }
  const read = v.safeParse(schema, value ?? {});
  if (!read.success) {
    const [issue] = read.issues;
    throw refuse(`${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
  }
  const { tls_server_config: tls, basic_auth_users: users } = read.output;
  const isRequired = tls?.client_auth_type === 'RequireAndVerifyClientCert';
  if (isRequired && tls.client_ca_file === undefined)
    throw refuse('client_auth_type asks for certificates, and client_ca_file, which says whose, is missing');
  return {
    tls:
      tls === undefined
        ? null
        : {
            certificateFile: tls.cert_file,
            keyFile: tls.key_file,
            clientCertificates: isRequired ? 'required' : 'none',
            ...(tls.client_ca_file !== undefined && { clientAuthorityFile: tls.client_ca_file }),
            leastVersion: versions[tls.min_version],
          },
    users: new Map(Object.entries(users)),
  };
}
