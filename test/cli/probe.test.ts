import { describe, expect, test } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { lvstop, words } from './harness.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });
const probe = (line: string) => lvstop(words(`probe ${line}`), { director });

describe('lvstop probe', () => {
  test('asks all real servers of the demo and finds the one that is gone', async () => {
    const { exitCode, out, err } = await probe('');
    expect(exitCode).toBe(1);
    expect(out.match(/^ {2}\S+ +(NAT|TUN|DR) +gone .*$/gm)).toEqual([
      expect.stringContaining('10.0.1.34:443'),
    ]);
    expect(out).toContain('\n  10.0.0.21:8080  NAT  answers       through this director, by eth1 (0.4 ms)\n');
    expect(err).toContain('SIMULATED');
  });

  test('breaks what it says between words, on a terminal', async () => {
    const terminal = { columns: 70, rows: 24, colorDepth: 'none' } as const;
    const { out } = await lvstop(words('probe tcp:203.0.113.10:443'), { director, terminal });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
    expect(out).toMatch(/\n {36}- it is down,[^\n]*\n {38}\w/);
  });

  test('ends with 0 where all is well', async () => {
    expect((await probe('tcp:203.0.113.10:80')).exitCode).toBe(0);
  });

  test('asks for a firewall mark what one of its connections called, or what it is told', async () => {
    const { realServers } = JSON.parse((await probe('fwm:7 --json')).out);
    expect(realServers).toHaveLength(3);
    for (const { called } of realServers) expect(called).toMatch(/^tcp:203\.0\.113\.\d+:8443$/);
    const told = JSON.parse((await probe('fwm:7 --json --to 203.0.113.70:80')).out);
    for (const { called } of told.realServers) expect(called).toBe('tcp:203.0.113.70:80');
  });

  test('counts', async () => {
    const { out } = await probe('tcp:203.0.113.10:443 10.0.1.31:443 --count 3 --json');
    expect(JSON.parse(out).realServers).toMatchObject([
      { word: 'answers', isFault: false, asked: 3, answered: 3, milliseconds: 0.4 },
    ]);
  });

  test.each([
    ['tcp:192.0.2.1:80', 4, /tcp:192\.0\.2\.1:80/],
    ['tcp:203.0.113.10:80 10.0.0.99:8080', 4, /10\.0\.0\.99:8080/],
    ['--count 0', 2, /--count/],
    ['fwm:7 --to nowhere', 2, /nowhere/],
  ])('names what is wrong with "%s"', async (line, code, named) => {
    const { exitCode, err } = await probe(line);
    expect(exitCode).toBe(code);
    expect(err).toMatch(named);
  });
});

describe('lvstop doctor --probe', () => {
  test('asks real servers, and no longer says that they were not', async () => {
    const { err } = await lvstop(words('doctor --probe'), { director });
    expect(err).not.toContain('not asked');
  });
});

describe('lvstop walk --probe', () => {
  test('marks the real server that answers', async () => {
    const { out } = await lvstop(words('walk tcp:203.0.113.10:443 10.0.1.31:443 --probe'), { director });
    expect(out).toMatch(/real server 10\.0\.1\.31\n +✓ a probe 0 s ago: answers \(0\.4 ms\)\n/);
    expect(out).toContain('RESPONSE');
  });

  test('ends at one that does not, and says nothing of what it would do', async () => {
    const { out } = await lvstop(words('walk tcp:203.0.113.10:443 10.0.1.34:443 --probe'), { director });
    expect(out).toMatch(/✗ a probe 0 s ago: nobody on eth1 answers for 10\.0\.1\.34/);
    expect(out).toContain('lvstop probe tcp:203.0.113.10:443 10.0.1.34:443');
    expect(out).not.toContain('RESPONSE');
    expect(out).not.toContain('takes it');
  });
});

test('lvstop setup --check tells what can be seen from the director, beside its script', async () => {
  const { out, err } = await lvstop(words('setup tcp:203.0.113.10:443 10.0.1.31:443 --check'), { director });
  expect(out).not.toContain('asked from here');
  expect(err).toContain('asked from here: 10.0.1.31:443 answers for 203.0.113.10:443');
});
