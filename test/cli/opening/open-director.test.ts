import { afterEach, describe, expect, test } from 'vitest';
import { openDirector } from '../../../src/cli/opening/open-director.ts';
import { allServices } from '../../../src/director/director.ts';

const platform = process.platform;
afterEach(() => {
  Object.defineProperty(process, 'platform', { value: platform });
});

describe('the director', () => {
  test('of a machine that is no Linux cannot be, and the error says where it can', async () => {
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    await expect(openDirector({ demo: false })).rejects.toMatchObject({
      kind: 'unreachable',
      message:
        'open the director: IPVS is a part of Linux, and this is darwin; run lvstop on the director itself, over SSH, or try it with --demo',
    });
  });

  test('of the demo can be anywhere', async () => {
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    const director = await openDirector({ demo: { kind: 'usual' } });
    expect(director.source).toBe('simulated');
    expect(allServices(director).length).toBeGreaterThan(3);
    director.close();
  });
});
