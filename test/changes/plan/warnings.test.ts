import { describe, expect, test } from 'vitest';
import type { Intention } from '../../../src/changes/plan/intention.ts';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import type { Plan } from '../../../src/changes/plan/plan.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import type { ServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { directorWith, type RealServerRow, real, web } from '../table.ts';

function plan(
  settings: Partial<ServiceSettings>,
  realServers: readonly RealServerRow[],
  intention: Intention,
  sysctls: Record<string, string> = {},
): Plan {
  return allAtOnce(
    makePlan(directorWith({ 'tcp:203.0.113.10:80': [settings, ...realServers] }, sysctls), [intention]),
  );
}

function weight(text: string, value: number): Intention {
  return { kind: 'edit real server', service: web, realServer: real(text), change: { weight: value } };
}

function remove(text: string): Intention {
  return { kind: 'delete real server', service: web, realServer: real(text) };
}

const two: readonly RealServerRow[] = [
  ['10.0.0.21:80', {}],
  ['10.0.0.22:80', {}],
];

describe('nothing is warned of', () => {
  test('when a weight changes under wlc', () => {
    expect(plan({}, two, weight('10.0.0.21:80', 5))).toMatchObject({ warnings: [], destructive: false });
    expect(plan({}, two, weight('10.0.0.21:80', 0))).toMatchObject({ warnings: [], destructive: false });
  });

  test('when a real server without connections goes', () => {
    expect(plan({}, two, remove('10.0.0.21:80')).warnings).toEqual([]);
  });
});

describe('the last real server with a weight', () => {
  const last: readonly RealServerRow[] = [
    ['10.0.0.21:80', {}],
    ['10.0.0.22:80', { weight: 0 }],
  ];
  const sentence =
    'no real server of tcp:203.0.113.10:80 is left with a weight: every new connection is rejected';

  test.each([weight('10.0.0.21:80', 0), remove('10.0.0.21:80')])('is warned of: $kind', (intention) => {
    const made = plan({}, last, intention);
    expect(made.warnings).toContain(sentence);
    expect(made.destructive).toBe(true);
  });

  test('is not, when the weight of another goes to 0', () => {
    expect(plan({}, two, weight('10.0.0.22:80', 0)).warnings).toEqual([]);
  });
});

describe('schedulers that hash', () => {
  test.each([
    [
      'sh',
      0,
      /^sh goes on hashing a share of the clients to 10\.0\.0\.21:80, which rejects them at weight 0; the flag sh-fallback would send them to others$/,
    ],
    ['mh', 2, /^mh goes on hashing .*; the flag mh-fallback would/],
    [
      'dh',
      0,
      /^dh goes on hashing a share of the clients to 10\.0\.0\.21:80, which rejects them at weight 0$/,
    ],
  ])('%s rejects a share at weight 0', (scheduler, schedulerFlags, sentence) => {
    const made = plan({ scheduler, schedulerFlags }, two, weight('10.0.0.21:80', 0));
    expect(made.warnings.find((warning) => sentence.test(warning))).toBeDefined();
    expect(made.destructive).toBe(true);
  });

  test('with fallback reject nobody', () => {
    const made = plan({ scheduler: 'mh', schedulerFlags: 1 }, two, weight('10.0.0.21:80', 0));
    expect(made).toMatchObject({ warnings: [], destructive: false });
  });

  test('reject nobody more when a real server of weight 0 stays so', () => {
    const made = plan(
      { scheduler: 'mh' },
      [...two, ['10.0.0.23:80', { weight: 0 }]],
      weight('10.0.0.21:80', 5),
    );
    expect(made.warnings).toEqual([]);
  });

  test('reject when the service changes to them over a real server of weight 0', () => {
    const made = plan({}, [...two, ['10.0.0.23:80', { weight: 0 }]], {
      kind: 'edit service',
      service: web,
      change: { scheduler: 'sh' },
    });
    expect(made.warnings.join('\n')).toContain('to 10.0.0.23:80, which rejects them');
  });

  test.each([
    ['sh', 'clients', remove('10.0.0.21:80')],
    ['sh', 'clients', weight('10.0.0.21:80', 7)],
    ['dh', 'destinations', remove('10.0.0.21:80')],
  ])('%s sends many %s elsewhere when its table changes', (scheduler, who, intention) => {
    expect(plan({ scheduler }, two, intention).warnings).toContain(
      `${scheduler} fills its table anew: many ${who} get another real server for their new connections`,
    );
  });
});

