/** Tables of `docs/` that are made from the program's own, so that they cannot fall behind them. */
import { endCodes, exitCodeOf } from '../src/cli/context/exit-code.ts';
import { shippedScenes } from '../src/cli/opening/open-scene.ts';
import { checks } from '../src/doctor/rounds/checks.ts';
import { lvstopFamilies } from '../src/formats/metrics/lvstop-families.ts';
import { type ErrorCode, errorCodes } from '../src/ipvs/error-codes.ts';
import { commands } from '../src/ui/commands.ts';
import { keyLabel } from '../src/ui/kit/key-label.ts';
import type { CommandGroup } from '../src/ui/state/command.ts';
import { measured } from './formats/metrics/measured.ts';
import { keysOf, tasks } from './ui/tasks.ts';

const groups: readonly CommandGroup[] = ['Movement', 'Edits', 'Table', 'Time', 'Program'];

/** The keys of the screen, for docs/keys.md. */
export function keyTable(): string {
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

/** What is done most, and by how many keys, for docs/keys.md. */
export function taskTable(): string {
  const rows = tasks.map((task) => {
    const pressed = task.keys.map((key) => `\`${typeof key === 'string' ? keyLabel(key) : key.typed}\``);
    return `| ${task.name} | ${pressed.join(' ') || 'a look'} | ${keysOf(task)} |`;
  });
  return ['| to | press | keys |', '|---|---|---|', ...rows].join('\n');
}

/** The scenes of the demo, for docs/demo.md. */
export function sceneTable(): string {
  return [
    '| scene | what there is to see |',
    '|---|---|',
    ...shippedScenes().map(({ name, about }) => `| \`${name}\` | ${about}. |`),
  ].join('\n');
}

/** The doctor's checks, for docs/checks.md. */
export function checkTable(): string {
  return [
    '| check | what it looks for | rests on |',
    '|---|---|---|',
    ...checks.map(
      ({ id, title, restsOn }) => `| \`${id}\` | ${cell(title)} | ${restsOn.map(cell).join('<br>')} |`,
    ),
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The codes by which programs tell errors apart, and the other ends of a command, for docs/errors.md. */
export function errorTable(): string {
  const rows = [
    ...Object.entries(endCodes).map(([code, { exit, meaning }]) => [code, exit, meaning]),
    ...(Object.keys(errorCodes) as ErrorCode[]).map((code) => [
      code,
      exitCodeOf(code),
      errorCodes[code].meaning,
    ]),
  ];
  return [
    '| code | exit code | meaning |',
    '|---|---|---|',
    ...rows.map(([code, exit, meaning]) => `| \`${code}\` | ${exit} | ${meaning} |`),
  ].join('\n');
}

/** The metrics of lvstop's own, for docs/metrics.md. */
export function metricTable(): string {
  const rows = [...lvstopFamilies(measured)].map(({ name, help, type, labels: written }) => {
    const first = Buffer.from(written[0] ?? []).toString();
    const labels = [...first.matchAll(/([a-z_]+)="/g)].map(([, label]) => `\`${label}\``);
    return `| \`${name}${type === 'counter' ? '_total' : ''}\` | ${type} | ${labels.join(', ')} | ${cell(help)} |`;
  });
  return ['| metric | type | labels | what it is |', '|---|---|---|---|', ...rows].join('\n');
}
