import { describe, expect, test } from 'vitest';
import type { Intention } from '../../../src/changes/plan/intention.ts';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import { type PlanListener, performPlan } from '../../../src/changes/write/perform-plan.ts';
import { allRealServers, type Director } from '../../../src/director/director.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';
import { formatRealServer, parseService, type RealServerName } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import type { TableWrite } from '../../../src/ipvs/table-write.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { addRealServer, deleteRealServer, setRealServer, setService } from '../../director/table-edits.ts';
import { directorWith, disturbed, errorOf, real, web } from '../table.ts';

const service = { identity: web, ...defaultServiceSettings };

function table(director: Director): string[] {
  return allRealServers(director, web)
    .map(
      ({ realServer: { identity, forwarding, weight } }) =>
        `${formatRealServer(identity)} ${forwarding} ${weight}`,
    )
    .sort();
}

describe('a plan', () => {
  test('is done and read back', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 3 }]] });
    const plan = allAtOnce(
      makePlan(director, [
        {
          kind: 'edit real server',
          service: web,
          realServer: real('10.0.0.21:80'),
          change: { weight: 7 },
        },
      ]),
    );
    expect(allAtOnce(performPlan(director, plan))).toEqual({
      kind: 'done',
      done: plan.steps,
      deviations: [],
      record: null,
    });
    expect(table(director)).toEqual(['10.0.0.21:80 dr 7']);
  });

  test('of every kind of step is done', () => {
    const director = directorWith({});
    const perform = (intention: Intention) => {
      const outcome = allAtOnce(performPlan(director, allAtOnce(makePlan(director, [intention]))));
      expect(outcome).toMatchObject({ kind: 'done', deviations: [] });
      expect(outcome.done).toHaveLength(1);
    };
    const realServer = { identity: real('10.0.0.21:80'), ...defaultRealServerSettings };
    perform({ kind: 'add service', service });
    perform({ kind: 'add real server', service: web, realServer });
    perform({ kind: 'edit service', service: web, change: { scheduler: 'rr' } });
    perform({ kind: 'switch mode', service: web, realServer: null, mode: 'tun' });
    perform({ kind: 'zero', service: web });
    perform({ kind: 'zero', service: null });
    perform({ kind: 'delete real server', service: web, realServer: realServer.identity });
    perform({ kind: 'delete service', service: web });
    expect(director.findService(web)).toBeUndefined();
  });

  test('without steps does nothing', () => {
    const director = directorWith({});
    const plan = { steps: [], lines: [], warnings: [], destructive: false, doubtful: false };
    expect(allAtOnce(performPlan(director, plan))).toEqual({
      kind: 'done',
      done: [],
      deviations: [],
      record: null,
    });
  });
});

describe('a conflict', () => {
  const edit = {
    kind: 'edit real server',
    service: web,
    realServer: real('10.0.0.21:80'),
    change: { weight: 7 },
  } as const;

  test('with another edit shows both versions and writes nothing', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 3 }]] });
    const plan = allAtOnce(makePlan(director, [edit]));
    setRealServer(director, web, {
      identity: real('10.0.0.21:80'),
      ...defaultRealServerSettings,
      weight: 5,
      upperThreshold: 9,
    });
    const error = errorOf(() => allAtOnce(performPlan(director, plan)));
    expect(error).toMatchObject({ kind: 'conflict', step: plan.steps[0] });
    expect(error.message).toBe(
      'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: it was changed meanwhile: it was DR, weight 3, and is DR, weight 5, upper threshold 9; nothing was written; look at it again and repeat the change',
    );
    expect(table(director)).toEqual(['10.0.0.21:80 dr 5']);
  });

  test('with a deletion says that it is gone', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
    const plan = allAtOnce(makePlan(director, [edit]));
    deleteRealServer(director, web, real('10.0.0.21:80'));
    expect(errorOf(() => allAtOnce(performPlan(director, plan))).reason).toBe(
      'it was changed meanwhile: it was DR, weight 1, and is not there any more',
    );
  });

  test('with an addition shows what is there', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
    const plan = allAtOnce(
      makePlan(director, [
        {
          kind: 'add real server',
          service: web,
          realServer: { identity: real('10.0.0.21:80'), ...defaultRealServerSettings },
        },
      ]),
    );
    addRealServer(director, web, { identity: real('10.0.0.21:80'), ...defaultRealServerSettings, weight: 9 });
    expect(errorOf(() => allAtOnce(performPlan(director, plan))).reason).toBe(
      'it was changed meanwhile: it was not there, and is DR, weight 9',
    );
  });

  test('of a service that got another real server stops its deletion', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
    const plan = allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
    addRealServer(director, web, { identity: real('10.0.0.22:80'), ...defaultRealServerSettings });
    expect(errorOf(() => allAtOnce(performPlan(director, plan))).reason).toBe(
      'it was changed meanwhile: it was wlc, 1 real server, and is wlc, 2 real servers',
    );
  });

  test('in a later step is found before the first is written', () => {
    const mapped = { forwarding: 'nat' } as const;
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', mapped], ['10.0.0.22:8080', mapped]],
    });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'dr' }]),
    );
    deleteRealServer(director, web, real('10.0.0.22:8080'));
    expect(errorOf(() => allAtOnce(performPlan(director, plan))).kind).toBe('conflict');
    expect(table(director)).toEqual(['10.0.0.21:8080 nat 1']);
  });
});

