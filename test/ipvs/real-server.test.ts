import { expect, test } from 'vitest';
import { zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import { parseRealServer } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, isOverloaded, type RealServerEntry } from '../../src/ipvs/real-server.ts';

function entry(upperThreshold: number, lowerThreshold: number, active: number): RealServerEntry {
  return {
    realServer: {
      identity: parseRealServer('10.0.0.21:80'),
      ...defaultRealServerSettings,
      upperThreshold,
      lowerThreshold,
    },
    active,
    inactive: 10,
    persistent: 0,
    counters: zeroCounters,
    kernelRates: zeroRates,
  };
}

test.each([
  ['without thresholds never', entry(0, 0, 1_000_000), true, false],
  ['at its upper threshold', entry(100, 0, 90), false, true],
  ['below three quarters of it no more', entry(100, 0, 64), true, false],
  ['below three quarters that are no whole number no more', entry(14, 0, 0), true, false],
  ['between the two still', entry(100, 0, 65), true, true],
  ['between the two not yet', entry(100, 0, 80), false, false],
  ['below its own lower threshold no more', entry(100, 50, 39), true, false],
  ['above its own lower threshold still', entry(100, 50, 40), true, true],
])('a real server is overloaded %s', (_, server, wasOverloaded, overloaded) => {
  expect(isOverloaded(server, wasOverloaded)).toBe(overloaded);
});
