import { getAsset } from 'node:sea';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { ThreadName } from '../../src/system/start-thread.ts';

/** Stands in for `src/system/start-thread.ts` in the single executable, which has the programs of threads inside as texts. */
export function startThread(name: ThreadName, options: WorkerOptions): Worker {
  return new Worker(getAsset(name, 'utf8'), { ...options, eval: true });
}
