import type { Command } from 'commander';
import packageDescription from '../../../package.json' with { type: 'json' };
import type { FleetSource } from '../../fleet/directors/fleet-director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { colorDepthOf } from '../../terminal/color-depth.ts';
import { drawsUnicode } from '../../terminal/locale.ts';
import { machineClock } from '../context/clock.ts';
import type { CommandContext } from '../context/context.ts';
import { failureOf } from '../context/exit-code.ts';
import { settingsInForce } from '../files/settings-in-force.ts';
import { printCells } from '../opening/printed-rows.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { colorOption } from '../options/row-choice.ts';

const fleetOptions = [
  {
    flags: '--filter <text>',
    help: 'only: words, state:no-answer, partner:different, "conn/s>100", and or ! ( ), as / on the screen',
  },
  { flags: '--sort <column>', help: 'sort by a column, its title or how that begins: age, findings, conn' },
  colorOption,
  { flags: '--json', help: 'print what is known once, as JSON' },
  { flags: '--plain', help: 'print a table once, on a terminal too' },
  { ...demoOption, help: 'simulated directors: needs neither hosts nor Prometheus' },
] as const satisfies readonly OptionEntry[];

/** Milliseconds that are waited for directors where what is known is printed once. */
const longestWait = 15_000;

type FleetOptions = CommandValues<typeof fleetOptions>;

/** `lvstop fleet`. */
export function fleetCommand(context: CommandContext): Command {
  const command = createCommand(context, 'fleet', 'one screen over several directors')
    .addHelpText('after', '\nExamples:\n  lvstop fleet --demo')
    .action(async () => {
      const options = optionValues(command, fleetOptions);
      const source = await openSource(options);
      const { terminal } = context.console;
      if (options.json === true || options.plain === true || terminal === undefined || !process.stdin.isTTY)
        await printOnce(context, source, options);
      else await openScreen(context, source, options);
    });
  return addOptions(command, fleetOptions);
}

function openSource({ demo = false }: FleetOptions): Promise<FleetSource> {
  if (demo) return openDemo();
  throw IpvsError.input(
    'bad-usage',
    'open several directors',
    '',
    'nobody is named who knows of them',
    'try it with --demo',
  );
}

async function openDemo(): Promise<FleetSource> {
  const { SimulatedFleet } = await import('../../fleet/directors/simulated-fleet.ts');
  return new SimulatedFleet(packageDescription.version);
}

/** Which directors, and in which order. Throws an input `IpvsError` for what is no filter and no column. */
async function readChoice({ filter = '', sort }: FleetOptions) {
  const [{ fleetFilter }, { fleetColumnsNamed, fleetColumnWords, fleetColumns }] = await Promise.all([
    import('../../ui/fleet/fleet-filter.ts'),
    import('../../ui/fleet/fleet-columns.ts'),
  ]);
  const reading = fleetFilter(filter);
  if (reading.kind === 'wrong' || reading.kind === 'unfinished') {
    throw IpvsError.input(
      'bad-filter',
      'read --filter',
      `"${filter}"`,
      reading.problem,
      'give words, state:no-answer, partner:different or "conn/s>100", joined by and, or, ! and ( )',
    );
  }
  if (sort === undefined) return { filter, sortColumn: null };
  const [found, ...others] = fleetColumnsNamed(sort);
  if (found !== undefined && others.length === 0) return { filter, sortColumn: found.id };
  const all = (found === undefined ? fleetColumns : [found, ...others]).map(
    (column) => fleetColumnWords(column)[0],
  );
  throw IpvsError.input(
    'bad-value',
    'read --sort',
    `"${sort}"`,
    found === undefined ? 'there is no such column' : 'it can be several columns',
    `give one of ${all.join(', ')}`,
  );
}

/** Prints what is known when each director has answered or failed to, or after some seconds. */
async function printOnce(context: CommandContext, source: FleetSource, options: FleetOptions): Promise<void> {
  const { printedFleet, fleetJson } = await import('../../ui/fleet/printed-fleet.ts');
  const choice = await readChoice(options);
  source.start(() => undefined);
  try {
    await Promise.race([source.settled(), machineClock.wait(longestWait, new AbortController().signal)]);
    const now = Date.now();
    if (options.json === true) context.console.out(`${fleetJson(source, choice, now)}\n`);
    else {
      const { names, columns } = printedFleet(source, choice, now);
      const { lines } = await printCells(names, columns, context.console, options);
      for (const line of lines) context.console.out(`${line}\n`);
      if (source.problem !== null) context.console.err(source.problem);
    }
  } finally {
    source.stop();
  }
}

async function openScreen(
  context: CommandContext,
  source: FleetSource,
  options: FleetOptions,
): Promise<void> {
  const [{ startFleet }, { stored }] = await Promise.all([
    import('../../ui/start-fleet.ts'),
    settingsInForce(context, options),
  ]);
  const { color } = options;
  startFleet({
    source,
    settings: { ...stored.settings, ...(color !== undefined && { color }) },
    automaticLook: {
      colorDepth: colorDepthOf(process.stdout.getColorDepth()),
      ascii: !drawsUnicode(process.env),
    },
    ...(await readChoice(options)),
    describeCrash: (error) => `lvstop: ${failureOf(error).line ?? ''}\n`,
  });
}
