/** A screen from its start to its end, measured as a whole process. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchProgram, openBenchTerminal, processorTimeOf, residentMemoryOf } from './bench-terminal.ts';

/** What a run of a screen took. */
export interface TimedRun {
  /** Milliseconds of the processor, all threads, user and system, from its start to its end. */
  readonly processor: number;
  /** MiB that were resident at the end. */
  readonly resident: number;
  /** MiB that were resident at most. */
  readonly mostResident: number;
}

const timeProgram = '/usr/bin/time';

/** What measures whole processes here: GNU time, or /proc where that is not installed. */
export const timedBy = existsSync(timeProgram) ? `${timeProgram} -v` : '/proc';

/** Runs a screen until it says something, for so many milliseconds more, and leaves it with its key. */
export async function timeScreen(
  program: BenchProgram,
  said: string,
  milliseconds: number,
): Promise<TimedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-bench-time-'));
  const report = join(folder, 'time');
  const isTimed = timedBy !== '/proc';
  const command = program.command ?? process.execPath;
  const terminal = openBenchTerminal(
    isTimed
      ? { ...program, command: timeProgram, args: ['-v', '-o', report, command, ...program.args] }
      : program,
  );
  try {
    await terminal.said(said);
    const pid = isTimed ? onlyChildOf(terminal.pid) : terminal.pid;
    await sleep(milliseconds);
    const resident = residentMemoryOf(pid);
    const seen = { processor: processorTimeOf(pid), mostResident: residentMemoryOf(pid, 'VmHWM') };
    terminal.write('q');
    await terminal.ended;
    return { resident, ...(isTimed ? readReport(readFileSync(report, 'utf8')) : seen) };
  } finally {
    terminal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function onlyChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

function readReport(report: string): Pick<TimedRun, 'processor' | 'mostResident'> {
  const number = (label: string) =>
    Number(
      report
        .split('\n')
        .find((line) => line.trim().startsWith(label))
        ?.split(': ')[1],
    );
  return {
    processor: (number('User time (seconds)') + number('System time (seconds)')) * 1000,
    mostResident: number('Maximum resident set size (kbytes)') / 1024,
  };
}
