/** Follows this director's table as the screen does, for tests: every event, with the watch on. */

import { ChangeFollower } from '../../src/changes/events/change-follower.ts';
import type { TableEvent } from '../../src/changes/events/event.ts';
import { EventList } from '../../src/changes/events/event-list.ts';
import { OwnWrites } from '../../src/changes/events/own-writes.ts';
import type { Step } from '../../src/changes/steps/step.ts';
import { stepRealServerKey, stepService } from '../../src/changes/steps/step-kinds.ts';
import type { Director } from '../../src/director/director.ts';
import { createKernelWatch } from '../../src/director/kernel/kernel-watch.ts';
import { formatService } from '../../src/ipvs/identity.ts';
import { createSampler } from '../../src/sampling/sampler.ts';
import { until } from '../until.ts';

/** A table that is followed. */
export interface Watched {
  /** Those of changes, the oldest first. */
  changes(): readonly TableEvent[];
  /** Reads the table, and tells what it shows. */
  read(): Promise<void>;
  /** Waits until so many steps are told, or more. */
  steps(count: number): Promise<readonly Step[]>;
  /** What lvstop itself is about to write. */
  readonly own: OwnWrites;
  stop(): void;
}

/** Begins to follow. */
export async function openWatched(director: Director): Promise<Watched> {
  const list = new EventList(100_000);
  const own = new OwnWrites();
  const watch = createKernelWatch();
  const follower = new ChangeFollower({ own, director, watch, tell: (events) => list.add(events) });
  const sampler = createSampler({ director, interval: 60, budget: 100 });
  const read = async () => {
    follower.take(await sampler.refresh());
    await watch.settled();
  };
  follower.setWatching(true);
  await read();
  await until(
    () => JSON.stringify(follower.state),
    () => follower.state.kind === 'on',
  );
  const changes = () => list.all.filter(({ change }) => change !== undefined).toReversed();
  const told = () => changes().flatMap(({ change }) => change?.steps ?? []);
  return {
    changes,
    read,
    own,
    async steps(count) {
      await until(
        () => `${count} steps: ${told().length}`,
        () => told().length >= count,
        20_000,
      );
      return told();
    },
    stop() {
      follower.setWatching(false);
      sampler.stop();
    },
  };
}

/** What speaks against these steps as the way from one table to another: each object's next step begins where its last one ended. */
export function brokenChains(steps: readonly Step[]): string[] {
  const last = new Map<string, string>();
  const broken: string[] = [];
  for (const step of steps) {
    const service = stepService(step);
    if (service === null) continue;
    const name = `${formatService(service)} ${stepRealServerKey(step)}`;
    const [before, after] = [
      JSON.stringify('before' in step ? step.before : null),
      JSON.stringify('after' in step ? step.after : null),
    ];
    const known = last.get(name);
    if (known !== undefined && known !== before) broken.push(`${name}: ${known} became ${before}`);
    last.set(name, after);
    if (step.kind !== 'delete service') continue;
    for (const realServer of step.realServers)
      last.set(
        `${formatService(service)} ${realServer.identity.address}:${realServer.identity.port}`,
        'null',
      );
  }
  return broken;
}
