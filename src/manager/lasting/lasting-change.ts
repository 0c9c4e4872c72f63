import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JournalError, type OpenEntry } from '../../changes/journal/journal.ts';
import type { Journalling } from '../../changes/journal/perform-journalled.ts';
import type { RecordedEdit } from '../../changes/journal/record.ts';
import { mostEditBytes } from '../../changes/journal/record-schema.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import type { Step } from '../../changes/steps/step.ts';
import { changedFields, describeSteps } from '../../changes/steps/step-kinds.ts';
import { performPlan, requireAsPlanned } from '../../changes/write/perform-plan.ts';
import type { Director } from '../../director/director.ts';
import { longestText } from '../../formats/source-lines.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { readPlainFile } from '../../system/plain-file.ts';
import { reasonOf } from '../../system/system-error.ts';
import { inTurns, type Work } from '../../system/turns.ts';
import { replaceFile } from '../../system/whole-file.ts';
import type { KeepalivedProcess } from '../keepalived/keepalived-process.ts';
import type { ManagedConfiguration } from '../managed-configuration.ts';
import type { ConfigurationEdit } from './configuration-edit.ts';
import { type TestResult, testConfiguration } from './configuration-test.ts';
import { restoreTable, stepsToBefore } from './restored-table.ts';

/** A change of the table and of the file that keepalived makes it from. */
export interface LastingChange {
  /** The configuration that the edit was made for. */
  readonly managed: ManagedConfiguration;
  readonly edit: Omit<ConfigurationEdit, 'managed'>;
  /**
   * How keepalived comes to know it: by a reload of its configuration, or by itself, since it follows the number in the
   * file of a `track_file`.
   */
  readonly way: 'reload' | 'track_file';
  /** What will change in the table. */
  readonly plan: Plan;
  /**
   * The part of `plan` that is left to be done, on the table as it is now. Throws an `IpvsError` where that cannot be
   * told.
   */
  readonly remaining: () => Work<Plan>;
}

/** What a lasting change is made with. */
export interface LastingTools {
  readonly director: Director;
  /** `null` where nothing shall be recorded. */
  readonly journalling: Journalling | null;
  /** Looks for keepalived again, which may have ended meanwhile. */
  readonly findKeepalived: () => KeepalivedProcess | undefined;
  /** Tests a configuration; keepalived's own program unless said otherwise. */
  readonly test?: typeof testConfiguration;
  /** Has keepalived read its configuration again; SIGHUP unless said otherwise. Throws the system's error. */
  readonly reload?: (keepalived: KeepalivedProcess) => void;
  /** Milliseconds in which the table has to be as foretold; ten seconds unless said otherwise. */
  readonly patience?: number;
}

/** What came of a lasting change: it is in the file, in keepalived and in the table. */
export interface LastingOutcome {
  /** The change in the journal; `null` where it was not recorded. */
  readonly id: string | null;
  /** Where the version before is kept. */
  readonly former: string | null;
  /** Sentences that the operator should know. */
  readonly remarks: readonly string[];
}

const usualPatience = 10_000;
/** Milliseconds after which a reload that shows nothing counts as done. */
const survival = 500;
/** Milliseconds between looks at the table. */
const betweenLooks = 100;

/** Where the version before is kept: beside the file, under a name that no pattern of an `include` finds. */
export function formerName(path: string): string {
  return join(dirname(path), `.${basename(path)}.before-lvstop`);
}

/**
 * Tests the new configuration, writes it in place of the old one, has keepalived read it, and waits until the table is
 * as foretold; what a reload does not set (thresholds) is written to the kernel. File and table have to be as they were
 * when this was planned. Where anything goes wrong the old file is put back, keepalived told to read it again, and what
 * the table is not by itself again is written to the kernel; the `IpvsError` that is thrown then says how things stand.
 */
