import * as v from 'valibot';
import { machineFaults } from '../../../host/machine-fault.ts';
import { parseAddress } from '../../../ipvs/address.ts';
import { forwardingModes } from '../../../ipvs/forwarding-method.ts';
import { parseRealServer, parseService } from '../../../ipvs/identity.ts';
import { greatestWeight } from '../../../ipvs/real-server.ts';
import { longestPersistence } from '../../../ipvs/service.ts';
import { longestTimeout } from '../../../ipvs/timeouts.ts';
import { tunnelChecksums, tunnelTypes } from '../../../ipvs/tunnel.ts';
import { defaultSettings } from '../kernel/settings.ts';
import { loadedSchedulers } from '../scheduling/loaded-schedulers.ts';
import { demands } from '../sites/demands.ts';

// Each message says what is allowed; the error has it after what was found instead.

const text = (message: string, longest = 200) =>
  v.pipe(v.string(message), v.minLength(1, message), v.maxLength(longest, message));

const between = (least: number, greatest: number) => {
  const message = `a number from ${least} to ${greatest}`;
  return v.pipe(v.number(message), v.minValue(least, message), v.maxValue(greatest, message));
};

const whole = (least: number, greatest: number) => {
  const message = `a whole number from ${least} to ${greatest}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(greatest, message),
  );
};

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  v.picklist(words, `one of ${words.map((word) => `"${word}"`).join(', ')}`);

const flag = v.boolean('true or false');

/** A text at which `read` does not throw. */
const readable = <Result>(example: string, read: (written: string) => Result) => {
  const message = `one like "${example}"`;
  return v.pipe(
    v.string(message),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return read(dataset.value);
      } catch {
        addIssue({ message });
        return NEVER;
      }
    }),
  );
};

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Seconds; no scene looks further back than a year. */
const longestSpan = 366 * 86_400;
const spanMessage = 'a time like "90s", "10m", "6h" or "2d", a year at most';

/** Seconds. */
const span = v.pipe(
  v.string(spanMessage),
  v.regex(/^\d{1,9}(\.\d{1,3})?[smhd]$/, spanMessage),
  v.transform((written) => Number(written.slice(0, -1)) * (unitSeconds[written.slice(-1)] ?? 1)),
  v.maxValue(longestSpan, spanMessage),
);

const address = v.pipe(
  v.string('an address'),
  v.check((written) => parseAddress(written) !== undefined, 'an address'),
  v.transform((written) => parseAddress(written)?.text ?? written),
);

const subnetMessage = 'an address with the length of its network, like "10.0.0.2/16"';
const subnet = v.pipe(
  v.string(subnetMessage),
  v.check((written) => {
    const [, host = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(written) ?? [];
    const parsed = parseAddress(host);
    return parsed !== undefined && Number(length) <= (parsed.family === 'inet' ? 32 : 128);
  }, subnetMessage),
  v.transform((written) => {
    const [host = '', length = ''] = written.split('/');
    return { address: parseAddress(host)?.text ?? host, prefixLength: Number(length) };
  }),
);

/** Connections a second, below the greatest rate that a step can still place. */
const mostConnections = 100_000;

const lifetimes = v.pipe(
  v.array(
    v.strictObject({ share: between(0, 1), seconds: between(0.1, 86_400) }),
    'a list like [{ share = 0.8, seconds = 3 }, { share = 0.2, seconds = 25 }]',
  ),
  v.maxLength(8, '8 lifetimes at most'),
  v.check(
    (all) => all.length === 0 || Math.abs(all.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6,
    'shares that add up to 1',
  ),
);

const course = v.strictObject({
  points: v.pipe(
    v.array(
      v.tuple([span, between(0, 1000)], 'a time and a number, like ["30s", 5]'),
      'a list of times with how many times the usual load there is, like [["0s", 1], ["30s", 5]]',
    ),
    v.minLength(1, 'at least one point'),
    v.maxLength(100, '100 points at most'),
    v.check(
      (points) => points.every(([at], place) => place === 0 || at >= (points[place - 1]?.[0] ?? 0)),
      'times that do not go back',
    ),
  ),
  repeats: v.optional(v.pipe(span, v.minValue(1, 'a second or more'))),
});

const demandNames = Object.keys(demands) as (keyof typeof demands)[];

const traffic = v.strictObject({
  like: oneOf(demandNames),
  connections: v.optional(between(0, mostConnections)),
  swing: v.optional(between(0, 1)),
  period: v.optional(v.pipe(span, v.minValue(1, 'a second or more'))),
  phase: v.optional(between(0, 1)),
  noise: v.optional(between(0, 1)),
  clients: v.optional(whole(1, 1_000_000)),
  lifetimes: v.optional(lifetimes),
  course: v.optional(course),
});

const trafficName = v.pipe(
  oneOf(demandNames),
  v.transform((like): v.InferOutput<typeof traffic> => ({ like })),
);
/** The name alone, or a table. Chosen here and not by a union, which would not tell the wrong key of a table. */
const trafficOrName = v.lazy((given): typeof traffic | typeof trafficName =>
  typeof given === 'string' ? trafficName : traffic,
);

const realServer = v.strictObject({
  address: readable('10.0.0.21:8080', (written) => parseRealServer(written)),
  count: v.optional(whole(1, 1000), 1),
  forwarding: v.optional(oneOf(forwardingModes), 'dr'),
  weight: v.optional(whole(0, greatestWeight), 1),
  upper: v.optional(whole(0, 0xffffffff), 0),
  lower: v.optional(whole(0, 0xffffffff), 0),
  tunnel: v.optional(oneOf(tunnelTypes), 'ipip'),
  'tunnel-port': v.optional(whole(0, 65_535), 0),
  'tunnel-checksum': v.optional(oneOf(tunnelChecksums), 'no'),
  drained: v.optional(v.strictObject({ weight: whole(1, greatestWeight), ago: span })),
  fault: v.optional(oneOf(machineFaults)),
});

const service = v.strictObject({
  address: readable('tcp:203.0.113.10:80', parseService),
  count: v.optional(whole(1, 20_000), 1),
  scheduler: v.optional(oneOf([...loadedSchedulers.keys()]), 'wlc'),
  flags: v.optional(text('scheduler flags with commas, like "sh-port,sh-fallback"')),
  persistent: v.optional(whole(1, longestPersistence)),
  netmask: v.optional(text('a netmask, like "255.255.255.0" or "64"')),
  'one-packet': v.optional(flag, false),
  traffic: v.optional(trafficOrName),
  'traffic-every': v.optional(whole(1, 20_000), 1),
  real: v.optional(v.pipe(v.array(realServer), v.maxLength(1000, '1,000 entries at most')), []),
});

const event = v.strictObject({
  at: v.pipe(span, v.minValue(0.1, 'a time after the beginning')),
  service: readable('tcp:203.0.113.10:80', parseService),
  real: readable('10.0.0.21:8080', (written) => parseRealServer(written)),
  weight: whole(0, greatestWeight),
});

const settingNames = Object.keys(defaultSettings);

/** A scene as TOML gives it; docs/demo.md describes each key. */
export const sceneSchema = v.strictObject({
  about: text('a sentence of what there is to see'),
  host: v.optional(text('a name', 60), 'lb-01'),
  seed: v.optional(whole(0, 0xffffffff), 1),
  age: v.optional(span, '1h'),
  timeouts: v.optional(
    v.strictObject({
      tcp: v.optional(whole(1, longestTimeout), 900),
      'tcp-fin': v.optional(whole(1, longestTimeout), 120),
      udp: v.optional(whole(1, longestTimeout), 300),
    }),
    {},
  ),
  settings: v.optional(
    v.record(
      v.picklist(settingNames, `settings of IPVS: ${settingNames.join(', ')}`),
      v.pipe(v.union([v.string(), v.number()], 'a number or text'), v.transform(String)),
    ),
    {},
  ),
  'conn-tab-bits': v.optional(whole(8, 20)),
  machine: v.optional(
    v.record(v.string(), v.pipe(v.union([v.string(), v.number()], 'a number or text'), v.transform(String))),
    {},
  ),
  interface: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name: v.pipe(v.string('a name'), v.regex(/^[\w.-]{1,15}$/, 'a name of 15 characters at most')),
          addresses: v.pipe(v.array(subnet), v.maxLength(100, '100 addresses at most')),
          mtu: v.optional(whole(68, 65_536), 1500),
        }),
      ),
      v.minLength(1, 'at least one interface'),
      v.maxLength(16, '16 interfaces at most'),
    ),
  ),
  route: v.optional(
    v.pipe(
      v.array(v.strictObject({ to: subnet, via: address, mtu: v.optional(whole(68, 65_536)) })),
      v.maxLength(100, '100 routes at most'),
    ),
  ),
  service: v.optional(v.pipe(v.array(service), v.maxLength(20_000, '20,000 services at most')), []),
  event: v.optional(v.pipe(v.array(event), v.maxLength(1000, '1,000 events at most')), []),
});

/** A scene whose text was found to be right. */
export type SceneText = v.InferOutput<typeof sceneSchema>;
/** A service of a scene. */
export type SceneService = SceneText['service'][number];
/** What clients want of a scene's service. */
export type SceneTraffic = v.InferOutput<typeof traffic>;
