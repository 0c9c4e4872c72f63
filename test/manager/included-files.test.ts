import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { includedFiles } from '../../src/manager/included-files.ts';
import { directorWith } from '../changes/table.ts';
import { lvstop } from '../cli/harness.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-include-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string, mode = 0o644) => {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
  return join(folder, name);
};
const userId = process.getuid?.() ?? null;
const namesOf = (pattern: string) =>
  includedFiles(userId)(pattern, folder).map(({ title, text }) => [title?.slice(folder.length + 1), text]);

test('patterns name files in their order, without folders and what can be executed', () => {
  write('b.conf', 'B');
  write('a.conf', 'A');
  write('script.conf', 'S', 0o755);
  mkdirSync(join(folder, 'd.conf'));
  symlinkSync(join(folder, 'a.conf'), join(folder, 'link'));
  expect(namesOf('*.conf')).toEqual([
    ['a.conf', 'A'],
    ['b.conf', 'B'],
  ]);
  expect(namesOf('{b,a}.conf')).toEqual(namesOf('*.conf'));
  expect(namesOf(join(folder, 'link'))).toEqual([['link', 'A']]);
  expect(namesOf('none.conf')).toEqual([]);
});

test('what others can write is not read', () => {
  write('open.conf', 'A', 0o666);
  expect(() => namesOf('open.conf')).toThrow(/open\.conf is not read: it can be written by others/);
  chmodSync(folder, 0o777);
  write('mine.conf', 'A');
  expect(() => namesOf('mine.conf')).toThrow(/is not read: /);
});

describe('of a command', () => {
  const service = (mark: number, ...lines: string[]) =>
    `virtual_server fwmark ${mark} {\n${lines.join('\n')}\nreal_server 10.0.0.1 {\n}\n}\n`;

  test('files, those that they include, and lines in them have their names in what is told', async () => {
    write('more.inc', service(8, 'nat_mask'));
    const one = write('one.conf', `include *.inc\n${service(7)}`);
    const two = write('two.conf', service(9, 'nat_mask'));
    const { exitCode, out, err } = await lvstop(['diff', one, two], { director: directorWith({}) });
    expect({ exitCode, lines: out.split('\n').length - 1 }).toEqual({ exitCode: 1, lines: 6 });
    expect(err).toContain(`not applied: nat_mask (lines 2 of ${folder}/more.inc, 2 of ${two}): `);
    write('two.conf', `${service(9)}}\n`);
    expect((await lvstop(['diff', one, two], { director: directorWith({}) })).err).toContain(
      `lvstop: read ${two}:6: a brace closes a block that was not opened`,
    );
  });

  test('@id names the lines that are meant, this host’s unless --id says otherwise', async () => {
    const file = write('id.conf', service(7, 'weight 1', '@lb-test weight 9'));
    const weightIn = async (...options: string[]) =>
      /weight (\d+)/.exec(
        (await lvstop(['diff', file, ...options], { director: directorWith({}) })).out,
      )?.[1];
    expect([await weightIn(), await weightIn('--id', 'lb-test')]).toEqual(['1', '9']);
  });

  test.each([
    [
      'row,service,family\n',
      'it is what "lvstop list --format csv" prints; give --format json or ipvsadm there',
    ],
    [
      'IPVS connection entries\n',
      'it is the connections that "ipvsadm -Ln -c" prints; give what "ipvsadm -Sn"',
    ],
    ['frontend web\n', 'it is a configuration of HAProxy; that is no table of IPVS'],
    ['hello\n', 'it is no table in a form that is read; give what "ipvsadm -Sn"'],
  ])('%j is called what it is', async (text, told) => {
    const { exitCode, err } = await lvstop(['diff', write('text', text)], { director: directorWith({}) });
    expect(exitCode).toBe(2);
    expect(err).toContain(told);
  });

  test('files of several formats are not mixed', async () => {
    const files = [write('a', '-A -f 7\n'), write('b', '{}')];
    expect((await lvstop(['diff', ...files], { director: directorWith({}) })).err).toContain(
      'they are of several formats: ipvsadm, json; give files of one format',
    );
  });
});
