import { Worker, type WorkerOptions } from 'node:worker_threads';

/** A program that runs in a thread of its own, by the name of its file. */
export type ThreadName = 'watch-thread';

const sources: Readonly<Record<ThreadName, string>> = {
  'watch-thread': '../director/kernel/watch-thread.ts',
};

/**
 * Starts a thread. Its program is a file of its own beside the bundle; where that is missing, the worker emits `error`.
 * The single executable has another file in the place of this one, `packaging/inside/start-thread.ts`.
 */
export function startThread(name: ThreadName, options: WorkerOptions): Worker {
  const file = import.meta.url.endsWith('.ts') ? sources[name] : `./${name}.js`;
  return new Worker(new URL(file, import.meta.url), options);
}
