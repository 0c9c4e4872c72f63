import type { Command } from 'commander';
import type { Timeouts } from '../../ipvs/director-info.ts';
import { longestTimeout, timeoutNames } from '../../ipvs/timeouts.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, writeOptions } from '../options/option-table.ts';
import { readNumber } from '../options/option-values.ts';

type TimeoutOptions = CommandValues<typeof timeoutOptions>;

const allowed = `whole seconds from 1 to ${longestTimeout}`;

const timeoutOptions = [
  { flags: '--tcp <seconds>', help: 'of an established TCP connection', read: seconds('--tcp') },
  { flags: '--tcp-fin <seconds>', help: 'of a TCP connection after a FIN', read: seconds('--tcp-fin') },
  { flags: '--udp <seconds>', help: 'of a UDP flow', read: seconds('--udp') },
  { flags: '--json', help: 'print them as JSON' },
  ...writeOptions,
] as const satisfies readonly OptionEntry[];

/** `lvstop timeouts [--tcp S] [--tcp-fin S] [--udp S]`. */
export function timeoutsCommand(context: CommandContext): Command {
  const command = createCommand(context, 'timeouts', 'print the time-outs of connections, or set those given')
    .usage('[options]')
    .addHelpText(
      'after',
      '\nWhat is not given stays as it is. Connections that exist get the new time with their next packet.\n\nExample:\n  lvstop timeouts --udp 60',
    )
    .action(async () => {
      const options = optionValues(command, timeoutOptions);
      const given = timeoutNames.flatMap(({ field }) => {
        const value = options[field];
        return value === undefined ? [] : [[field, value] as const];
      });
      if (given.length === 0) await print(context, options);
      else {
        const change: Partial<Timeouts> = Object.fromEntries(given);
        await carryOut(context, options, () => ({ kind: 'set time-outs', change }));
      }
    });
  return addOptions(command, timeoutOptions);
}

function print(context: CommandContext, { demo, json }: TimeoutOptions): Promise<void> {
  return withDirector(context, { demo }, (director) => {
    const timeouts = director.timeouts();
    context.console.out(
      json === true
        ? `${JSON.stringify({ version: 1, ...timeouts })}\n`
        : timeoutNames.map(({ field, name }) => `${name.padEnd(14)} ${timeouts[field]} s\n`).join(''),
    );
  });
}

function seconds(name: string): (text: string) => number {
  return (text) => readNumber(name, text, allowed);
}
