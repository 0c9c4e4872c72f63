import { describe, expect, test } from 'vitest';
import { makePlan } from '../../src/changes/make-plan.ts';
import { performPlan } from '../../src/changes/perform-plan.ts';
import { allRealServers, type Director } from '../../src/director/director.ts';
import { formatRealServer } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { directorWith, errorOf, real, web } from './table.ts';

const service = { identity: web, ...defaultServiceSettings };

function table(director: Director): string[] {
  return allRealServers(director, web)
    .map(
      ({ realServer: { identity, forwarding, weight } }) =>
        `${formatRealServer(identity)} ${forwarding} ${weight}`,
    )
    .sort();
}

/** The same director, but one call of it does something else first. */
function disturbed(director: Director, method: keyof Director, disturb: (call: number) => void): Director {
  let calls = 0;
  return new Proxy(director, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key !== method || typeof value !== 'function') {
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (...args: unknown[]) => {
        disturb(++calls);
        return value.apply(target, args);
      };
    },
  });
}

describe('a plan', () => {
  test('is done and read back', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', { weight: 3 }]] });
    const plan = makePlan(director, {
      kind: 'edit real server',
      service: web,
      realServer: real('10.0.0.21:80'),
      change: { weight: 7 },
    });
    expect(performPlan(director, plan)).toEqual({ kind: 'done', done: plan.steps, deviations: [] });
    expect(table(director)).toEqual(['10.0.0.21:80 dr 7']);
  });

  test('of every kind of step is done', () => {
    const director = directorWith({});
    const perform = (...args: Parameters<typeof makePlan>) => {
      const outcome = performPlan(args[0], makePlan(...args));
      expect(outcome).toMatchObject({ kind: 'done', deviations: [] });
      expect(outcome.done).toHaveLength(1);
    };
    const realServer = { identity: real('10.0.0.21:80'), ...defaultRealServerSettings };
    perform(director, { kind: 'add service', service });
    perform(director, { kind: 'add real server', service: web, realServer });
    perform(director, { kind: 'edit service', service: web, change: { scheduler: 'rr' } });
    perform(director, { kind: 'switch mode', service: web, realServer: null, mode: 'tun' });
    perform(director, { kind: 'zero', service: web });
    perform(director, { kind: 'zero', service: null });
    perform(director, { kind: 'delete real server', service: web, realServer: realServer.identity });
    perform(director, { kind: 'delete service', service: web });
    expect(director.findService(web)).toBeUndefined();
  });

  test('without steps does nothing', () => {
    const director = directorWith({});
    const plan = { steps: [], lines: [], warnings: [], destructive: false };
    expect(performPlan(director, plan)).toEqual({ kind: 'done', done: [], deviations: [] });
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
    const plan = makePlan(director, edit);
    director.setRealServer(web, {
      identity: real('10.0.0.21:80'),
      ...defaultRealServerSettings,
      weight: 5,
      upperThreshold: 9,
    });
    const error = errorOf(() => performPlan(director, plan));
    expect(error.kind).toBe('conflict');
    expect(error.message).toBe(
      'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: it was changed meanwhile: it was DR, weight 3, and is DR, weight 5, upper threshold 9; nothing was written; look at it again and repeat the change',
    );
    expect(table(director)).toEqual(['10.0.0.21:80 dr 5']);
  });

  test('with a deletion says that it is gone', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
    const plan = makePlan(director, edit);
    director.deleteRealServer(web, real('10.0.0.21:80'));
    expect(errorOf(() => performPlan(director, plan)).reason).toBe(
      'it was changed meanwhile: it was DR, weight 1, and is not there any more',
    );
  });

  test('with an addition shows what is there', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
    const plan = makePlan(director, {
      kind: 'add real server',
      service: web,
      realServer: { identity: real('10.0.0.21:80'), ...defaultRealServerSettings },
    });
    director.addRealServer(web, { identity: real('10.0.0.21:80'), ...defaultRealServerSettings, weight: 9 });
    expect(errorOf(() => performPlan(director, plan)).reason).toBe(
      'it was changed meanwhile: it was not there, and is DR, weight 9',
    );
  });

  test('of a service that got another real server stops its deletion', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
    const plan = makePlan(director, { kind: 'delete service', service: web });
    director.addRealServer(web, { identity: real('10.0.0.22:80'), ...defaultRealServerSettings });
    expect(errorOf(() => performPlan(director, plan)).reason).toBe(
      'it was changed meanwhile: it was wlc, 1 real server, and is wlc, 2 real servers',
    );
  });

  test('in a later step is found before the first is written', () => {
    const mapped = { forwarding: 'nat' } as const;
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', mapped], ['10.0.0.22:8080', mapped]],
    });
    const plan = makePlan(director, { kind: 'switch mode', service: web, realServer: null, mode: 'dr' });
    director.deleteRealServer(web, real('10.0.0.22:8080'));
    expect(errorOf(() => performPlan(director, plan)).kind).toBe('conflict');
    expect(table(director)).toEqual(['10.0.0.21:8080 nat 1']);
  });
});

describe('a failure half-way', () => {
  const mapped = { forwarding: 'nat' } as const;

  test('says what was done and what was not', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', mapped]] });
    const plan = makePlan(director, { kind: 'switch mode', service: web, realServer: null, mode: 'dr' });
    // Somebody else deletes the old real server right after ours was added.
    const racing = disturbed(director, 'deleteRealServer', () =>
      director.deleteRealServer(web, real('10.0.0.21:8080')),
    );
    const outcome = performPlan(racing, plan);
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
    const plan = makePlan(director, { kind: 'switch mode', service: web, realServer: null, mode: 'dr' });
    const racing = disturbed(director, 'addRealServer', () =>
      director.setRealServer(web, {
        identity: real('10.0.0.21:8080'),
        ...defaultRealServerSettings,
        ...mapped,
        weight: 9,
      }),
    );
    const outcome = performPlan(racing, plan);
    expect(outcome).toMatchObject({ kind: 'partly done', error: { kind: 'conflict' } });
    expect(table(director)).toEqual(['10.0.0.21:80 dr 1', '10.0.0.21:8080 nat 9']);
  });

  test('at the first step is thrown, for nothing was written', () => {
    const director = directorWith({});
    const plan = makePlan(director, { kind: 'add service', service: { ...service, scheduler: 'nosuch' } });
    expect(errorOf(() => performPlan(director, plan))).toMatchObject({ kind: 'refused', errno: 'ENOENT' });
  });
});

test('what reads back otherwise is told', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
  const plan = makePlan(director, {
    kind: 'edit real server',
    service: web,
    realServer: real('10.0.0.21:80'),
    change: { weight: 7 },
  });
  const interfering = new Proxy(director, {
    get(target, key) {
      if (key === 'setRealServer') {
        return (...[identity, realServer]: Parameters<Director['setRealServer']>) =>
          target.setRealServer(identity, { ...realServer, weight: 8 });
      }
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  expect(performPlan(interfering, plan)).toMatchObject({
    kind: 'done',
    deviations: [
      '10.0.0.21:80 of tcp:203.0.113.10:80 was written as DR, weight 7 and reads back as DR, weight 8: somebody else changes it too',
    ],
  });
});
