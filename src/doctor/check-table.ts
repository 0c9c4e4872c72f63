import { checks } from './checks.ts';

/** The checks as a Markdown table, for docs/checks.md. */
export function checkTableMarkdown(): string {
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