export async function makeLasting(change: LastingChange, tools: LastingTools): Promise<LastingOutcome> {
  const { managed, edit, plan } = change;
  const { keepalived } = managed;
  const record: RecordedEdit = { path: edit.path, hunks: edit.hunks };
  if (JSON.stringify(record).length > mostEditBytes) {
    throw failed(
      edit,
      'it changes more lines than the journal takes',
      'nothing was done; edit the file by hand',
    );
  }
  const target = targetOf(edit);
  const remarks = change.way === 'reload' ? await requireGood(change, tools) : [];
  const reload = change.way === 'reload' ? (tools.reload ?? hangUp) : () => undefined;
  const { journalling } = tools;
  let entry: OpenEntry | null = null;
  try {
    entry =
      journalling &&
      (await inTurns(
        journalling.journal.begin({
          origin: journalling.origin,
          undoes: journalling.undoes ?? null,
          file: record,
          steps: plan.steps,
        }),
      ));
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    throw IpvsError.input(
      'journal-unwritable',
      'record the change in',
      error.place,
      error.reason,
      'nothing was done',
    );
  }
  const end = async (state: 'done' | 'failed', reason: string | null): Promise<string[]> => {
    if (entry === null || journalling === null) return [];
    const ended = { state, done: state === 'done' ? plan.steps.length : 0, reason, deviations: [] };
    const failure = await inTurns(entry.end(ended));
    journalling.onEnd?.({ id: entry.id, origin: journalling.origin, plan, end: ended });
    return failure === undefined ? [] : [failure];
  };
  try {
    const former = await write(change, target, tools);
    await watch(change, target, tools);
    return { id: entry?.id ?? null, former, remarks: [...remarks, ...(await end('done', null))] };
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    await end('failed', error.message);
    throw error;
  }

  function requireRunning(): void {
    if (tools.findKeepalived()?.pid === keepalived.pid) return;
    throw failed(
      edit,
      `keepalived (process ${keepalived.pid}) has ended`,
      'the file is as it was; start it, and try again',
    );
  }

  async function write(
    { edit: { before, after } }: LastingChange,
    { path, stats }: Target,
    { director }: LastingTools,
  ) {
    requireRunning();
    await inTurns(requireAsPlanned(director, plan.steps));
    // Last, since a large table takes a while to be looked at.
    requireUnchanged(path, before);
    const former = change.way === 'reload' ? formerName(path) : null;
    const replaced = await tryTo(() => inTurns(replaceFile(path, after, former, stats)));
    if (replaced.doubt !== null) remarks.push(`the file is written, but ${replaced.doubt}`);
    try {
      requireRunning();
      reload(keepalived);
    } catch (error) {
      await putBack(path, stats, before);
      if (error instanceof IpvsError) throw error;
      throw failed(edit, `keepalived was not told to read it: ${reasonOf(error)}`, 'the file is as it was');
    }
    return replaced.former;
  }

  async function tryTo<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw failed(edit, reasonOf(error), 'the file is as it was, and nothing else was done');
    }
  }

  async function putBack(path: string, stats: Stats, before: Buffer): Promise<void> {
    try {
      await inTurns(replaceFile(path, before, null, stats));
    } catch (error) {
      throw failed(
        edit,
        `the new file stands, and the old one could not be put back: ${reasonOf(error)}`,
        change.way === 'reload'
          ? `it is kept in ${visible(formerName(path))}`
          : 'write the old number into it by hand',
      );
    }
  }

  async function watch(
    { remaining, edit: { before } }: LastingChange,
    { path, stats }: Target,
    { director, patience = usualPatience }: LastingTools,
  ): Promise<void> {
    const deadline = performance.now() + patience;
    // Where the reload changes nothing in the table, it counts as done when keepalived has outlived it for a moment.
    const settled = performance.now() + (plan.steps.length === 0 ? Math.min(survival, patience / 2) : 0);
    let reason = '';
    while (true) {
      try {
        requireRunning();
        const left = await inTurns(remaining());
        if (left.steps.length === 0 && performance.now() >= settled) return;
        reason = `the table is not as foretold after ${patience / 1000} s; left is to ${describeSteps(left.steps)}`;
        if (left.steps.length > 0 && left.steps.every(isLeftByReload)) {
          const outcome = await inTurns(performPlan(director, left));
          if (outcome.kind === 'done') return;
          reason = outcome.kind === 'partly done' ? outcome.error.message : 'the kernel was not written';
        }
      } catch (error) {
        if (!(error instanceof IpvsError)) throw error;
        reason = error.reason;
        if (error.code === 'manager-failed') break;
      }
      if (performance.now() >= deadline) break;
      await sleep(betweenLooks);
    }
    await putBack(path, stats, before);
    const isRunning = tools.findKeepalived()?.pid === keepalived.pid;
    if (isRunning) {
      reload(keepalived);
      await waitForBefore(director, patience);
    }
    const table = await inTurns(restoreTable(director, plan, isRunning));
    throw failed(
      edit,
      reason,
      isRunning
        ? `the file is as it was, and keepalived ${change.way === 'reload' ? 'reads it again' : 'follows it'}; ${table}`
        : `the file is as it was, and keepalived does not run; ${table}`,
    );
  }

  /** Gives keepalived time to make the table as it was, out of the file that was put back. */
  async function waitForBefore(director: Director, patience: number): Promise<void> {
    const deadline = performance.now() + patience;
    try {
      while ((await inTurns(stepsToBefore(director, plan))).length > 0 && performance.now() < deadline) {
        await sleep(betweenLooks);
      }
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      // What stands in the way is told by what restores the table.
    }
  }
}