describe('persistence', () => {
  const persistence = { timeout: 300, netmask: 0xffffffff };

  test('keeps clients on a drained real server', () => {
    expect(plan({ persistence }, two, weight('10.0.0.21:80', 0)).warnings).toEqual([
      'persistence keeps clients coming to 10.0.0.21:80 at weight 0 that visit it within 300 s, or have a connection to it that is not forgotten yet, since expire_quiescent_template=0',
    ]);
  });

  test('does not, with expire_quiescent_template=1', () => {
    const sysctls = { expire_quiescent_template: '1' };
    expect(plan({ persistence }, two, weight('10.0.0.21:80', 0), sysctls).warnings).toEqual([]);
  });

  test('taken away lets clients loose, and another mask groups them anew', () => {
    const edit = (change: Partial<ServiceSettings>): Intention => ({
      kind: 'edit service',
      service: web,
      change,
    });
    expect(plan({ persistence }, two, edit({ persistence: null })).warnings.join()).toContain(
      'lose their hold',
    );
    expect(
      plan(
        { persistence },
        two,
        edit({ persistence: { timeout: 300, netmask: 0xffffff00 } }),
      ).warnings.join(),
    ).toContain('grouped anew');
    expect(
      plan({ persistence }, two, edit({ persistence: { timeout: 600, netmask: 0xffffffff } })).warnings,
    ).toEqual([]);
  });

  test('is what an engine needs', () => {
    expect(plan({}, two, { kind: 'edit service', service: web, change: { engine: 'sip' } }).warnings).toEqual(
      ['the engine sip does nothing without persistence'],
    );
  });
});

describe('connections of what is deleted', () => {
  const busy: readonly RealServerRow[] = [
    ['10.0.0.21:80', {}, 3, 4],
    ['10.0.0.22:80', {}, 5, 0],
  ];

  test('are silently dropped', () => {
    expect(plan({}, busy, remove('10.0.0.21:80')).warnings).toEqual([
      'the 7 connections of 10.0.0.21:80 are silently dropped: their clients hang until they time out (expire_nodest_conn=0); drain it first to spare the clients',
    ]);
  });

  test('end with their next packet where expire_nodest_conn=1', () => {
    expect(plan({}, busy, remove('10.0.0.21:80'), { expire_nodest_conn: '1' }).warnings).toEqual([
      'the 7 connections of 10.0.0.21:80 end with their next packet (expire_nodest_conn=1); drain it first to spare the clients',
    ]);
  });

  test('count for the whole service', () => {
    expect(plan({}, busy, { kind: 'delete service', service: web }).warnings.join()).toContain(
      'the 12 connections of tcp:203.0.113.10:80 are silently dropped',
    );
  });
});

test('another scheduler leaves a gap', () => {
  expect(plan({}, two, { kind: 'edit service', service: web, change: { scheduler: 'rr' } }).warnings).toEqual(
    [
      'for a moment no scheduler is bound, and connections that begin in it are rejected; established ones keep their real server',
    ],
  );
});

