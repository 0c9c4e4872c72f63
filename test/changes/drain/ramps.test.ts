import { expect, test } from 'vitest';
import { rampSteps } from '../../../src/changes/drain/ramp.ts';
import { Ramps } from '../../../src/changes/drain/ramps.ts';
import { findRealServer } from '../../../src/changes/steps/table-state.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { setRealServer } from '../../director/table-edits.ts';
import { directorWith } from '../table.ts';

const service = parseService('tcp:203.0.113.10:80');
const realServer = parseRealServer('10.0.0.21:8080');
const nat = { ...defaultRealServerSettings, forwarding: 'nat', identity: realServer } as const;

/** A ramp from 1 to 10 over 90 s, whose first step is done at 0. */
function begun() {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', { ...nat, weight: 1 }]] });
  const ramps = new Ramps({ director });
  const [first, ...steps] = rampSteps(0, 10, 10, 90_000);
  ramps.begin([{ service, realServer, steps, present: first?.weight ?? 0, beganAt: 0 }]);
  const weight = () => findRealServer(director, service, realServer)?.realServer.weight;
  return { director, ramps, weight };
}

test('a weight is raised when its time has come, and the last step ends it', () => {
  const { ramps, weight } = begun();
  expect([ramps.take(9000), weight()]).toEqual([[], 1]);
  expect([ramps.take(10_000), weight()]).toEqual([[], 2]);
  expect([ramps.take(80_000), weight()]).toEqual([[], 9]);
  expect(ramps.take(90_000)).toMatchObject([
    { kind: 'done', text: '10.0.0.21:8080 of tcp:203.0.113.10:80 has reached weight 10' },
  ]);
  expect([weight(), ramps.all]).toEqual([10, []]);
});

test('a weight that somebody else has set is left alone', () => {
  const { director, ramps, weight } = begun();
  setRealServer(director, service, { ...nat, weight: 0 });
  expect(ramps.take(10_000)).toMatchObject([
    { kind: 'failed', text: expect.stringContaining('weight 0 meanwhile') },
  ]);
  expect([weight(), ramps.all]).toEqual([0, []]);
});
