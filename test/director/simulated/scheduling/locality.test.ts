import { describe, expect, it } from 'vitest';
import {
  localityBased,
  localityBasedReplicated,
} from '../../../../src/director/simulated/scheduling/locality.ts';
import { arrival, picks, servers } from './servers.ts';

describe('lblc', () => {
  it('keeps a destination at its server while that has no more active connections than its weight', () => {
    const list = servers({ a: 4, b: 4 });
    // Five go to a, the fifth at 4 active; then a has more than 4 and b, with less than half of its weight, takes over.
    expect(picks(localityBased(), list, 10)).toBe('aaaaabbbbb');
  });

  it('stays when no other is idle enough', () => {
    const list = servers({ a: 1, b: 1 });
    list[1]!.active = 1;
    expect(picks(localityBased(), list, 4)).toBe('aaaa');
  });

  it('leaves a server that is quiesced or gone', () => {
    const list = servers({ a: 9, b: 9 });
    const scheduling = localityBased<(typeof list)[number]>();
    expect(picks(scheduling, list, 2)).toBe('aa');
    list[0]!.weight = 0;
    expect(picks(scheduling, list, 1)).toBe('b');
    list[0]!.weight = 9;
    list[1]!.available = false;
    expect(picks(scheduling, list.slice(0, 1), 1)).toBe('a');
  });

  it('tells destinations apart', () => {
    const list = servers({ a: 9, b: 9 });
    const scheduling = localityBased<(typeof list)[number]>();
    picks(scheduling, list, 2);
    expect(scheduling.pick(list, arrival({ destination: 1 }))?.name).toBe('b');
    expect(scheduling.pick(list, arrival())?.name).toBe('a');
  });
});

describe('lblcr', () => {
  it('adds servers to a set under load and takes the least loaded of it', () => {
    const list = servers({ a: 2, b: 2, c: 2 });
    // a takes three, then b joins; both are then taken by load until they are overworked and c joins.
    expect(picks(localityBasedReplicated(), list, 9)).toBe('aaabbbccc');
  });

  it('meets the one that joined last first, and one that was deleted again when it is back', () => {
    const list = servers({ a: 2, b: 2 });
    const [a, b] = list;
    const scheduling = localityBasedReplicated<(typeof list)[number]>();
    const pick = (...there: typeof list) => scheduling.pick(there, arrival())?.name;
    expect(pick(a!, b!)).toBe('a');
    a!.available = false;
    expect(pick(b!)).toBe('b');
    a!.available = true;
    // Both belong to the set; b joined it last.
    expect(pick(b!, a!)).toBe('b');
    b!.active = 1;
    expect(pick(b!, a!)).toBe('a');
  });

  it('rejects when nothing is available', () => {
    expect(picks(localityBasedReplicated(), servers({ a: 0 }), 1)).toBe('-');
    expect(picks(localityBased(), servers({ a: 0 }), 1)).toBe('-');
  });
});
