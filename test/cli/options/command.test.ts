import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addOptions, optionValues } from '../../../src/cli/options/command.ts';
import type { OptionEntry } from '../../../src/cli/options/option-entry.ts';
import { programOptions } from '../../../src/cli/options/option-table.ts';

const entries = [
  { flags: '-c, --count <n>', help: 'a number', read: (text) => Number(text) },
  { flags: '--client-name <text>', help: 'a text' },
  { flags: '--address <address...>', help: 'texts' },
  { flags: '--one-packet', help: 'a switch' },
  { flags: '--no-journal', help: 'a switch that is on' },
] as const satisfies readonly OptionEntry[];

/** The values that a call gives the options. */
function valuesOf(line: string) {
  const program = addOptions(new Command('program'), programOptions).enablePositionalOptions();
  const command = addOptions(new Command('command'), entries).action(() => {});
  program.addCommand(command).parse(line === '' ? [] : line.split(' '), { from: 'user' });
  return optionValues(command, entries);
}

test('what was given has the name and the type of its entry', () => {
  const values = valuesOf('--read-only command -c 3 --client-name a --address b c --one-packet --no-journal');
  const typed: {
    readonly count?: number;
    readonly clientName?: string;
    readonly address?: readonly string[];
    readonly onePacket?: boolean;
    readonly journal?: boolean;
    readonly readOnly?: boolean;
  } = values;
  expect(typed).toEqual({
    count: 3,
    clientName: 'a',
    address: ['b', 'c'],
    onePacket: true,
    journal: false,
    readOnly: true,
  });
});

test('what was not given is left out, but for what is on unless it is turned off', () => {
  expect(valuesOf('command')).toEqual({ journal: true });
});

test('what no entry has is a type error', () => {
  // @ts-expect-error no such option
  expect(valuesOf('command').onePackets).toBeUndefined();
  // @ts-expect-error a number is no text
  const text: string | undefined = valuesOf('command -c 3').count;
  expect(text).toBe(3);
});
