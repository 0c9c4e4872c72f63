/**
 * Each text of `programs/` beside what `ipvsadm -Sn` printed after keepalived 2.2.7 (without its checks), or `ipvsadm -R`
 * of 1.31, had made a table of it in the lab.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePorts } from '../../src/cli/files/name-tables.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { tableOf } from './random-table.ts';
import { readIpvsadm, readKeepalived } from './reading.ts';

const folder = join(import.meta.dirname, 'programs');
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const inputs = readdirSync(folder).filter((name) => /\.(conf|rules)$/.test(name));
const names = { ports: parsePorts('http 80/tcp\n'), hosts: new Map() };

/** As `ipvsadm -Sn` prints it: without thresholds, and with lines that are sorted, the kernel's order being arbitrary. */
const asPrinted = (text: string) =>
  text
    .replace(/ -[xy] \d+/g, '')
    .replace(/ --tun-nocsum/g, '')
    .trim()
    .split('\n')
    .sort()
    .join('\n');

const read = (name: string, text: string) =>
  name.endsWith('.rules')
    ? readIpvsadm(text, names)
    : readKeepalived(text, {
        id: 'director',
        include: (path) => [{ title: path, folder: '', text: textOf(path) }],
      });

/** ipvsadm stops at the first line that it does not take, and what is above it is in the table. */
function aboveFirstProblem(name: string): string {
  const text = textOf(name);
  const [problem] = read(name, text).problems;
  if (problem === undefined) return text;
  expect(name).toMatch(/\.rules$/);
  return text
    .split('\n')
    .slice(0, problem.line - 1)
    .map((line) => `${line}\n`)
    .join('');
}

describe('a text means what the program makes of it', () => {
  test.each(inputs.filter((name) => name !== 'vrrp-only.conf' && name !== 'group-of-address-and-mark.conf'))(
    '%s',
    (name) => {
      const { configuration, problems } = read(name, aboveFirstProblem(name));
      expect(problems).toEqual([]);
      expect(asPrinted(formatIpvsadm(tableOf(configuration)))).toBe(asPrinted(textOf(`${name}.want`)));
    },
  );
});

test('only what ipvsadm itself refuses is refused', () => {
  const refused = inputs.flatMap((name) =>
    read(name, textOf(name)).problems.map(({ line, reason }) => `${name}:${line}: ${reason}`),
  );
  expect(refused).toEqual([
    'continued-line.rules:2: ipvsadm -R does not go on in the next line',
    'continued-line.rules:3: "--tun-port" does not describe a table',
    'inet6-and-names.rules:2: "[2001:db8::2]" is not an address and port',
    'no-port-not-persistent.rules:1: without a port the service has to be persistent',
    'one-packet-tcp.rules:1: one-packet scheduling is for UDP, this is TCP',
  ]);
});
