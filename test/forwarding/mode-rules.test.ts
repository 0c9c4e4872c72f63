import { describe, expect, test } from 'vitest';
import { modeDemands } from '../../src/forwarding/mode-demands.ts';
import { brokenModeRule, modeRules, requireModeRules } from '../../src/forwarding/mode-rules.ts';
import { forwardingModes } from '../../src/ipvs/forwarding-method.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';

function broken(service: string, realServer: string, forwarding: string): string | undefined {
  return brokenModeRule({
    service: parseService(service),
    realServer: parseRealServer(realServer),
    forwarding: forwarding as never,
  })?.rule.id;
}

describe('port mapping', () => {
  test.each([
    ['tcp:203.0.113.10:80', '10.0.0.21:8080', 'nat', undefined],
    ['tcp:203.0.113.10:80', '10.0.0.21:8080', 'tun', 'no-port-mapping'],
    ['tcp:203.0.113.10:80', '10.0.0.21:8080', 'dr', 'no-port-mapping'],
    ['tcp:203.0.113.10:80', '10.0.0.21:80', 'tun', undefined],
    ['tcp:203.0.113.10:80', '10.0.0.21:80', 'dr', undefined],
    ['tcp:203.0.113.10:0', '10.0.0.21:0', 'dr', undefined],
    ['tcp:203.0.113.10:0', '10.0.0.21:80', 'dr', 'no-port-mapping'],
    ['fwm:7', '10.0.0.21:80', 'dr', undefined],
    ['fwm:7', '10.0.0.21:0', 'tun', undefined],
  ])('%s to %s by %s: %s', (service, realServer, mode, rule) => {
    expect(broken(service, realServer, mode)).toBe(rule);
  });

  test('is refused with where the packets would arrive and what to give instead', () => {
    expect(() =>
      requireModeRules('add real server', {
        service: parseService('tcp:203.0.113.10:80'),
        realServer: parseRealServer('10.0.0.21:8080'),
        forwarding: 'dr',
      }),
    ).toThrow(
      'add real server 10.0.0.21:8080 of tcp:203.0.113.10:80: DR does not map ports: packets would reach 10.0.0.21 on port 80, not on port 8080; give 10.0.0.21:80, or choose nat',
    );
  });
});

describe('families', () => {
  test.each([
    ['tcp:203.0.113.10:80', '[2001:db8::1]:80', 'nat', 'same-family'],
    ['tcp:203.0.113.10:80', '[2001:db8::1]:80', 'dr', 'same-family'],
    ['tcp:203.0.113.10:80', '[2001:db8::1]:80', 'tun', undefined],
    ['tcp:[2001:db8::9]:80', '10.0.0.1:80', 'nat', 'same-family'],
    ['fwm6:7', '10.0.0.1:0', 'tun', undefined],
  ])('%s to %s by %s: %s', (service, realServer, mode, rule) => {
    expect(broken(service, realServer, mode)).toBe(rule);
  });
});

test.each(['local', 'bypass', 'method-9'])('%s cannot be asked for', (method) => {
  expect(broken('tcp:203.0.113.10:80', '10.0.0.21:80', method)).toBe('known-method');
});

test('every rule says what it rests on', () => {
  for (const { statement, restsOn } of modeRules) {
    expect(statement).toMatch(/\.$/);
    expect(restsOn.length).toBeGreaterThan(0);
  }
});

test('every mode has its demands', () => {
  expect(Object.keys(modeDemands)).toEqual([...forwardingModes]);
});