describe('an edit by another hand while the change is being recorded', () => {
  const interfering = (interfere: () => void): PlanListener => ({
    *begins() {
      yield;
      interfere();
    },
    hasWritten: () => undefined,
  });
  const site = () =>
    directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}], ['10.0.0.22:80', {}]] });
  const set = (director: Director, text: string, weight: number) =>
    setRealServer(director, web, { identity: real(text), ...defaultRealServerSettings, weight });

  test('of a real server that is to be edited is found before anything is written', () => {
    const director = site();
    const intention = { kind: 'edit real server', service: web, realServer: real('10.0.0.21:80') } as const;
    const plan = allAtOnce(makePlan(director, [{ ...intention, change: { weight: 7 } }]));
    const error = errorOf(() =>
      allAtOnce(
        performPlan(
          director,
          plan,
          interfering(() => set(director, '10.0.0.21:80', 5)),
        ),
      ),
    );
    expect(error.message).toContain('it was DR, weight 1, and is DR, weight 5; nothing was written');
    expect(table(director)).toEqual(['10.0.0.21:80 dr 5', '10.0.0.22:80 dr 1']);
  });

  test('of a real server whose service is to be deleted is, too: an undo would bring back the former one', () => {
    const director = site();
    const plan = allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
    const error = errorOf(() =>
      allAtOnce(
        performPlan(
          director,
          plan,
          interfering(() => set(director, '10.0.0.22:80', 5)),
        ),
      ),
    );
    expect(error.message).toContain(
      'its 10.0.0.22:80 was DR, weight 1, and is DR, weight 5; nothing was written',
    );
    expect(table(director)).toEqual(['10.0.0.21:80 dr 1', '10.0.0.22:80 dr 5']);
  });
});

test('a real server that is deleted while the deletion of its service is being recorded ends that', () => {
  const director = directorWith({
    'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}], ['10.0.0.22:80', {}]],
  });
  const plan = allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
  const listener: PlanListener = {
    *begins() {
      yield;
      deleteRealServer(director, web, real('10.0.0.22:80'));
    },
    hasWritten: () => undefined,
  };
  expect(errorOf(() => allAtOnce(performPlan(director, plan, listener))).message).toContain(
    'its 10.0.0.22:80 was DR, weight 1, and is not there any more; nothing was written',
  );
  expect(table(director)).toEqual(['10.0.0.21:80 dr 1']);
});

