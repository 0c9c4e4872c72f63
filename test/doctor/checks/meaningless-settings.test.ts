import { describe, expect, test } from 'vitest';
import { meaninglessSettings as check } from '../../../src/doctor/checks/meaningless-settings.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, type SiteChange, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

function found(change: SiteChange) {
  return check.find(site(kind, change));
}

describe('what the kernel takes and cannot use', () => {
  test.each<[string, SiteChange, string]>([
    [
      'one-packet scheduling on TCP',
      { settings: { onePacket: true } },
      'lvstop edit service tcp:203.0.113.10:80 --no-one-packet',
    ],
    [
      'a flag that is not of the scheduler',
      { settings: { schedulerFlags: 1 } },
      'lvstop edit service tcp:203.0.113.10:80 --flags none',
    ],
    [
      'a forwarding method that does not exist',
      { firstSettings: { forwarding: 'method-7' } },
      'lvstop mode tcp:203.0.113.10:80 10.0.0.21:8080 nat',
    ],
  ])('%s is mended by a command', (_, change, command) => {
    const findings = found(change);
    expect(findings).toHaveLength(1);
    expect(commands(findings)).toEqual([command]);
  });

  test('a method that does not exist is an error, the rest are warnings', () => {
    expect(told(found({ firstSettings: { forwarding: 'method-7' } }))).toEqual([
      'error meaningless-settings 10.0.0.21:8080 of tcp:203.0.113.10:80',
    ]);
    expect(told(found({ settings: { onePacket: true } }))).toEqual([
      'warning meaningless-settings tcp:203.0.113.10:80',
    ]);
  });

  test('all ports without persistence', () => {
    const services = [service('tcp:203.0.113.10:0', {}, [real('10.0.0.21:0')])];
    expect(commands(found({ services }))).toEqual([
      'lvstop edit service tcp:203.0.113.10:0 --persistent 300',
    ]);
  });
});
