import type { Command } from 'commander';
import type { Plan } from '../../changes/plan/plan.ts';
import type { Director } from '../../director/director.ts';
import type { Forecast } from '../../foresight/forecast.ts';
import { forecastObject } from '../../foresight/forecast-json.ts';
import { forecastColumns, serverName } from '../../foresight/forecast-table.ts';
import { foresee } from '../../foresight/foresee.ts';
import { foresightRecordInMemory } from '../../foresight/foresight-record.ts';
import { usualRuns } from '../../foresight/foretell.ts';
import { comparedChange, isDue } from '../../foresight/foretold-change.ts';
import { recordLines, recordSummary } from '../../foresight/record-report.ts';
import { statementsOf } from '../../foresight/statements.ts';
import { jsonVersion } from '../../formats/json/json.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatService } from '../../ipvs/identity.ts';
import { readOnce } from '../../sampling/sample-once.ts';
import { isWholeView } from '../../sampling/view.ts';
import { inTurns } from '../../system/turns.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { printedWidth } from '../context/console.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { foresightRecordOf } from '../files/foresight-file.ts';
import { printCells } from '../opening/printed-rows.ts';
import { addOptions, createGroup, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';
import { addCommand } from './add.ts';
import { deleteCommand } from './delete.ts';
import { drainCommand } from './drain.ts';
import { editCommand } from './edit.ts';
import { modeCommand } from './mode.ts';
import { schedulerCommand } from './scheduler.ts';
import { weightCommand } from './weight.ts';

const usualMinutes = 5;

/** Options of `whatif` alone, without an edit behind it. */
const recordOptions = [
  {
    flags: '--record',
    help: 'print how good earlier foresights were, and compare those whose time has passed',
  },
] as const satisfies readonly OptionEntry[];

const whatifOptions = [
  {
    flags: '--minutes <minutes>',
    help: `how far it is run forward, 0.1 to 60 (default: ${usualMinutes})`,
    read: (text) => readNumberWithin('--minutes', text, 0.1, 60),
  },
  { flags: '--json', help: 'print it as JSON' },
  demoOption,
] as const satisfies readonly OptionEntry[];

type WhatifOptions = CommandValues<typeof whatifOptions>;

/** The commands whose plans can be foreseen. */
const edits = [
  weightCommand,
  drainCommand,
  modeCommand,
  schedulerCommand,
  editCommand,
  addCommand,
  deleteCommand,
] as const;

/** `lvstop whatif EDIT…`. */
export function whatifCommand(context: CommandContext): Command {
  let options: WhatifOptions = {};
  const foreseeing: CommandContext = {
    ...context,
    foresee: (director, plan) => foreseePlan(context, director, plan, options),
  };
  const members = edits.map((create) => create(foreseeing));
  for (const leaf of members.flatMap(leavesOf)) onlyAsking(leaf);
  const command: Command = createGroup(
    context,
    'whatif',
    'foretell what an edit will do, and do nothing',
    members,
    async () => {
      const { record = false, ...rest } = optionValues(command, [...whatifOptions, ...recordOptions]);
      if (record) await printRecord(context, rest);
      return record;
    },
  )
    .usage('EDIT … [options]')
    .addHelpText('after', `\n${about}`)
    .hook('preAction', (_command, action) => {
      options = optionValues(action, whatifOptions);
    });
  return addOptions(command, [...whatifOptions, ...recordOptions]);
}

const about = `EDIT is written as the command that would do it. The table of now is run forward with the load of the last minutes,
without the edit and with it, ${usualRuns.fewest} to ${usualRuns.most} times each with other chances: what a number may be off by
is how far nine of ten of those differ. What could not be seen is assumed, and said to be.

Examples:
  lvstop whatif weight tcp:203.0.113.10:80 10.0.0.21:8080 0
  lvstop whatif scheduler tcp:203.0.113.10:80 wlc --minutes 10
  lvstop whatif edit real tcp:203.0.113.10:80 10.0.0.21:8080 --upper 100 --json`;

/** Compares the foresights whose time has passed with what is seen now, and prints all that are kept. */
async function printRecord(context: CommandContext, { json = false, demo }: WhatifOptions): Promise<void> {
  const record = demo ? foresightRecordInMemory() : foresightRecordOf(context.account);
  const now = Date.now();
  const due = record.all().filter((change) => change.seen === null && isDue(change, now));
  if (due.length > 0) {
    try {
      await withDirector(context, { demo }, (director) =>
        record.keep(due.map((change) => comparedChange(director, change, now))),
      );
    } catch (error) {
      // The record can be printed without a director.
      if (!(error instanceof IpvsError)) throw error;
      context.console.err(`not compared now: ${error.reason}`);
    }
  }
  const changes = record.all();
  if (json) {
    const object = { version: jsonVersion, summary: recordSummary(changes), changes };
    context.console.out(`${JSON.stringify(object, null, 2)}\n`);
  } else if (changes.length === 0) {
    context.console.err('nothing is recorded: edits on the screen whose preview was foretold are');
  } else
    context.console.out(
      recordLines(changes)
        .map((line) => `${line}\n`)
        .join(''),
    );
}

function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

/** Gives an edit's command the options of `whatif`, and hides those of writing, which mean nothing here. */
function onlyAsking(command: Command): void {
  for (const option of command.options) {
    if (optionsOfWriting.has(option.attributeName())) option.hideHelp();
  }
  const known = new Set(command.options.map(({ long }) => long));
  addOptions(
    command,
    whatifOptions.filter(({ flags }) => !known.has(flags.split(' ')[0] ?? '')),
  );
}

const optionsOfWriting: ReadonlySet<string> = new Set([
  'dryRun',
  'confirmWithin',
  'yes',
  'journal',
  'lasting',
  'trackFile',
  'now',
  'over',
  'steps',
  'timeout',
  'until',
]);

async function foreseePlan(
  context: CommandContext,
  director: Director,
  plan: Plan,
  { minutes = usualMinutes, json = false }: WhatifOptions,
): Promise<void> {
  const { console } = context;
  if (plan.steps.length === 0) {
    throw IpvsError.input(
      'nothing-to-do',
      'foretell',
      '',
      'it is so already',
      'name an edit that changes something',
    );
  }
  const view = await readOnce(director);
  if (!isWholeView(view)) throw new TypeError('a director of full access gave a view that is not whole');
  const { steps } = plan;
  const forecasts = await inTurns(foresee({ director, view, steps, seconds: minutes * 60 }));
  if (json) {
    const object = {
      version: jsonVersion,
      time: new Date().toISOString(),
      source: director.source,
      edit: plan.lines,
      services: forecasts.map(forecastObject),
    };
    console.out(`${JSON.stringify(object, null, 2)}\n`);
    return;
  }
  for (const line of plan.lines) console.err(line);
  if (forecasts.length === 0) console.err('nothing is there before and after it that could be compared');
  for (const forecast of forecasts) await printForecast(context, forecast);
  if (director.source === 'simulated') console.err('SIMULATED: this director exists in the demo only');
}

async function printForecast({ console }: CommandContext, forecast: Forecast): Promise<void> {
  const { servers, seconds } = forecast;
  const { lines } = await printCells(
    { title: 'REAL SERVER', cells: servers.map((server) => ({ text: serverName(server) })) },
    forecastColumns.map(({ title, priority, cell }) => ({
      title,
      priority,
      align: 'right' as const,
      cells: servers.map((server) => ({ text: cell(server) })),
    })),
    console,
    {},
  );
  const minutes = Math.round(seconds / 6) / 10;
  const head = `${formatService(forecast.service.identity)}, foretold for ${minutes} min: without the edit → with it`;
  const width = printedWidth(console);
  const told = statementsOf(forecast).map(({ text, isWarning }) => `${isWarning ? '▲' : '·'} ${text}`);
  const premises = forecast.premises.map(({ basis, text }) => `${basis}: ${text}`);
  const below = [...told, ...premises].flatMap((text) =>
    wrapText(text, width - 2).map((part, index) => (index === 0 ? part : `  ${part}`)),
  );
  console.out([head, ...lines, '', ...below].map((line) => `${line}\n`).join(''));
}
