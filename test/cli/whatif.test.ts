import { describe, expect, test } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { parseService } from '../../src/ipvs/identity.ts';
import { lvstop } from './harness.ts';

const web = 'tcp:203.0.113.10:80';

function demo() {
  return createSimulatedDirector({ now: () => 0, seed: 1 });
}

describe('lvstop whatif', () => {
  test('prints each real server without the edit and with it, what follows, and what was assumed', async () => {
    const director = demo();
    const { exitCode, out, err } = await lvstop(['whatif', 'weight', web, '10.0.0.21:8080', '0'], {
      director,
    });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^tcp:203\.0\.113\.10:80, foretold for 5 min: without the edit → with it$/m);
    expect(out).toMatch(/^10\.0\.0\.21:8080 +\d+ → 0\.0 +3\d % → 0 % +1,\d{3} → 0 /m);
    expect(out).toMatch(/^· 10\.0\.0\.21:8080 has its last active connection after /m);
    expect(out).toMatch(/^seen: \d+ new connections a second, over 14 s$/m);
    expect(out).toMatch(/^assumed: they go on coming at that rate$/m);
    expect(err).toBe(
      'ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 0\nSIMULATED: this director exists in the demo only\n',
    );
  });

  test.each([
    `weight ${web} 10.0.0.21:8080 7 --yes`,
    `drain ${web} 10.0.0.21:8080 --delete --yes`,
    `mode ${web} 10.0.0.21:8080 tun --yes`,
    `scheduler ${web} wlc`,
    `edit service ${web} --persistent 300`,
    `edit real ${web} 10.0.0.21:8080 --upper 100`,
    `add real ${web} 10.0.0.77:8080 --forwarding nat`,
    `delete real ${web} 10.0.0.21:8080 --yes`,
    `weight ${web} 10.0.0.21:8080 7 --lasting`,
  ])('%s: does nothing', async (edit) => {
    const director = demo();
    const table = () => [
      director.findService(parseService(web))?.service,
      ...allRealServers(director, parseService(web)).map(({ realServer }) => realServer),
    ];
    const before = table();
    const { exitCode, out, err } = await lvstop(['whatif', ...edit.split(' '), '--minutes', '1'], {
      director,
    });
    expect(err).not.toMatch(/done|error/);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/foretold for 1 min/);
    expect(table()).toEqual(before);
  });

  test('as JSON, with every number and its bounds', async () => {
    const { out } = await lvstop(
      ['whatif', 'edit', 'real', web, '10.0.0.21:8080', '--upper', '100', '--json'],
      { director: demo() },
    );
    const { source, edit, services } = JSON.parse(out);
    expect(source).toBe('simulated');
    expect(edit).toEqual(['ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 3 -x 100']);
    const [service] = services;
    expect(service).toMatchObject({ service: web, seconds: 300, runs: 10 });
    const changed = service.realServers.find(
      ({ realServer }: { realServer: string }) => realServer === '10.0.0.21:8080',
    );
    expect(changed.with.share.low).toBeLessThanOrEqual(changed.with.share.mean);
    expect(changed.with.fullAfterSeconds.mean).toBeLessThan(1);
    expect(service.statements.map(({ kind }: { kind: string }) => kind)).toContain('full');
  });

  test('what is so already, or no edit at all, is said in one line', async () => {
    const already = await lvstop(['whatif', 'scheduler', web, 'wrr'], { director: demo() });
    expect(already).toMatchObject({ exitCode: 0, out: '', err: 'already so: nothing to do\n' });
    const nothing = await lvstop(['whatif'], { director: demo() });
    expect(nothing.exitCode).toBe(2);
    expect(nothing.err).toMatch(/^lvstop: whatif: a word is missing; give weight or drain or mode/);
    const unknown = await lvstop(['whatif', 'weight', web, '10.9.9.9:80', '1'], { director: demo() });
    expect(unknown.exitCode).toBe(4);
  });
});
