import type { Command } from 'commander';
import { findTables, type HeldTable, type TablesOfMachine } from '../../fleet/held-tables.ts';
import { visible } from '../../ipvs/visible.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { CommandContext } from '../context/context.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';

const namespacesOptions = [
  { flags: '--json', help: 'print them as JSON' },
] as const satisfies readonly OptionEntry[];

/** `lvstop namespaces [--json]`. */
export function namespacesCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'namespaces',
    'list the network namespaces of this machine that hold an IPVS table',
  )
    .usage('[options]')
    .addHelpText(
      'after',
      "\nEach network namespace has a table of its own: that of a Docker swarm is in ingress_sbox, Octavia's in\namphora-haproxy. The first column is what --netns takes.\n\nExamples:\n  sudo lvstop namespaces\n  sudo lvstop --netns ingress_sbox",
    )
    .action(() => {
      const found = allAtOnce(findTables());
      const isJson = optionValues(command, namespacesOptions).json === true;
      context.console.out(isJson ? jsonOf(found) : tableOf(found.tables));
      for (const word of found.unseen)
        context.console.err(`not looked at: ${visible(word)}, which takes root: run lvstop with sudo`);
      if (!isJson && found.tables.length === 0)
        context.console.err('no network namespace that can be seen holds a service');
    });
  return addOptions(command, namespacesOptions);
}

const titles = ['NETNS', 'SERVICES', 'REAL SERVERS', 'KEPT BY'] as const;

function tableOf(tables: readonly HeldTable[]): string {
  if (tables.length === 0) return '';
  const rows = tables.map(({ word, isOwn, services, realServers, keepers }) => [
    `${visible(word)}${isOwn ? ' (this one)' : ''}`,
    String(services),
    String(realServers),
    keepers.map(({ name, pid }) => `${visible(name)} (process ${pid})`).join(', ') || 'nobody seen',
  ]);
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [titles, ...rows].map((row) => `${lineOf(row)}\n`).join('');
}

function jsonOf({ tables, unseen }: TablesOfMachine): string {
  const namespaces = tables.map(({ word, file, isOwn, services, realServers, keepers }) => ({
    netns: visible(word),
    file: visible(file),
    isOwn,
    services,
    realServers,
    keptBy: keepers.map(({ name, pid }) => ({ name: visible(name), pid })),
  }));
  return `${JSON.stringify({ version: 1, namespaces, unseen: unseen.map(visible) }, null, 2)}\n`;
}