describe('a new real server', () => {
  const add = (weightOfNew: number): Intention => ({
    kind: 'add real server',
    service: web,
    realServer: { identity: real('10.0.0.23:80'), ...defaultRealServerSettings, weight: weightOfNew },
  });
  const busy: readonly RealServerRow[] = [
    ['10.0.0.21:80', {}, 300],
    ['10.0.0.22:80', {}, 100],
  ];

  test('gets a flood where the fewest connections decide', () => {
    expect(plan({}, busy, add(1)).warnings).toEqual([
      '10.0.0.23:80 begins with no connections, unless it was in this service lately, where the others have 200 on average, so wlc sends it nearly all new ones; the weights are 1, below which there is none: give it an upper threshold for a time',
    ]);
  });

  test('gets none at weight 0, or in turn', () => {
    expect(plan({}, busy, add(0)).warnings).toEqual([]);
    expect(plan({ scheduler: 'wrr' }, busy, add(1)).warnings).toEqual([]);
  });
});

describe('a mode', () => {
  test('that is new to the service says what it demands', () => {
    const made = plan({}, two, { kind: 'switch mode', service: web, realServer: null, mode: 'nat' });
    expect(made.warnings).toHaveLength(1);
    expect(made.warnings[0]).toMatch(/^NAT needs ip_forward=1 on the director/);
  });

  test('is kept by connections, of which it is said which are active', () => {
    const busy: readonly RealServerRow[] = [['10.0.0.21:80', {}, 3, 4]];
    const made = plan({}, busy, { kind: 'switch mode', service: web, realServer: null, mode: 'tun' });
    expect(made.warnings[0]).toBe(
      '3 active and 4 inactive connections keep the forwarding method that they began with; only new ones change',
    );
  });

  const switched = (mode: 'dr' | 'nat', reals: readonly RealServerRow[]) =>
    plan({}, reals, { kind: 'switch mode', service: web, realServer: null, mode });

  test('shares its route with connections of another, which asks first where DR is one of them', () => {
    const nat: readonly RealServerRow[] = [['10.0.0.21:80', { forwarding: 'nat' }, 3, 4]];
    const made = switched('dr', nat);
    expect(made.destructive).toBe(true);
    expect(made.warnings[1]).toBe(
      'DR and other modes share the route that the kernel keeps for 10.0.0.21, so new clients may get "host unreachable" while there are connections of both; drain it first',
    );
    const back = switched('nat', [
      ['10.0.0.21:80', {}, 3, 4],
      ['10.0.0.22:80', {}, 3, 4],
    ]);
    expect(back.warnings[1]).toContain('for 10.0.0.21 and 1 more, so clients from before may get');
    expect(switched('dr', [['10.0.0.21:80', { forwarding: 'nat' }]]).destructive).toBe(false);
  });

  test('that others have already is not explained again', () => {
    const made = plan({}, two, {
      kind: 'add real server',
      service: web,
      realServer: { identity: real('10.0.0.23:80'), ...defaultRealServerSettings },
    });
    expect(made.warnings).toEqual([]);
  });
});

test('a port that the kernel does not use is named', () => {
  const persistence = { timeout: 300, netmask: 0xffffffff };
  const director = directorWith({ 'tcp:203.0.113.10:0': [{ persistence }] });
  const made = allAtOnce(
    makePlan(director, [
      {
        kind: 'add real server',
        service: parseService('tcp:203.0.113.10:0'),
        realServer: { identity: real('10.0.0.21:8080'), ...defaultRealServerSettings, forwarding: 'nat' },
      },
    ]),
  );
  expect(made.warnings).toContain(
    'port 8080 of 10.0.0.21:8080 is not used: persistence keeps the port that the client called',
  );
});

test('one-packet scheduling under NAT is one way, which is said when it is made', () => {
  const warnings = (forwarding: 'nat' | 'dr') => {
    const director = directorWith({ 'udp:203.0.113.10:53': [{}, ['10.0.0.21:53', { forwarding }]] });
    const service = parseService('udp:203.0.113.10:53');
    return allAtOnce(
      makePlan(director, [{ kind: 'edit service', service, change: { onePacket: true } }]),
    ).warnings.join();
  };
  expect(warnings('nat')).toContain("answers of 10.0.0.21:53 leave with the real server's own address");
  expect(warnings('dr')).toBe('');
});
