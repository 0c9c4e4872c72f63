import { describe, expect, test } from 'vitest';
import { HostRows } from '../../../src/cli/commands/host-rows.ts';

/** What is printed of lines that come from hosts in that order. */
function printed(
  command: readonly string[],
  lines: readonly (readonly [host: string, stream: 'out' | 'err', line: string])[],
) {
  let out = '';
  const err: string[] = [];
  const rows = new HostRows(['lb1', 'lb10'], command, {
    out: (text) => {
      out += text;
    },
    err: (line) => err.push(line),
  });
  for (const line of lines) rows.take(...line);
  const atOnce = out;
  for (const host of ['lb10', 'lb1']) rows.end(host);
  return { out, err, atOnce };
}

describe('rows of several hosts', () => {
  test('carry their host, and those of one stay together', () => {
    const { out, atOnce } = printed(
      ['list'],
      [
        ['lb1', 'out', 'SERVICE'],
        ['lb10', 'out', 'SERVICE'],
        ['lb1', 'out', '  tcp'],
      ],
    );
    expect(atOnce).toBe('');
    expect(out).toBe('lb10  SERVICE\nlb1   SERVICE\nlb1     tcp\n');
  });

  test('come as they are printed where they go on for ever', () => {
    const { atOnce } = printed(['watch', '--json'], [['lb1', 'out', '{"services":[]}']]);
    expect(atOnce).toBe('{"host":"lb1","services":[]}\n');
  });

  test('of JSON are one object a line', () => {
    const { out } = printed(
      ['list', '--json'],
      [
        ['lb1', 'out', '{'],
        ['lb1', 'out', '  "version": 2'],
        ['lb1', 'out', '}'],
      ],
    );
    expect(out).toBe('{"host":"lb1","version":2}\n');
  });

  test('of CSV have their titles once', () => {
    const { out } = printed(
      ['list', '--format', 'csv'],
      [
        ['lb1', 'out', 'a,b'],
        ['lb1', 'out', '1,2'],
        ['lb10', 'out', 'a,b'],
        ['lb10', 'out', '3,4'],
      ],
    );
    expect(out).toBe('host,a,b\nlb10,3,4\nlb1,1,2\n');
  });

  test('hold no sequence for the terminal, whatever the host sends', () => {
    const { out, err } = printed(
      ['list'],
      [
        ['lb1', 'out', '\x1b]0;title\x07'],
        ['lb1', 'err', '\x1b[2Jgone'],
      ],
    );
    expect(out + err.join('')).not.toContain('\x1b');
    expect(err[0]).toMatch(/^lb1: .*gone$/);
  });

  test('that are no JSON are told', () => {
    expect(printed(['list', '--json'], [['lb1', 'out', 'Welcome!']])).toMatchObject({
      out: '',
      err: ['lb1: what it printed is no JSON'],
    });
  });

  test('that are too many to be held are left out whole, and told', () => {
    const err: string[] = [];
    let out = '';
    const rows = new HostRows(
      ['lb1', 'lb2'],
      ['list'],
      {
        out: (text) => {
          out += text;
        },
        err: (line) => err.push(line),
      },
      8,
    );
    for (const line of ['long', 'longer', 'longest']) rows.take('lb1', 'out', line);
    rows.take('lb2', 'out', 'short');
    for (const host of ['lb1', 'lb2']) rows.end(host);
    expect(out).toBe('lb2  short\n');
    expect(err).toEqual([
      'lb1: it printed more than 8 characters, and nothing of it is shown; ask for less, or ask this host alone',
    ]);
    expect(rows.leftOut).toEqual(['lb1']);
  });
});
