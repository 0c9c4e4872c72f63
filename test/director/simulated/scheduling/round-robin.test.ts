import { describe, expect, it } from 'vitest';
import { roundRobin } from '../../../../src/director/simulated/scheduling/round-robin.ts';
import { picks, servers } from './servers.ts';

describe('rr', () => {
  it('takes each in turn, whatever the weights', () => {
    expect(picks(roundRobin(), servers({ a: 5, b: 1, c: 2 }), 7)).toBe('abcabca');
  });

  it('passes over weight 0 and overload', () => {
    const list = servers({ a: 1, b: 0, c: 1, d: 1 });
    const scheduling = roundRobin<(typeof list)[number]>();
    expect(picks(scheduling, list, 4)).toBe('acda');
    for (const server of list) server.overloaded = server.name === 'd';
    expect(picks(scheduling, list, 4)).toBe('caca');
  });

  it('goes on picking the only one that is left', () => {
    expect(picks(roundRobin(), servers({ a: 0, b: 1, c: 0 }), 3)).toBe('bbb');
  });

  it('rejects when there is none', () => {
    expect(picks(roundRobin(), servers({ a: 0 }), 2)).toBe('--');
    expect(picks(roundRobin(), [], 1)).toBe('-');
  });

  it('goes on behind a server that was taken away', () => {
    const list = servers({ a: 1, b: 1, c: 1, d: 1 });
    const scheduling = roundRobin<(typeof list)[number]>();
    expect(picks(scheduling, list, 2)).toBe('ab');
    const [removed] = list.splice(1, 1);
    scheduling.serverRemoved?.(removed!, list[0]);
    expect(picks(scheduling, list, 4)).toBe('cdac');
  });

  it('begins anew when the first server, the last picked, was taken away', () => {
    const list = servers({ a: 1, b: 1, c: 1 });
    const scheduling = roundRobin<(typeof list)[number]>();
    expect(picks(scheduling, list, 1)).toBe('a');
    const [removed] = list.splice(0, 1);
    scheduling.serverRemoved?.(removed!, undefined);
    expect(picks(scheduling, list, 3)).toBe('bcb');
  });
});
