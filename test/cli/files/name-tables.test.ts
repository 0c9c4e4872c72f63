import { describe, expect, test } from 'vitest';
import { resolveHosts } from '../../../src/cli/files/name-tables.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';

describe('host names', () => {
  test('are all asked for, each once, and those that are not known are left out', async () => {
    const asked: string[] = [];
    const hosts = await resolveHosts(
      Array.from({ length: 100 }, (_, index) => `host${index}`),
      {
        resolve: async (name) => {
          asked.push(name);
          if (name === 'host7') throw new Error('no such host');
          return ['10.0.0.1', '10.0.0.1'];
        },
      },
    );
    expect(new Set(asked).size).toBe(100);
    expect(asked).toHaveLength(100);
    expect(hosts.get('host7')).toBeUndefined();
    expect(hosts.get('host8')).toEqual(['10.0.0.1']);
  });

  test('that nobody answers for are given up together, and no more are asked', async () => {
    const asked: string[] = [];
    const silent: (() => void)[] = [];
    const failure = resolveHosts(
      Array.from({ length: 5000 }, (_, index) => `host${index}`),
      {
        patience: 1,
        resolve: (name) => {
          asked.push(name);
          return new Promise((_, reject) => silent.push(() => reject(new Error('late'))));
        },
      },
    );
    await expect(failure).rejects.toBeInstanceOf(IpvsError);
    await expect(failure).rejects.toThrow('of 5000 host names only 0 were answered for');
    for (const give of silent) give();
    await new Promise(setImmediate);
    expect(asked.length).toBeLessThan(10);
  });
});
