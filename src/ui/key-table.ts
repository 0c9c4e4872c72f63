import { commands } from './commands.ts';
import { keyLabel } from './kit/key-label.ts';
import type { CommandGroup } from './state/command.ts';

const groups: readonly CommandGroup[] = ['Movement', 'Edits', 'Table', 'Program'];

/** The table of keys as Markdown, for docs/keys.md: made from the commands, so that it cannot fall behind them. */
export function keyTableMarkdown(): string {
  const lines = ['| keys | `:` line | what it does |', '|---|---|---|'];
  for (const group of groups) {
    lines.push(`| **${group}** | | |`);
    for (const { id, keys, argument, help } of commands.filter((command) => command.group === group)) {
      const labels = keys.map((key) => `\`${keyLabel(key).replace('|', '\\|').replace('`', '')}\``).join(' ');
      const line = argument === undefined ? id : `${id} ${argument.name}`;
      lines.push(`| ${labels.replace('`\\`', '`` \\ ``')} | \`${line}\` | ${help.replaceAll('|', '\\|')} |`);
    }
  }
  return lines.join('\n');
}
