import * as v from 'valibot';
import type { ErrorCode } from '../ipvs/error-codes.ts';
import { jsonText } from './json/json-text.ts';
import type { FindingCount, VrrpRole } from './metrics/measured.ts';

/** Version of the shape of summaries; it counts up when a field changes its meaning or goes. */
export const summaryVersion = 1;

/** What is carried at one moment. */
export interface Load {
  readonly active: number | null;
  readonly inactive: number | null;
  /** A second; `null` as long as it is not known. */
  readonly connections: number | null;
  /** Bytes a second. */
  readonly inBytes: number | null;
  /** Bytes a second; `null` where the director sees no responses, too. */
  readonly outBytes: number | null;
}

/** A service as it stands in a summary. */
export interface SummarizedService {
  /** As commands take it: `tcp:203.0.113.10:80`. */
  readonly id: string;
  readonly scheduler: string;
  /** Real servers, and those that take new connections. */
  readonly realServers: number;
  readonly withWeight: number;
  readonly load: Load;
}

/** A director in short: what stands in one line of several. */
export interface DirectorSummary {
  /** When the table was read, milliseconds since the epoch. */
  readonly time: number;
  readonly hostName: string;
  readonly source: string;
  readonly access: string;
  readonly state: 'live' | 'frozen-counters' | 'lost';
  /** Why it is lost; `null` while it is not. */
  readonly error: string | null;
  readonly errorCode: ErrorCode | null;
  /** `null` where it is not known. */
  readonly serviceCount: number | null;
  readonly realServerCount: number | null;
  readonly load: Load;
  /** What is set in the table, as one number that is the same for the same settings; `null` where not all could be read. */
  readonly configurationHash: number | null;
  /** `null` where nobody has looked. */
  readonly findings: { readonly time: number; readonly counts: readonly FindingCount[] } | null;
  /** `null` where no keepalived keeps the table, or its files cannot be read. */
  readonly vrrp: readonly VrrpRole[] | null;
  /** `null` where they are not told. */
  readonly services: readonly SummarizedService[] | null;
}

const number = v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0)));
const word = v.pipe(v.string(), v.maxLength(400));
const load = v.object({
  active: number,
  inactive: number,
  connections: number,
  inBytes: number,
  outBytes: number,
});

const schema = v.object({
  version: v.literal(summaryVersion),
  time: v.pipe(v.string(), v.isoTimestamp()),
  hostName: word,
  source: word,
  access: word,
  state: v.picklist(['live', 'frozen-counters', 'lost']),
  error: v.nullable(v.string()),
  errorCode: v.nullable(word),
  serviceCount: number,
  realServerCount: number,
  load,
  configurationHash: number,
  findings: v.nullable(
    v.object({
      time: v.pipe(v.string(), v.isoTimestamp()),
      counts: v.array(v.object({ check: word, severity: word, count: v.pipe(v.number(), v.minValue(0)) })),
    }),
  ),
  vrrp: v.nullable(v.array(v.object({ name: word, state: word }))),
  services: v.nullable(
    v.array(
      v.object({
        id: word,
        scheduler: word,
        realServers: v.pipe(v.number(), v.minValue(0)),
        withWeight: v.pipe(v.number(), v.minValue(0)),
        load,
      }),
    ),
  ),
});

/** A summary as one JSON object on one line, without a newline. */
export function formatSummary(summary: DirectorSummary): string {
  const { time, findings, ...rest } = summary;
  return jsonText({
    version: summaryVersion,
    time: new Date(time).toISOString(),
    ...rest,
    findings: findings && { ...findings, time: new Date(findings.time).toISOString() },
  });
}

/** Reads a summary as `formatSummary` writes it; `undefined` for anything else. */
export function readSummary(text: string): DirectorSummary | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const read = v.safeParse(schema, value);
  if (!read.success) return undefined;
  const { version: _, time, findings, errorCode, ...rest } = read.output;
  return {
    ...rest,
    errorCode: errorCode as ErrorCode | null,
    time: Date.parse(time),
    findings: findings && { ...findings, time: Date.parse(findings.time) },
  };
}
