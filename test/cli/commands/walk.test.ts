import { describe, expect, it } from 'vitest';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { lvstop } from '../harness.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });

function walk(...words: string[]) {
  return lvstop(['walk', ...words, '--demo'], { director });
}

describe('lvstop walk', () => {
  it('draws the way of a live connection', async () => {
    const { exitCode, out } = await walk('tcp:203.0.113.10:443', '10.0.1.32:443');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Packet walk of tcp:203\.0\.113\.10:443 by 10\.0\.1\.32:443 \(DR\)$/m);
    expect(out).toMatch(
      /^client 198\.1[89]\.\d+\.\d+:\d+ is in the connection table now \((ESTABLISHED|FIN_WAIT)\)$/m,
    );
    expect(out).toContain('52:54:00:00:01:20');
  });

  it('takes the real server with the greatest weight where none is named, and its port from the service', async () => {
    expect((await walk('tcp:203.0.113.10:443')).out).toContain('by 10.0.1.31:443 (DR)');
    expect((await walk('tcp:203.0.113.10:443', '10.0.1.33')).out).toContain('by 10.0.1.33:443 (DR)');
  });

  it('is JSON where that is asked for', async () => {
    const { out } = await walk('tcp:198.51.100.20:8443', '10.40.0.11', '--json', '--client', '192.0.2.9');
    const walkedJson = JSON.parse(out);
    expect(walkedJson).toMatchObject({
      version: 1,
      service: 'tcp:198.51.100.20:8443',
      realServer: '10.40.0.11:8443',
      forwarding: 'tun',
      client: { address: '192.0.2.9', origin: 'given', state: null },
    });
    expect(walkedJson.request.map((step: { kind: string }) => step.kind)).toEqual([
      'station',
      'packet',
      'station',
      'packet',
      'station',
      'packet',
      'station',
      'packet',
      'station',
    ]);
    expect(walkedJson.request[5].outer).toMatchObject({
      type: 'gre',
      checksum: 'yes',
      overhead: 28,
      room: 1572,
    });
  });

  it('says what it does not find, as every command does', async () => {
    expect(await walk('tcp:203.0.113.99:80')).toMatchObject({ exitCode: 4, out: '' });
    const { exitCode, err } = await walk('tcp:203.0.113.10:443', '10.0.1.99:443');
    expect(exitCode).toBe(4);
    expect(err).toContain('no such real server (ENOENT); look at its real servers with "lvstop list"');
    expect((await walk('tcp:203.0.113.10:443', '--client', '::1')).exitCode).toBe(2);
  });

  it('says that a service has no real servers', async () => {
    const empty = createSimulatedDirector({ now: () => 0, seed: 1, site: 'empty' });
    await lvstop(['add', 'service', 'tcp:203.0.113.1:80'], { director: empty });
    const { exitCode, err } = await lvstop(['walk', 'tcp:203.0.113.1:80', '--demo'], { director: empty });
    expect(exitCode).toBe(2);
    expect(err).toContain('has no real servers');
  });
});
