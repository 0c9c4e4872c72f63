/**
 * The guest has one processor, but its kernel and each of its programs are processes of their own on this machine,
 * which hand over to each other at every system call. Where they are on two processors that takes four times as
 * long, and under load the scheduler puts them there sooner or later.
 */
import { existsSync, readFileSync } from 'node:fs';

const taskset = '/usr/bin/taskset';

/** Commands that were given a processor. */
let given = 0;

/** What to put before a command so that it stays on one of the processors that this process may use; nothing where there is only one, or no `taskset`. */
export function onOneProcessor(): readonly string[] {
  const processors = allowedProcessors();
  if (processors.length < 2 || !existsSync(taskset)) return [];
  // Guests that run beside each other are spread, those of one test run and those of several.
  const processor = processors[(process.pid + given++) % processors.length];
  return [taskset, '-c', String(processor)];
}

/** Numbers of the processors that this process may use, from `Cpus_allowed_list` like `0-3,6`. */
function allowedProcessors(): number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}
