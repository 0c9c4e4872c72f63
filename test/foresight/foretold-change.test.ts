import { describe, expect, test } from 'vitest';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import { performPlan } from '../../src/changes/write/perform-plan.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { foresee } from '../../src/foresight/foresee.ts';
import {
  comparedChange,
  foresightError,
  foretoldLines,
  notedChanges,
} from '../../src/foresight/foretold-change.ts';
import { recordLines, recordSummary } from '../../src/foresight/record-report.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { readOnce } from '../../src/sampling/sample-once.ts';
import { isWholeView } from '../../src/sampling/view.ts';
import { allAtOnce } from '../../src/system/turns.ts';

const service = parseService('tcp:203.0.113.10:80');
const realServer = parseRealServer('10.0.0.21:8080');

/** The demo with a weight that was foretold and changed, whose clock goes on when it is told to. */
async function foretold() {
  const clock = { now: 0 };
  const director = createSimulatedDirector({ now: () => clock.now, seed: 1 });
  const weight = (to: number) =>
    allAtOnce(
      makePlan(director, [{ kind: 'edit real server', service, realServer, change: { weight: to } }]),
    );
  const plan = weight(6);
  const view = await readOnce(director);
  if (!isWholeView(view)) throw new Error('not whole');
  const forecasts = allAtOnce(foresee({ director, view, steps: plan.steps, seconds: 120 }));
  allAtOnce(performPlan(director, plan));
  const [change] = notedChanges(director, '1f2e3d4c', forecasts, 1_000_000);
  if (change === undefined) throw new Error('nothing was noted');
  const pass = (seconds: number) => {
    // Step by step, as somebody who watches has it.
    for (let passed = 0; passed < seconds; passed += 5) {
      clock.now += 5000;
      director.findService(service);
    }
  };
  return { director, change, pass, weight };
}

describe('what was foretold of a change', () => {
  test('is compared when its time has passed, and is near what came', async () => {
    const { director, change, pass } = await foretold();
    expect(comparedChange(director, change, 1_000_000 + 119_000)).toBe(change);
    expect(foretoldLines(change)).toEqual(['foretold for 2 min: not compared yet']);
    pass(120);
    const compared = comparedChange(director, change, 1_000_000 + 121_000);
    const error = foresightError(compared);
    expect(error?.share).toBeLessThan(0.03);
    // The demo's load moves with its own tide.
    expect(error?.active).toBeLessThan(0.6);
    expect(foretoldLines(compared)[0]).toMatch(
      /^foretold for 2 min: shares were off by [\d.]+ % at most, active connections by [\d.]+ %$/,
    );
    expect(foretoldLines(compared)[1]).toMatch(
      /^ {2}10\.0\.0\.21:8080 {2}share 5\d %, seen 5\d %; active [\d,]+, seen [\d,]+$/,
    );
  });

  test.each<[string, number, (ready: Awaited<ReturnType<typeof foretold>>) => void]>([
    ['nobody looked at the time', 400_000, () => {}],
    [
      'the service was changed meanwhile',
      121_000,
      ({ director, weight }) => void allAtOnce(performPlan(director, weight(9))),
    ],
    [
      'its counters were zeroed meanwhile',
      121_000,
      ({ director, pass }) => {
        director.zero(service);
        pass(5);
      },
    ],
    ['no new connections came', 120_000, () => {}],
  ])('is not compared where %s', async (reason, later, happen) => {
    const ready = await foretold();
    happen(ready);
    const { director, change } = ready;
    expect(comparedChange(director, change, 1_000_000 + later).seen).toEqual({
      kind: 'not compared',
      reason,
    });
  });

  test('is told over all: how many were compared, and how far they were off', async () => {
    const { director, change, pass } = await foretold();
    pass(120);
    const compared = comparedChange(director, change, 1_121_000);
    expect(recordSummary([change])).toBeNull();
    expect(recordLines([change]).at(-1)).toBe('none was compared yet');
    const changes = [compared, { ...compared, id: '2' }, { ...change, id: '3' }];
    expect(recordSummary(changes)?.compared).toBe(2);
    expect(recordLines(changes).at(-1)).toMatch(
      /^2 compared: shares off by [\d.]+ % \(median\), in nine of ten by /,
    );
  });
});
