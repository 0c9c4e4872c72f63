import { describe, expect, it } from 'vitest';
import { type Candidate, chooseBusiest } from '../../../src/host/network/busiest-interface.ts';
import { ratesBetween } from '../../../src/host/network/interface-rates.ts';
import { counters } from '../proc-text.ts';

function candidate(rawName: string, rate: number, carried = rate): Candidate {
  return { rawName, carried, view: ratesBetween(rawName, counters(), counters({ inBytes: rate }), 1) };
}

const up = () => false;
const choose = (
  candidates: Candidate[],
  previous: string | null = null,
  isDown: (n: string) => boolean = up,
) => chooseBusiest(candidates, previous, isDown)?.rawName;

describe('chooseBusiest', () => {
  it('takes the one that carries the most, loopback left out', () => {
    expect(choose([candidate('lo', 900), candidate('eth0', 10), candidate('eth1', 20)])).toBe('eth1');
  });

  it('takes the one that has carried the most when all are idle', () => {
    expect(choose([candidate('eth0', 0, 5), candidate('eth1', 0, 7)])).toBe('eth1');
  });

  it('leaves out those that are down', () => {
    const both = [candidate('eth0', 0, 5), candidate('eth1', 0, 7)];
    expect(choose(both, null, (name) => name === 'eth1')).toBe('eth0');
    expect(choose(both, 'eth1', (name) => name === 'eth1')).toBe('eth0');
  });

  it('takes loopback, then one that is down, when there is nothing else', () => {
    expect(choose([candidate('lo', 1), candidate('eth0', 0)], null, () => true)).toBe('lo');
    expect(choose([candidate('eth0', 0)], null, () => true)).toBe('eth0');
    expect(choose([])).toBeUndefined();
  });

  it('stays with the one shown until another carries a quarter more', () => {
    expect(choose([candidate('eth0', 120), candidate('bond0', 100)], 'bond0')).toBe('bond0');
    expect(choose([candidate('eth0', 126), candidate('bond0', 100)], 'bond0')).toBe('eth0');
    expect(choose([candidate('eth0', 1)], 'bond0')).toBe('eth0');
  });

  it('asks whether an interface is down only of the one shown while all are idle', () => {
    const asked: string[] = [];
    const many = Array.from({ length: 500 }, (_, i) => candidate(`veth${i}`, 0, i));
    choose(many, 'veth3', (name) => asked.push(name) < 0);
    expect(asked).toEqual(['veth3']);
  });
});
