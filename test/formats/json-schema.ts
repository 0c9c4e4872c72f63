/** The shape of a listing in JSON, as docs/json.md tells it: nothing more and nothing less. */
import * as v from 'valibot';
import { counterNames } from '../../src/ipvs/counters.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));
const port = v.pipe(count, v.maxValue(65_535));
const family = v.picklist(['inet', 'inet6']);
const large = v.pipe(
  v.string(),
  v.regex(/^\d{16,20}$/),
  v.check((text) => BigInt(text) > Number.MAX_SAFE_INTEGER, 'a number would hold it'),
);
const numbers = <Value extends v.GenericSchema>(value: Value) =>
  v.nullable(v.strictObject(Object.fromEntries(counterNames.map((name) => [name, v.nullable(value)]))));
const stats = numbers(v.union([count, large]));
const rates = numbers(v.pipe(v.number(), v.minValue(0)));

const realServer = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^(\w+:\S+) (\S+:\d+)$/)),
  family,
  address: v.string(),
  port,
  forwarding: v.string(),
  weight: count,
  upperThreshold: v.nullable(count),
  lowerThreshold: v.nullable(count),
  active: count,
  inactive: count,
  persistent: v.nullable(count),
  share,
  due: share,
  tunnel: v.nullable(
    v.strictObject({ type: v.string(), port, checksum: v.picklist(['no', 'yes', 'remote']) }),
  ),
  stats,
  rates,
});

const service = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^(tcp|udp|sctp|fwm6?|protocol-\d+):\S+$/)),
  protocol: v.nullable(v.string()),
  address: v.nullable(v.string()),
  port: v.nullable(port),
  fwmark: v.nullable(count),
  family,
  scheduler: v.string(),
  flags: v.nullable(v.array(v.string())),
  persistence: v.nullable(v.strictObject({ timeout: count, netmask: v.string() })),
  engine: v.nullable(v.string()),
  active: count,
  inactive: count,
  persistent: v.nullable(count),
  share,
  stats,
  rates,
  realServers: v.array(realServer),
});

/** One object of `lvstop list --json` or a line of `lvstop watch --json`. */
export const listingSchema = v.strictObject({
  version: v.literal(2),
  time: v.pipe(v.string(), v.isoTimestamp()),
  director: v.strictObject({
    access: v.picklist(['full', 'public']),
    hostName: v.string(),
    source: v.picklist(['kernel', 'simulated']),
    version: v.nullable(v.string()),
    connectionTableSize: v.nullable(count),
    state: v.picklist(['live', 'frozen-counters', 'lost']),
    error: v.nullable(v.string()),
    errorCode: v.nullable(v.string()),
  }),
  rateSource: v.picklist(['kernel average', 'counter steps']),
  services: v.array(service),
});
