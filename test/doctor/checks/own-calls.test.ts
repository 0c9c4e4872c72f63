import { expect, test } from 'vitest';
import { halfOpen } from '../../../src/doctor/checks/half-open.ts';
import { ownCalls } from '../../../src/doctor/checks/own-calls.ts';
import { site, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

const calls = (count: number, address: string) =>
  connections(count, stuck).map((connection) => ({
    ...connection,
    client: { ...connection.client, address },
  }));

test.each(['203.0.113.10', '10.0.0.1'])(
  'calls of the director itself, from %s, are none of the real servers\u2019 faults',
  (own) => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      { connections: { connections: calls(6, own), isWhole: true } },
    );
    expect(halfOpen.find(evidence)).toEqual([]);
    const findings = ownCalls.find(evidence);
    expect(told(findings)).toEqual(['warning own-calls tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toBe(
      `6 connections of this machine itself (from ${own}) are half open (SYN_RECV)`,
    );
  },
);

test('those of others, and those that get an answer, are no such calls', () => {
  const some = [
    ...calls(6, '198.51.100.7'),
    ...connections(3).map((one) => ({ ...one, client: { address: '10.0.0.1', port: 1 } })),
  ];
  expect(
    ownCalls.find(
      site({ mode: 'dr', family: 'inet' }, { connections: { connections: some, isWhole: true } }),
    ),
  ).toEqual([]);
});

test('a real server that is this machine itself can answer, so that calls in vain are its fault', () => {
  const evidence = site(
    { mode: 'dr', family: 'inet' },
    {
      connections: { connections: calls(6, '203.0.113.10'), isWhole: true },
      routes: { '10.0.0.21': { kind: 'local', link: 'lo' } },
    },
  );
  expect(ownCalls.find(evidence)).toEqual([]);
  expect(told(halfOpen.find(evidence))).toEqual(['error half-open 10.0.0.21:80 of tcp:203.0.113.10:80']);
});
