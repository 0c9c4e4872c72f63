import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import * as v from 'valibot';
import { visible } from '../../ipvs/visible.ts';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import type { HttpConfiguration } from './http-configuration.ts';

/** A value of a series at one moment. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Values of a series over time, the oldest first. */
export interface SampleRange {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** Answers to a query, and the moment that they are of by the clock over there, seconds since the epoch. */
export interface InstantAnswer {
  readonly samples: readonly Sample[];
  readonly time: number | null;
}

/** Prometheus gave no answer, or not what was asked for; the message is why, one clause. */
export class PrometheusFailure extends Error {
  override readonly name = 'PrometheusFailure';
}

/** Milliseconds that an answer may take. */
const patience = 10_000;
/** Longest answer that is read, in bytes. */
const longestAnswer = 64 * 2 ** 20;
/** Most characters of a reason that are told. */
const longestReason = 200;

const unknownAuthority =
  'nobody who is believed here vouches for its certificate: name the authority in ca_file of --http-config';
/** What Node finds wrong with a certificate, by the code of its error, and what to do about it. */
const certificateFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name: give that name in the address, or as server_name of --http-config',
};

const labels = v.record(v.string(), v.string());
const point = v.tuple([v.number(), v.string()]);
const failed = v.object({ status: v.literal('error'), error: v.string() });
const instant = v.object({
  status: v.literal('success'),
  data: v.object({
    resultType: v.literal('vector'),
    result: v.array(v.object({ metric: labels, value: point })),
  }),
});
const ranges = v.object({
  status: v.literal('success'),
  data: v.object({
    resultType: v.literal('matrix'),
    result: v.array(v.object({ metric: labels, values: v.array(point) })),
  }),
});

/** The HTTP API of Prometheus, as VictoriaMetrics, Thanos and Mimir have it too. Redirects are not followed. */
export class PrometheusApi {
  readonly #url: URL;
  readonly #configuration: HttpConfiguration;
  readonly #agent: PlainAgent | SecureAgent;

  constructor(url: URL, configuration: HttpConfiguration) {
    this.#url = url;
    this.#configuration = configuration;
    const { authority, certificate, serverName } = configuration;
    this.#agent =
      url.protocol === 'https:'
        ? new SecureAgent({
            keepAlive: true,
            ...(authority !== null && { ca: authority }),
            ...(certificate !== null && { cert: certificate.certificate, key: certificate.key }),
            ...(serverName !== null && { servername: serverName }),
          })
        : new PlainAgent({ keepAlive: true });
  }

  /** Where it is, as an operator writes it. */
  get address(): string {
    return this.#url.href.replace(/\/$/, '');
  }

  /** The value of an expression now. Throws a `PrometheusFailure`. */
  async query(expression: string): Promise<InstantAnswer> {
    const answer = this.#read(await this.#ask('query', { query: expression }), instant);
    return {
      samples: answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) })),
      time: answer.data.result[0]?.value[0] ?? null,
    };
  }

  /**
   * The values of an expression from one moment to another, each `step` seconds; times are seconds since the epoch.
   * Throws a `PrometheusFailure`.
   */
  async queryRange(
    expression: string,
    from: number,
    to: number,
    step: number,
  ): Promise<readonly SampleRange[]> {
    const query = { query: expression, start: String(from), end: String(to), step: String(step) };
    const answer = this.#read(await this.#ask('query_range', query), ranges);
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      values: values.map(([, value]) => Number(value)),
    }));
  }

  /** Lets go of connections. */
  close(): void {
    this.#agent.destroy();
  }

  #read<Answer extends v.GenericSchema>(text: string, schema: Answer): v.InferOutput<Answer> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new PrometheusFailure("what it answered is no JSON of Prometheus' API");
    }
    const read = v.safeParse(schema, value);
    if (read.success) return read.output;
    if (v.is(failed, value)) throw new PrometheusFailure(`it says: ${brief(value.error)}`);
    throw new PrometheusFailure("what it answered is not what Prometheus' API answers");
  }

  async #ask(call: 'query' | 'query_range', parameters: Readonly<Record<string, string>>): Promise<string> {
    const body = new URLSearchParams(parameters).toString();
    const { authorization } = this.#configuration;
    const url = new URL(`${this.#url.href.replace(/\/$/, '')}/api/v1/${call}`);
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    const answer = Promise.withResolvers<string>();
    const request = send(url, {
      method: 'POST',
      agent: this.#agent,
      signal: AbortSignal.timeout(patience),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        ...(authorization !== null && { authorization }),
      },
    });
    request.on('response', (response) => bodyOf(response).then(answer.resolve, answer.reject));
    request.on('error', (error) => answer.reject(failureOf(error)));
    request.end(body);
    return answer.promise;
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > longestAnswer) {
        response.destroy();
        throw new PrometheusFailure(`its answer is longer than ${longestAnswer / 2 ** 20} MiB`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw failureOf(error);
  }
  const { statusCode = 0, headers } = response;
  const text = Buffer.concat(chunks).toString();
  // What goes wrong with a query comes with 400, 422 or 503 and a JSON that says what.
  if (statusCode === 200 || (statusCode >= 400 && (headers['content-type'] ?? '').includes('json')))
    return text;
  throw new PrometheusFailure(`it answered with HTTP status ${statusCode}${adviceFor(statusCode)}`);
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return ': it wants another password or token, see --http-config';
  if (status >= 300 && status < 400) return ': it leads elsewhere; give the address itself';
  return status === 404 ? ': its API is not below that address' : '';
}

function failureOf(error: unknown): PrometheusFailure {
  if (error instanceof PrometheusFailure) return error;
  if (error instanceof Error && error.name === 'TimeoutError')
    return new PrometheusFailure(`no answer within ${patience / 1000} s`);
  const code = systemErrorCode(error);
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return new PrometheusFailure(systemErrorReason(code));
  const fault = code === undefined ? undefined : certificateFaults[code];
  if (fault !== undefined) return new PrometheusFailure(fault);
  return new PrometheusFailure(brief(error instanceof Error ? error.message : String(error)));
}

function brief(text: string): string {
  const [line = ''] = text.split('\n');
  return visible(line.slice(0, longestReason));
}
