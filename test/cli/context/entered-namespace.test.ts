import { describe, expect, test } from 'vitest';
import { lvstop } from '../harness.ts';

// That it is entered, and what then holds, is in test/lab/namespaces.test.ts.
describe('--netns', () => {
  test.each([
    ['no-such-namespace', 'there is none of that name in /run/netns or /run/docker/netns'],
    ['/no/such/file', 'there is no such file or folder'],
    ['4194305', 'there is no such file or folder'],
  ])('%s is refused before anything is asked of the kernel', async (word, reason) => {
    const { exitCode, out, err } = await lvstop(['--netns', word, 'list']);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(`enter the network namespace ${word}: ${reason}`);
  });
});
