import type { Command } from 'commander';
import { addressesOfSteps } from '../../changes/plan/network-doubts.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { planDifference } from '../../changes/plan/plan-difference.ts';
import { count } from '../../changes/steps/describe.ts';
import type { Step } from '../../changes/steps/step.ts';
import { describeStep, stepLine, stepObjectText } from '../../changes/steps/step-kinds.ts';
import type { PlanOutcome } from '../../changes/write/perform-plan.ts';
import { StepError } from '../../changes/write/step-error.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { CommandConsole } from '../context/console.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { compareWithPresent } from '../edits/compare-with-present.ts';
import { jsonOfRemarks, jsonOfStep } from '../edits/difference-text.ts';
import { networkAround } from '../edits/network-around.ts';
import { requireHostName, requireWritableTable } from '../edits/read-only.ts';
import { performInterruptibly } from '../edits/record-change.ts';
import { requireConfirmation, showSimulated, showWarnings } from '../edits/tell-plan.ts';
import { jsonOfPlan, requireSamePlan } from '../edits/trial.ts';
import {
  placeText,
  readSavedTable,
  remarkSentences,
  type SavedTable,
  savedTableOptions,
} from '../files/read-saved-table.ts';
import { keepNewSpaceSmall } from '../opening/small-heap.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, trialOptions, writeOptions } from '../options/option-table.ts';

const applyOptions = [
  ...savedTableOptions,
  { flags: '--prune', help: 'also remove what is not in the file' },
  { flags: '--json', help: 'print what is done as JSON' },
  ...trialOptions,
  ...writeOptions,
] as const satisfies readonly OptionEntry[];

type ApplyOptions = CommandValues<typeof applyOptions>;

/** `lvstop apply [FILE]`. */
export function applyCommand(context: CommandContext): Command {
  const command = createCommand(context, 'apply', 'make the table what a file says, with the fewest changes')
    .usage('[FILE…] [options]')
    .argument(
      '[files...]',
      'files of one format, - for standard input; without one, where the distribution keeps it',
    )
    .addHelpText(
      'after',
      '\nWhat is the same already is not touched: its counters and connections stay. What is not in the file\nstays too, unless --prune is given. Files of "ipvsadm -S", scripts of such lines, listings of\n"ipvsadm -Ln", JSON of lvstop and keepalived.conf are read; nothing is done unless all of a file is good.\n\nExamples:\n  lvstop apply table.rules --dry-run\n  lvstop apply /etc/keepalived/keepalived.conf --prune --yes',
    )
    .action(async (files: string[]) => {
      keepNewSpaceSmall();
      const options = optionValues(command, applyOptions);
      const saved = await readSavedTable(context.console, files, options);
      requireWholeForPrune(saved, options);
      await withDirector(context, { demo: options.demo ?? false }, (director) =>
        apply(context, director, saved, options),
      );
    });
  return addOptions(command, applyOptions);
}

async function apply(
  context: CommandContext,
  director: Director,
  saved: SavedTable,
  options: ApplyOptions,
): Promise<void> {
  const { console } = context;
  const prune = options.prune === true;
  const { present, difference } = compareWithPresent(console, director, saved);
  const addresses = addressesOfSteps(difference.changes.map(({ step }) => step));
  const network = await networkAround(context, director, addresses, options.demo);
  const plan = allAtOnce(planDifference(director, difference, { present, prune, network }));
  let lines: Report['lines'] | undefined;
  const report: Report = {
    saved,
    plan,
    // Made only when a failure or JSON asks for it: of ten thousand steps that went well no line is looked up.
    get lines() {
      lines ??= new Map(difference.changes.map(({ step, line }) => [step, line]));
      return lines;
    },
    left: prune ? [] : difference.surplus,
    isDryRun: options.dryRun === true,
  };
  for (const sentence of remarkSentences(saved)) console.err(sentence);
  requireSamePlan(plan, options);
  if (options.planJson === true) {
    console.out(`${JSON.stringify(jsonOfPlan(plan))}\n`);
    return;
  }
  if (report.isDryRun || plan.steps.length === 0) {
    tell(console, report, null, options);
    return;
  }
  await requireWritableTable(context, options, plan);
  showWarnings(console, plan.warnings);
  if (plan.destructive && options.yes !== true) await requireConfirmation(console, plan);
  await requireHostName(context, options);
  const told = (outcome: PlanOutcome) => {
    tell(console, report, outcome, options);
    showSimulated(console, director);
    if (outcome.kind === 'partly done') {
      console.err(`${place(report, outcome.failedStep)}: not done: ${describeStep(outcome.failedStep)}`);
    }
    const [next] = outcome.kind === 'broken off' ? outcome.notDone : [];
    if (next !== undefined)
      console.err(`${place(report, next)}: the first that is not done: ${describeStep(next)}`);
  };
  try {
    await performInterruptibly(context, director, plan, options, told);
  } catch (error) {
    throw located(error, report);
  }
}

