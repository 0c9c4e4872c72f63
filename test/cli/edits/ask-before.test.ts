import { describe, expect, test } from 'vitest';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { lvstop, words } from '../harness.ts';

const service = 'tcp:203.0.113.10:443';
/** In the demo nobody answers for its address. */
const gone = '10.0.1.34:443';
const healthy = '10.0.1.31:443';

describe('an edit with --probe', () => {
  test('is made where the real server answers', async () => {
    const director = createSimulatedDirector({ now: () => 0, seed: 1 });
    await lvstop(words(`weight ${service} ${healthy} 0`), { director });
    const { exitCode, err } = await lvstop(words(`weight ${service} ${healthy} 3 --probe`), { director });
    expect(exitCode).toBe(0);
    expect(err).toContain('10.0.1.31:443 answers');
  });

  test('is not made where it does not', async () => {
    const director = createSimulatedDirector({ now: () => 0, seed: 1 });
    await lvstop(words(`weight ${service} ${gone} 0`), { director });
    const { exitCode, err } = await lvstop(words(`weight ${service} ${gone} 3 --probe`), { director });
    expect(exitCode).toBe(1);
    expect(err).toContain('10.0.1.34:443 gone: nobody on eth1 answers for 10.0.1.34');
    expect(err).toContain('nothing was done: 1 real server would not serve clients');
    const { out } = await lvstop(words(`list ${service} --format ipvsadm`), { director });
    expect(out).toMatch(/-r 10\.0\.1\.34:443 -g -w 0$/m);
  });

  test('asks nobody where no client is sent to a real server that had none', async () => {
    const director = createSimulatedDirector({ now: () => 0, seed: 1 });
    const { exitCode, err } = await lvstop(words(`weight ${service} ${gone} 0 --probe`), { director });
    expect(exitCode).toBe(0);
    expect(err).not.toContain('nobody on eth1');
  });
});

test('whoever is asked for a yes is told what the real server answers', async () => {
  const director = createSimulatedDirector({ now: () => 0, seed: 1 });
  const { err } = await lvstop(words(`mode ${service} ${gone} tun`), { director, answer: false });
  expect(err).toContain('10.0.1.34:443');
  expect(err).toMatch(/10\.0\.1\.34:443 (gone|not asked|silent|unreachable)/);
});