describe('an edit by another hand at the very moment of the write', () => {
  const twentyOne = real('10.0.0.21:80');
  const realServer = (settings: Partial<RealServerSettings>) => ({
    identity: twentyOne,
    ...defaultRealServerSettings,
    ...settings,
  });
  /** Real servers, and the service, after a plan that another hand has interfered with. */
  function race(
    intention: Intention,
    interfere: (director: Director, number: number) => void,
  ): { readonly message: string; readonly table: readonly string[]; readonly scheduler: string | undefined } {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}], ['10.0.0.22:80', {}]],
    });
    const plan = allAtOnce(makePlan(director, [intention]));
    const racing = disturbed(director, (_, number) => {
      interfere(director, number);
      return undefined;
    });
    const error = errorOf(() => {
      const outcome = allAtOnce(performPlan(racing, plan));
      if (outcome.kind === 'partly done') throw outcome.error;
    });
    expect(error.kind).toBe('conflict');
    return {
      message: error.message,
      table: table(director),
      scheduler: director.findService(web)?.service.scheduler,
    };
  }
  const weightSeven: Intention = {
    kind: 'edit real server',
    service: web,
    realServer: twentyOne,
    change: { weight: 7 },
  };

  test('of a real server is put back, and told', () => {
    const { message, table: left } = race(weightSeven, (director, number) => {
      if (number === 1) setRealServer(director, web, realServer({ weight: 5, upperThreshold: 9 }));
    });
    expect(message).toBe(
      'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: another hand changed it at the same moment: it was DR, weight 1, and was DR, weight 5, upper threshold 9 when it was written over; what the other hand made was put back; look at it again and repeat the change',
    );
    expect(left).toEqual(['10.0.0.21:80 dr 5', '10.0.0.22:80 dr 1']);
  });

  test('counts in its newest version', () => {
    const { table: left } = race(weightSeven, (director, number) => {
      if (number < 3) setRealServer(director, web, realServer({ weight: 20 + number }));
    });
    expect(left).toEqual(['10.0.0.21:80 dr 22', '10.0.0.22:80 dr 1']);
  });

  test('that does not end is left alone, and what was written belongs into the journal', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
    const plan = allAtOnce(makePlan(director, [weightSeven]));
    const racing = disturbed(director, (_, number) => {
      setRealServer(director, web, realServer({ weight: 20 + number }));
      return undefined;
    });
    const outcome = allAtOnce(performPlan(racing, plan));
    if (outcome.kind !== 'partly done') throw new Error(`it was ${outcome.kind}`);
    expect(outcome.done).toEqual(plan.steps);
    expect(outcome.notDone).toEqual([]);
    expect(outcome.failedStep).toBe(plan.steps[0]);
    expect(outcome.error.message).toContain('could not be put back: the other hand goes on');
    expect(outcome.error.message).toContain('Not done: nothing');
  });

  test('that is followed by a deletion of the other hand is left at that', () => {
    const { message, table: left } = race(weightSeven, (director, number) => {
      if (number === 1) setRealServer(director, web, realServer({ weight: 5 }));
      else if (number === 2) deleteRealServer(director, web, twentyOne);
    });
    expect(message).toContain('the other hand has changed it once more since, and that stands');
    expect(left).toEqual(['10.0.0.22:80 dr 1']);
  });

  test('of a real server that is made anew meanwhile is left at that', () => {
    const { message, table: left } = race(
      { kind: 'delete real server', service: web, realServer: twentyOne },
      (director, number) => {
        if (number === 1) setRealServer(director, web, realServer({ weight: 5 }));
        else if (number === 2) addRealServer(director, web, realServer({ weight: 6 }));
      },
    );
    expect(message).toContain('and that stands');
    expect(left).toEqual(['10.0.0.21:80 dr 6', '10.0.0.22:80 dr 1']);
  });

  test('of a service whose real server it makes anew itself brings the others back all the same', () => {
    const { table: left } = race({ kind: 'delete service', service: web }, (director, number) => {
      if (number === 1) setRealServer(director, web, realServer({ weight: 5 }));
      // The service comes first, then the oldest real server.
      else if (number === 3) addRealServer(director, web, realServer({ weight: 6 }));
    });
    expect(left).toEqual(['10.0.0.21:80 dr 6', '10.0.0.22:80 dr 1']);
  });

  test('of a service is put back', () => {
    const { scheduler } = race(
      { kind: 'edit service', service: web, change: { scheduler: 'rr' } },
      (director, number) => {
        if (number === 1) setService(director, { ...service, scheduler: 'sed' });
      },
    );
    expect(scheduler).toBe('sed');
  });

  test('of a real server that is deleted brings it back', () => {
    const { table: left } = race(
      { kind: 'delete real server', service: web, realServer: twentyOne },
      (director, number) => {
        if (number === 1) setRealServer(director, web, realServer({ weight: 5 }));
      },
    );
    expect(left).toEqual(['10.0.0.21:80 dr 5', '10.0.0.22:80 dr 1']);
  });

  test('of a service that is deleted brings all of it back', () => {
    const added = { ...realServer({ weight: 3 }), identity: real('10.0.0.23:80') };
    const { table: left, scheduler } = race({ kind: 'delete service', service: web }, (director, number) => {
      if (number === 1) addRealServer(director, web, added);
    });
    expect(left).toEqual(['10.0.0.21:80 dr 1', '10.0.0.22:80 dr 1', '10.0.0.23:80 dr 3']);
    expect(scheduler).toBe('wlc');
  });

  test('of the service itself that is deleted is put back', () => {
    const { table: left, scheduler } = race({ kind: 'delete service', service: web }, (director, number) => {
      const service = director.findService(web)?.service;
      if (number === 1 && service !== undefined) setService(director, { ...service, scheduler: 'sed' });
    });
    expect(left).toEqual(['10.0.0.21:80 dr 1', '10.0.0.22:80 dr 1']);
    expect(scheduler).toBe('sed');
  });

  test('of a service that is deleted keeps its order: the newest real server is the newest again', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}], ['10.0.0.22:80', {}]],
    });
    const plan = allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
    const racing = disturbed(director, (_, number) => {
      if (number === 1) setRealServer(director, web, realServer({ weight: 5 }));
      return undefined;
    });
    expect(errorOf(() => allAtOnce(performPlan(racing, plan))).kind).toBe('conflict');
    expect(allRealServers(director, web).map((row) => formatRealServer(row.realServer.identity))).toEqual([
      '10.0.0.22:80',
      '10.0.0.21:80',
    ]);
  });
});