/** What is told of one run of `apply`. */
interface Report {
  readonly saved: SavedTable;
  readonly plan: Plan;
  /** Line in the file of each step that has one. */
  readonly lines: ReadonlyMap<Step, number>;
  /** Steps that would remove what is only in the table, and that are not done. */
  readonly left: readonly Step[];
  readonly isDryRun: boolean;
}

/** Adds to the error of a failed first step the file and line that asked for the step. */
function located(error: unknown, report: Report): unknown {
  if (!(error instanceof StepError) || !report.lines.has(error.step)) return error;
  const operation = `${place(report, error.step)}: ${error.operation}`;
  return new IpvsError({ ...error, operation }, { cause: error });
}

function place({ saved: { title, configuration }, lines }: Report, step: Step): string {
  const line = lines.get(step);
  return line === undefined ? `not in ${title}` : placeText(title, configuration.sources, line);
}

/** Refuses --prune where services may be described in a part that is not read, such as an included file. */
function requireWholeForPrune({ title, format, configuration }: SavedTable, { prune }: ApplyOptions): void {
  if (prune !== true) return;
  const hidden = configuration.notApplied.find(({ hidesServices }) => hidesServices);
  if (hidden !== undefined) {
    throw IpvsError.input(
      'unsafe-prune',
      'apply',
      placeText(title, configuration.sources, hidden.line),
      `services may be described behind "${visible(hidden.what)}", which is not read, and --prune would remove them`,
      'leave --prune out, or give one file with everything',
    );
  }
  // An empty list in JSON means that there are no services; any other text without one may have lost them.
  if (format !== 'json' && configuration.services.length === 0) {
    throw IpvsError.input(
      'unsafe-prune',
      'apply',
      title,
      'it describes no service at all, and --prune would empty the table',
      'give another file, or delete the services by name',
    );
  }
}

function tell(
  console: CommandConsole,
  report: Report,
  outcome: PlanOutcome | null,
  { json }: ApplyOptions,
): void {
  const { plan, left, saved, isDryRun } = report;
  if (json === true) console.out(`${JSON.stringify(jsonOf(report, outcome), null, 2)}\n`);
  else if (outcome !== null) printLines(console, outcome.done, describeStep);
  else printLines(console, plan.steps, stepLine);
  if (isDryRun) showWarnings(console, plan.warnings);
  if (outcome !== null) showWarnings(console, outcome.deviations);
  if (plan.steps.length === 0) console.err(`already so: nothing to do for ${saved.title}`);
  if (left.length > 0) {
    const [first, ...others] = left.map(stepObjectText);
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    console.err(`left as it is, since it is not in ${saved.title}: ${first}${more}; --prune removes it`);
  }
  if (outcome?.kind === 'done') console.err(`done: ${count(outcome.done.length, 'change')}`);
}

/** Lines joined into one write. */
const linesAtOnce = 256;

/** Prints a line for each step, many in one write: the lines of ten thousand steps are a megabyte. */
function printLines(console: CommandConsole, steps: readonly Step[], lineOf: (step: Step) => string): void {
  for (let at = 0; at < steps.length; at += linesAtOnce) {
    const lines = steps.slice(at, at + linesAtOnce).map((step) => `${lineOf(step)}\n`);
    console.out(lines.join(''));
  }
}

function jsonOf({ saved, plan, lines, left, isDryRun }: Report, outcome: PlanOutcome | null): object {
  const json = (step: Step) => {
    const line = lines.get(step);
    return jsonOfStep(step, line === undefined ? null : saved.configuration.sources.placeOf(line));
  };
  const done = outcome?.done ?? [];
  return {
    version: 1,
    file: saved.title,
    format: saved.format,
    dryRun: isDryRun,
    done: done.map(json),
    notDone: plan.steps.slice(done.length).map(json),
    left: left.map((step) => jsonOfStep(step, null)),
    warnings: plan.warnings,
    deviations: outcome?.deviations ?? [],
    ...jsonOfRemarks(saved),
    error: outcome?.kind === 'partly done' ? outcome.error.message : null,
    errorCode: outcome?.kind === 'partly done' ? outcome.error.code : null,
    brokenOff: outcome?.kind === 'broken off',
  };
}
