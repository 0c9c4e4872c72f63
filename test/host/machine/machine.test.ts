import { describe, expect, it } from 'vitest';
import { createMachineSampler } from '../../../src/host/machine/kernel-machine.ts';
import { createSimulatedMachine } from '../../../src/host/machine/simulated-machine.ts';

describe.runIf(process.platform === 'linux')('this machine', () => {
  it('tells settings by their path, and nothing by a path that leaves /proc/sys', async () => {
    const machine = await createMachineSampler().sample();
    expect(machine.sysctl('kernel/ostype')).toBe('Linux');
    expect(machine.sysctl('net/ipv4/no_such_setting')).toBeUndefined();
    for (const path of [
      '../version',
      'kernel/../../version',
      '/kernel/ostype',
      'kernel//ostype',
      '',
      'kernel/ostype\0',
    ])
      expect(machine.sysctl(path), path).toBeUndefined();
  });

  it('finds programs by the name that the kernel keeps of them', async () => {
    const machine = await createMachineSampler().sample();
    const [own] = machine.running([process.title, 'node', 'node-MainThread', 'MainThread']);
    expect(own).toBeDefined();
    expect(machine.running(['no-such-program'])).toEqual([]);
  });

  it('has no module of a name that is none', async () => {
    const machine = await createMachineSampler().sample();
    expect(machine.module('../../etc/passwd')).toBe('missing');
    expect(['missing', 'unknown']).toContain(machine.module('ip_vs_no_such_scheduler'));
  });
});

describe('the simulated machine', () => {
  it('is a director that is set up', async () => {
    const machine = await createSimulatedMachine().sample();
    expect(machine.sysctl('net/ipv4/ip_forward')).toBe('1');
    expect(machine.sysctl('net/ipv4/conf/eth1/rp_filter')).toBe('0');
    expect(machine.sysctl('net/ipv4/conf/eth7/rp_filter')).toBeUndefined();
    expect(machine.module('ip_vs_wrr')).toBe('loaded');
    expect(machine.module('ip-vs-mh')).toBe('available');
    expect(machine.module('nonsense')).toBe('missing');
    expect(machine.running(['keepalived'])).toEqual([]);
    expect(machine.firewall().tables).toEqual([]);
  });
});
