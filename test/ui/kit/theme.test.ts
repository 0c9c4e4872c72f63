import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_COLOR, styleBackground, styleForeground } from '../../../src/terminal/style.ts';
import { createTheme } from '../../../src/ui/kit/theme.ts';

const source = join(import.meta.dirname, '../../../src/ui');

it('is the one place that names colours', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && file !== join('kit', 'theme.ts'))
    .filter((file) =>
      /\b(color|backgroundColor|dimColor)=|'(black|red|green|yellow|blue|magenta|cyan|white|gr[ae]y)(Bright)?'|\b(named|ansi16|ansi256|rgb)\b[^;]*terminal\/style\.ts'/.test(
        readFileSync(join(source, file), 'utf8'),
      ),
    );
  expect(files).toEqual([]);
});

it('shows without colours what it shows with them, by attributes where it matters', () => {
  const { roles, selected } = createTheme(false);
  for (const style of [...Object.values(roles), selected]) {
    expect([styleForeground(style), styleBackground(style)]).toEqual([DEFAULT_COLOR, DEFAULT_COLOR]);
  }
  for (const role of ['badge', 'warning', 'error', 'tag'] as const) expect(roles[role]).not.toBe(roles.dim);
  expect(selected).toBe(roles.badge);
});