describe('a service with more real servers than one datagram holds', () => {
  const sizes = [80, 81, 82, 100, 1000];
  const raised = (size: number): Intention[] =>
    addresses(size).map((text) => ({
      kind: 'edit real server',
      service: web,
      realServer: real(text),
      change: { weight: 7 },
    }));
  const addresses = (size: number) =>
    Array.from({ length: size }, (_, index) => `10.${1 + (index >> 8)}.0.${index & 255}:80`);
  const large = (size: number) =>
    directorWith({
      'tcp:203.0.113.10:80': [{}, ...addresses(size).map((text) => [text, {}] as const)],
    });

  test.each(sizes)('of %d is deleted as it was seen', (size) => {
    const director = large(size);
    const plan = allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
    expect(allAtOnce(performPlan(director, plan))).toEqual({
      kind: 'done',
      done: plan.steps,
      deviations: [],
      record: null,
    });
    expect(director.findService(web)).toBeUndefined();
  });

  test.each(sizes)(
    'of %d, edited by another hand while it is deleted, stays deleted or comes back whole',
    (size) => {
      const director = large(size);
      const plan = allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
      const newest = { identity: real('10.99.0.1:80'), ...defaultRealServerSettings, weight: 9 };
      const racing = disturbed(director, (_, number) => {
        if (number === 1) addRealServer(director, web, newest);
        return undefined;
      });
      // With that one more they do not surely fit into a datagram.
      expect(allAtOnce(performPlan(racing, plan))).toMatchObject({
        kind: 'done',
        deviations: [
          'tcp:203.0.113.10:80: another hand changed it at the moment in which it was deleted: 10.99.0.1:80 had been added: DR, weight 9; undo brings back what was there before that',
        ],
      });
      expect(director.findService(web)).toBeUndefined();
    },
  );

  test.each(sizes)('of %d keeps what another hand edits while all its weights are set', (size) => {
    const director = large(size);
    const plan = allAtOnce(makePlan(director, raised(size)));
    const edited = new Set<RealServerName>();
    const racing = disturbed(director, (write, number) => {
      if (write.operation !== 'edit real server' || number % 10 !== 0) return undefined;
      const { identity } = write.realServer;
      if (edited.has(formatRealServer(identity))) return undefined;
      edited.add(formatRealServer(identity));
      setRealServer(director, web, { ...defaultRealServerSettings, identity, upperThreshold: 50 });
      return undefined;
    });
    const outcome = allAtOnce(performPlan(racing, plan));
    expect(outcome).toMatchObject({ kind: 'partly done', error: { kind: 'conflict' } });
    const thresholds = new Map(
      allRealServers(director, web).map(({ realServer }) => [
        formatRealServer(realServer.identity),
        realServer.upperThreshold,
      ]),
    );
    expect(edited.size).toBeGreaterThan(0);
    for (const key of edited) expect(thresholds.get(key)).toBe(50);
  });

  test.each([
    [64, 64],
    [65, 3],
    [130, 5],
  ])(
    'of %d is edited in %d requests, each of neighbours and with a look at what it replaces',
    (size, requests) => {
      const director = large(size);
      const plan = allAtOnce(makePlan(director, raised(size)));
      const looks: unknown[] = [];
      const watched: Director = new Proxy(director, {
        get(target, key) {
          if (key !== 'write') return Reflect.get(target, key, target);
          return (...call: Parameters<Director['write']>) => {
            looks.push(call[1]);
            return target.write(...call);
          };
        },
      });
      expect(allAtOnce(performPlan(watched, plan))).toMatchObject({ kind: 'done', deviations: [] });
      expect(looks).toEqual(Array(requests).fill(web));
    },
  );

  test('of 1,000 loses those real servers that are deleted, and no others', () => {
    const director = large(1000);
    const chosen = addresses(1000).filter((_, index) => index % 3 === 0);
    const plan = allAtOnce(
      makePlan(
        director,
        chosen.map((text) => ({ kind: 'delete real server' as const, service: web, realServer: real(text) })),
      ),
    );
    expect(allAtOnce(performPlan(director, plan))).toMatchObject({ kind: 'done', deviations: [] });
    expect(table(director)).toHaveLength(1000 - chosen.length);
  });
});