/** keepalived's reload compares neither threshold (`clear_diff_rs` of its `check/ipwrapper.c`). */
function isLeftByReload(step: Step): boolean {
  const fields = changedFields(step);
  return fields.length > 0 && fields.every((field) => /^(?:upper|lower) threshold /.test(field));
}

function hangUp({ pid }: KeepalivedProcess): void {
  process.kill(pid, 'SIGHUP');
}

/** The file itself, where the configuration names a link to it. */
interface Target {
  readonly path: string;
  readonly stats: Stats;
}

function targetOf(edit: LastingChange['edit']): Target {
  try {
    const path = realpathSync(edit.path);
    const stats = statSync(path);
    if (stats.nlink > 1)
      throw failed(edit, 'the file has a second name', 'nothing was done; edit it by hand');
    return { path, stats };
  } catch (error) {
    if (error instanceof IpvsError || !(error instanceof Error)) throw error;
    throw failed(edit, reasonOf(error), 'nothing was done');
  }
}

function requireUnchanged(path: string, before: Buffer): void {
  let now: Buffer;
  try {
    now = readPlainFile(path, { longest: longestText });
  } catch (error) {
    throw changedSince(path, reasonOf(error));
  }
  if (!now.equals(before)) throw changedSince(path, 'another hand has changed the file since it was read');
}

function changedSince(path: string, reason: string): IpvsError {
  return new IpvsError({
    code: 'file-changed',
    operation: 'write',
    object: visible(path),
    reason,
    advice: 'nothing was done; look at it again',
  });
}

/**
 * Has keepalived test the new configuration. Faults that it finds in the old one as well are no obstacle, and are told
 * in the sentences that come back. Throws an input `IpvsError` where it finds something new.
 */
async function requireGood(
  { managed: { keepalived, files }, edit }: LastingChange,
  { test = testConfiguration }: LastingTools,
): Promise<string[]> {
  const look = (bytes: Buffer): Promise<TestResult> => test(keepalived, files, { path: edit.path, bytes });
  const result = await look(edit.after);
  if (result.isGood) return [];
  const present = await look(edit.before);
  const unchanged = new Set(present.complaints.map(withoutPlace));
  const news = result.complaints.filter((line) => !unchanged.has(withoutPlace(line)));
  if (!present.isGood && news.length === 0) {
    return [
      `keepalived finds fault with the file as it was, and with the new one no other: ${result.complaints.at(-1) ?? ''}`,
    ];
  }
  throw IpvsError.input(
    'configuration-refused',
    'test',
    visible(edit.path),
    `keepalived refuses what would be written: ${news.slice(0, 3).join('; ') || result.complaints.slice(0, 3).join('; ')}`,
    'nothing was done',
  );
}

/** A complaint without its numbers, since those of lines and times differ from test to test. */
function withoutPlace(line: string): string {
  return line.replace(/\d+/g, '');
}

function failed({ path }: LastingChange['edit'], reason: string, advice: string): IpvsError {
  return new IpvsError({
    code: 'manager-failed',
    operation: 'make the change lasting in',
    object: visible(path),
    reason,
    advice,
  });
}
