import type { Step } from '../changes/steps/step.ts';
import { hashText } from '../director/simulated/kernel/hash.ts';
import {
  compareRealServers,
  formatRealServer,
  formatService,
  type RealServerName,
} from '../ipvs/identity.ts';
import type { Work } from '../system/turns.ts';
import { arrivalCounts } from './arrival-counts.ts';
import type { Course, Run } from './course.ts';
import { editedCourse } from './edited-course.ts';
import type { Forecast } from './forecast.ts';
import { outlookOf, spreadOf } from './outlooks.ts';
import { runOnce, stepsOfRun } from './run.ts';

/** Number of runs on each side, which each have a seed of their own: more where they are cheap. */
export const usualRuns = { fewest: 10, most: 30 } as const;

/** New connections in all runs of a side, times the number of real servers, for which there are more runs. */
const cheap = 200_000;

/**
 * Runs a service forward as it is, and as the steps leave it. The seeds follow from the service, so that the same
 * question gets the same answer. `null` where the steps delete the service.
 */
export function* foretell(
  course: Course,
  steps: readonly Step[],
  runs: number = runsOf(course),
): Work<Forecast | null> {
  const edited = editedCourse(course, steps);
  if (edited === null) return null;
  const seed = hashText(formatService(course.service.identity));
  const without: Run[] = [];
  const withEdit: Run[] = [];
  const mean = (course.load.arrivals * course.seconds) / stepsOfRun;
  for (const [run, arrivals] of arrivalCounts(mean, stepsOfRun, runs, seed).entries()) {
    without.push(yield* runOnce(course, arrivals, seed + run));
    withEdit.push(yield* runOnce(edited, arrivals, seed + run));
  }
  return forecastOf({ course, edited, without, withEdit });
}

function runsOf({ load, servers, seconds }: Course): number {
  const work = Math.max(1, load.arrivals * seconds * servers.length);
  return Math.max(usualRuns.fewest, Math.min(usualRuns.most, Math.floor(cheap / work)));
}

/** Both courses and how their runs went. */
interface BothSides {
  readonly course: Course;
  readonly edited: Course;
  readonly without: readonly Run[];
  readonly withEdit: readonly Run[];
}

function forecastOf({ course, edited, without, withEdit }: BothSides): Forecast {
  const [before, after] = [placesOf(course), placesOf(edited)];
  const identities = [...course.servers, ...edited.servers].map(({ realServer }) => realServer.identity);
  const names = new Map(
    identities.sort(compareRealServers).map((identity) => [formatRealServer(identity), identity]),
  );
  const rejectedOf = (side: readonly Run[]) =>
    spreadOf(side.map(({ arrived, rejected }) => (arrived === 0 ? 0 : rejected / arrived)));
  return {
    service: course.service,
    edited: edited.service,
    seconds: course.seconds,
    runs: without.length,
    arrivals: course.load.arrivals,
    rejected: { without: rejectedOf(without), with: rejectedOf(withEdit) },
    servers: Array.from(names.keys(), (name) => {
      const [old, now] = [before.get(name), after.get(name)];
      return {
        before: old === undefined ? null : (course.servers[old]?.realServer ?? null),
        after: now === undefined ? null : (edited.servers[now]?.realServer ?? null),
        without: old === undefined ? null : outlookOf(course, without, old),
        with: now === undefined ? null : outlookOf(edited, withEdit, now),
        activeNow: old === undefined ? 0 : (course.servers[old]?.active ?? 0),
      };
    }),
    premises: course.load.premises,
  };
}

function placesOf({ servers }: Course): ReadonlyMap<RealServerName, number> {
  return new Map(servers.map(({ realServer }, place) => [formatRealServer(realServer.identity), place]));
}