describe('a failure half-way', () => {
  const mapped = { forwarding: 'nat' } as const;
  const mappedServer = (settings: Partial<RealServerSettings>) => ({
    identity: real('10.0.0.21:8080'),
    ...defaultRealServerSettings,
    ...mapped,
    ...settings,
  });

  test('says what was done and what was not', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', mapped]] });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'dr' }]),
    );
    // Somebody else deletes the old real server right after ours was added.
    const racing = disturbed(director, ({ operation }) => {
      if (operation === 'delete real server') deleteRealServer(director, web, real('10.0.0.21:8080'));
    });
    const outcome = allAtOnce(performPlan(racing, plan));
    if (outcome.kind !== 'partly done') throw new Error('it was done');
    expect(outcome.done).toEqual(plan.steps.slice(0, 1));
    expect(outcome.notDone).toEqual(plan.steps.slice(1));
    expect(outcome.failedStep).toEqual(plan.steps[1]);
    expect(outcome.error).toMatchObject({ kind: 'refused', errno: 'ENOENT' });
    expect(outcome.error.message).toContain(
      'Done: add real server 10.0.0.21:80 of tcp:203.0.113.10:80: DR, weight 1. Not done: delete real server 10.0.0.21:8080',
    );
  });

  test('by a conflict stops there', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', mapped]] });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'dr' }]),
    );
    const racing = disturbed(director, ({ operation }) => {
      if (operation === 'add real server') setRealServer(director, web, mappedServer({ weight: 9 }));
    });
    const outcome = allAtOnce(performPlan(racing, plan));
    expect(outcome).toMatchObject({ kind: 'partly done', error: { kind: 'conflict' } });
    expect(table(director)).toEqual(['10.0.0.21:80 dr 1', '10.0.0.21:8080 nat 9']);
  });

  test('among additions to one service tells those behind it that are done', () => {
    const director = directorWith({});
    const added = (text: string) => ({
      kind: 'add real server' as const,
      service: web,
      after: { identity: real(text), ...defaultRealServerSettings },
    });
    const steps = [
      { kind: 'add service', after: service } as const,
      added('10.0.0.21:80'),
      added('224.0.0.1:80'),
      added('10.0.0.22:80'),
      { kind: 'add service', after: { ...service, identity: parseService('fwm:7') } } as const,
    ];
    const outcome = allAtOnce(
      performPlan(director, {
        steps,
        lines: [],
        warnings: [],
        destructive: false,
        doubtful: false,
      }),
    );
    expect(outcome).toMatchObject({
      kind: 'partly done',
      done: [steps[0], steps[1], steps[3]],
      failedStep: steps[2],
      notDone: [steps[2], steps[4]],
      deviations: [],
      error: { kind: 'refused', errno: 'EINVAL', object: '224.0.0.1:80 of tcp:203.0.113.10:80' },
    });
    expect(table(director)).toEqual(['10.0.0.21:80 dr 1', '10.0.0.22:80 dr 1']);
    expect(director.findService(parseService('fwm:7'))).toBeUndefined();
  });

  test('among edits of one service does none behind it', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 1 }], ['10.0.0.22:80', { weight: 1 }]],
    });
    const plan = allAtOnce(
      makePlan(
        director,
        (
          [
            ['10.0.0.21:80', 9],
            ['10.0.0.22:80', 0],
          ] as const
        ).map(([text, weight]) => ({
          kind: 'edit real server' as const,
          service: web,
          realServer: real(text),
          change: { weight },
        })),
      ),
    );
    const racing = disturbed(director, (_, number) => {
      if (number === 1) deleteRealServer(director, web, real('10.0.0.21:80'));
    });
    expect(errorOf(() => allAtOnce(performPlan(racing, plan))).errno).toBe('ENOENT');
    expect(table(director)).toEqual(['10.0.0.22:80 dr 1']);
  });

  test('by an answer that never came tells what the table shows', () => {
    const director = directorWith({});
    const after = { identity: real('10.0.0.21:80'), ...defaultRealServerSettings };
    const steps = [
      { kind: 'add service', after: service },
      { kind: 'add real server', service: web, after },
    ] as const;
    const deaf = new Proxy(
      disturbed(director, () => undefined),
      {
        get(target, key) {
          if (key !== 'write') return Reflect.get(target, key, target);
          return (writes: readonly TableWrite[]) => {
            target.write(writes.slice(0, 1));
            throw new IpvsError({
              code: 'no-answer',
              operation: 'add service',
              object: '',
              reason: 'the kernel gave no answer',
              advice: 'try again',
            });
          };
        },
      },
    );
    const outcome = allAtOnce(
      performPlan(deaf, {
        steps,
        lines: [],
        warnings: [],
        destructive: false,
        doubtful: false,
      }),
    );
    expect(outcome).toMatchObject({ kind: 'partly done', done: [steps[0]], notDone: [steps[1]] });
  });

  test('at the first step is thrown, for nothing was written', () => {
    const director = directorWith({});
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'add service', service: { ...service, scheduler: 'nosuch' } }]),
    );
    expect(errorOf(() => allAtOnce(performPlan(director, plan)))).toMatchObject({
      kind: 'refused',
      errno: 'ENOENT',
    });
  });
});

test('what reads back otherwise is told', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
  const plan = allAtOnce(
    makePlan(director, [
      {
        kind: 'edit real server',
        service: web,
        realServer: real('10.0.0.21:80'),
        change: { weight: 7 },
      },
    ]),
  );
  const interfering = disturbed(director, (write) =>
    write.operation === 'edit real server'
      ? { ...write, realServer: { ...write.realServer, weight: 8 } }
      : undefined,
  );
  expect(allAtOnce(performPlan(interfering, plan))).toMatchObject({
    kind: 'done',
    deviations: [
      '10.0.0.21:80 of tcp:203.0.113.10:80 was written as DR, weight 7 and reads back as DR, weight 8: another hand changes it too, or the kernel made that of it',
    ],
  });
});
