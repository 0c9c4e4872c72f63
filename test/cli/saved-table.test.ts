import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { parsePorts } from '../../src/cli/files/name-tables.ts';
import { usualPlace } from '../../src/cli/files/saved-table-places.ts';
import { allServices } from '../../src/director/director.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { directorWith, disturbed } from '../changes/table.ts';
import { deleteAllServices } from '../director/table-edits.ts';
import { lvstop } from './harness.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-saved-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const site = () =>
  directorWith({
    'tcp:203.0.113.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:8080', { forwarding: 'nat', weight: 3 }, 5, 2],
      ['10.0.0.22:8080', { forwarding: 'nat', weight: 3, upperThreshold: 9 }],
    ],
    'fwm:7': [{ persistence: { timeout: 60, netmask: 0xffffff00 } }],
  });
const lines = `-A -t 203.0.113.10:80 -s wrr
-a -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 3
-a -t 203.0.113.10:80 -r 10.0.0.22:8080 -m -w 3 -x 9
-A -f 7 -s wlc -p 60 -M 255.255.255.0
`;
const path = (name = 'table.rules') => join(folder, name);
const file = (text: string | Buffer, name?: string) => {
  writeFileSync(path(name), text);
  return path(name);
};

describe('save', () => {
  test('writes a file for its owner alone, and keeps the previous version', async () => {
    const director = site();
    expect(await lvstop(['save', path()], { director })).toEqual({
      exitCode: 0,
      out: '',
      err: `saved to ${path()}: 2 services, 2 real servers\nSIMULATED: this table exists in the demo only\n`,
    });
    expect(readFileSync(path(), 'utf8')).toBe(lines);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect((await lvstop(['save', path()], { director })).err).toContain('already so');
    deleteAllServices(director);
    expect((await lvstop(['save', path()], { director })).err).toContain(
      `what it was before is in ${path()}.previous`,
    );
    expect(readFileSync(path(), 'utf8')).toBe('');
    expect(readFileSync(`${path()}.previous`, 'utf8')).toBe(lines);
    expect(readdirSync(folder).sort()).toEqual(['table.rules', 'table.rules.previous']);
  });

  test('as keepalived tells what is lost, and the rest is the same', async () => {
    const director = site();
    const { err } = await lvstop(['save', '--format', 'keepalived', path()], { director });
    expect(err).toContain('warning: fwm:7: keepalived makes no service without a real server\n');
    const { exitCode, out, err: told } = await lvstop(['diff', path()], { director });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: expect.stringMatching(/^- fwm:7: [^\n]*\n$/) });
    expect(told).toContain('virtual_server fwmark 7 (line 16): it has no real server');
  });

  test.each(['ipvsadm', 'json'])('as %s is what diff calls the same', async (format) => {
    const director = site();
    expect((await lvstop(['save', '--format', format, path()], { director })).exitCode).toBe(0);
    expect(await lvstop(['diff', path()], { director })).toEqual({
      exitCode: 0,
      out: '',
      err: `the table is what ${path()} says\n`,
    });
  });

  test('writes JSON to a name that ends so, and to standard output for -', async () => {
    const director = site();
    await lvstop(['save', path('t.json')], { director });
    expect(JSON.parse(readFileSync(path('t.json'), 'utf8')).services).toHaveLength(2);
    expect((await lvstop(['save', '-'], { director })).out).toBe(lines);
  });

  test('takes no place of another kind', async () => {
    const director = site();
    mkdirSync(path('folder'));
    symlinkSync('/etc/hostname', path('link'));
    const vrrp = 'vrrp_instance VI {\n}\nvirtual_server fwmark 1 {\n}\n';
    for (const [target, reason] of [
      [path('folder'), 'it is no plain file'],
      [path('link'), 'not a saved table|symbolic link'],
      [path('nowhere/table'), 'there is no such file or folder'],
      [join(file('x', 'x'), 'table'), 'a part of the path is no folder'],
      [file('root:x:0:0\n', 'passwd'), 'what stands there is not a saved table'],
      [file('#!/bin/sh\nipvsadm -C\n', 'script'), 'what stands there is not a saved table'],
      [file('IP Virtual Server version 1.2.1\n', 'listing'), 'what stands there is not a saved table'],
      [file(vrrp, 'keepalived.conf'), 'it has more than a table, "vrrp_instance" in line 1'],
    ] as const) {
      const { exitCode, err } = await lvstop(['save', target], { director });
      expect({ target, exitCode }).toEqual({ target, exitCode: 2 });
      expect(err).toMatch(new RegExp(reason));
    }
    expect(readFileSync(path('keepalived.conf'), 'utf8')).toBe(vrrp);
  });

  test('leaves nothing half-done where the folder cannot be written', async () => {
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    const { exitCode } = await lvstop(['save', path()], { director: site() });
    chmodSync(folder, 0o700);
    expect(exitCode).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does not put the demo where the machine keeps its own table', async () => {
    const { exitCode, err } = await lvstop(['save', '--demo'], { director: site() });
    expect(exitCode).toBe(2);
    expect(err).toContain('the table of the demo does not belong where this machine keeps its own');
  });
});

describe('diff', () => {
  const other = `-A -t 203.0.113.10:80 -s wlc
-a -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 3
-a -t 203.0.113.10:80 -r 10.0.0.23:8080 -m
`;

  test('tells by signs, and by its exit code', async () => {
    const target = file(other);
    expect(await lvstop(['diff', target], { director: site() })).toEqual({
      exitCode: 1,
      out: `~ tcp:203.0.113.10:80: scheduler wrr → wlc
+ 10.0.0.23:8080 of tcp:203.0.113.10:80: NAT, weight 1
- 10.0.0.22:8080 of tcp:203.0.113.10:80: NAT, weight 3, upper threshold 9
- fwm:7: wlc, persistent 60 s by 255.255.255.0, with 0 real servers
`,
      err: 'they differ: 1 only in the file (+), 1 other in the file (~), 2 only in the table (-)\n',
    });
  });

  test('as JSON, with lines', async () => {
    const { exitCode, out } = await lvstop(['diff', '--json', file(other)], { director: site() });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      format: 'ipvsadm',
      differs: true,
      changes: [
        { kind: 'set service', object: 'tcp:203.0.113.10:80', line: 1 },
        { kind: 'add real server', line: 3, ipvsadm: expect.stringMatching(/^ipvsadm -a /) },
      ],
      surplus: [{ kind: 'delete real server', line: null }, { kind: 'delete service' }],
      notApplied: [],
    });
  });
});

describe('apply', () => {
  test('is broken off by Ctrl-C after the request under way, and says and records how far it came', async () => {
    const director = directorWith({});
    const text = [1, 2, 3, 4].map((mark) => `-A -f ${mark} -s rr\n`).join('');
    const journal = createMemoryJournal();
    const broken = disturbed(director, (_, number) => {
      if (number === 2) process.emit('SIGINT');
      return undefined;
    });
    const { exitCode, out, err } = await lvstop(['apply', file(text)], {
      director: broken,
      openJournal: () => journal,
    });
    expect({ exitCode, out }).toEqual({
      exitCode: 130,
      out: 'add service fwm:1: rr\nadd service fwm:2: rr\n',
    });
    expect(err).toContain(`${path()}:3: the first that is not done: add service fwm:3: rr`);
    expect(err).toContain('lvstop: broken off: 2 of 4 changes done; the same command again does the rest');
    expect(allServices(director)).toHaveLength(2);
    expect(allAtOnce(journal.read(1)).changes).toMatchObject([{ state: 'interrupted', done: 2 }]);
    expect(process.listenerCount('SIGINT')).toBe(0);
    expect((await lvstop(['apply', file(text)], { director })).err).toContain('done: 2 changes');
  });

  test('does what differs, leaves what is not in the file, and then has nothing to do', async () => {
    const director = site();
    const target = file(`${lines.replace(/-A -f 7.*\n/, '')}-A -f 8\n`);
    expect(await lvstop(['apply', target], { director })).toEqual({
      exitCode: 0,
      out: 'add service fwm:8: wlc\n',
      err: expect.stringContaining(
        `left as it is, since it is not in ${target}: fwm:7; --prune removes it\n`,
      ),
    });
    expect(await lvstop(['apply', target], { director })).toMatchObject({
      exitCode: 0,
      out: '',
      err: expect.stringContaining(`already so: nothing to do for ${target}`),
    });
    expect((await lvstop(['apply', target, '--prune'], { director })).exitCode).toBe(2);
    expect((await lvstop(['apply', target, '--prune'], { director, answer: true })).out).toBe(
      'delete service fwm:7 with 0 real servers\n',
    );
    expect((await lvstop(['diff', target], { director })).exitCode).toBe(0);
  });

  test('only shows with --dry-run', async () => {
    const director = site();
    const target = file('-A -f 8\n');
    expect(await lvstop(['apply', target, '--dry-run', '--prune'], { director })).toMatchObject({
      exitCode: 0,
      out: 'ipvsadm -A -f 8 -s wlc\nipvsadm -D -t 203.0.113.10:80\nipvsadm -D -f 7\n',
    });
    const { out } = await lvstop(['apply', target, '--dry-run', '--json'], { director });
    expect(JSON.parse(out)).toMatchObject({
      dryRun: true,
      done: [],
      notDone: [{ kind: 'add service', line: 1 }],
      left: [{ object: 'tcp:203.0.113.10:80' }, { object: 'fwm:7' }],
      error: null,
      errorCode: null,
    });
  });

  test('does nothing under --read-only', async () => {
    const { exitCode, err } = await lvstop(['--read-only', 'apply', file('-A -f 8\n')], { director: site() });
    expect(exitCode).toBe(2);
    expect(err).toContain('--read-only');
  });

  test('names what of a keepalived.conf is not applied, each word once with its lines', async () => {
    const target = file(`virtual_server fwmark 8 {
 delay_loop 6
 real_server 10.0.0.31 80 {
  TCP_CHECK {
  }
 }
 real_server 10.0.0.32 80 {
  TCP_CHECK {
  }
 }
}
`);
    const { exitCode, err } = await lvstop(['apply', target], { director: site() });
    expect(exitCode).toBe(0);
    expect(err).toContain('not applied: delay_loop (line 2): ');
    expect(err).toContain('not applied: TCP_CHECK (lines 4, 8): ');
  });

  test('prunes nothing when services may be described in another file, or none is', async () => {
    const director = site();
    for (const text of [
      'include more.conf\nvirtual_server fwmark 8 {\n}\n',
      'global_defs {\n}\n',
      '# nothing\n',
    ]) {
      const { exitCode } = await lvstop(['apply', file(text), '--prune', '--yes'], { director });
      expect({ text, exitCode }).toEqual({ text, exitCode: 2 });
    }
    expect((await lvstop(['save', '-'], { director })).out).toBe(lines);
  });

  test('refuses a file whole, with every line that is wrong', async () => {
    const director = site();
    const target = file('-A -f 8\n-A -f 9 -q\n-A -t nowhere.invalid:80\n-A -f 8 -w 3\n');
    const { exitCode, out, err } = await lvstop(['apply', target], { director });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err.split('\n').slice(0, 4)).toEqual([
      expect.stringContaining(`${target}:2: "-q" is not an option`),
      expect.stringContaining(`${target}:3: the host name "nowhere.invalid" is not known here`),
      expect.stringContaining(`${target}:4: -w does not go with -A`),
      expect.stringContaining(`lvstop: read ${target}: 3 things are wrong, the first in line 2`),
    ]);
    expect(director.findService({ kind: 'fwmark', family: 'inet', fwmark: 8 })).toBeUndefined();
  });

  test('reads host names as the machine knows them', async () => {
    const { exitCode, err } = await lvstop(['apply', file('-A -t localhost:80 -s rr\n')], {
      director: site(),
    });
    expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
  });

  test('takes only text of a reasonable size', async () => {
    const director = site();
    const cases: readonly (readonly [target: string, reason: string])[] = [
      [path('nowhere'), 'there is no such file or folder'],
      [folder, 'it is no plain file'],
      ['/dev/zero', 'it is no plain file'],
      [file(Buffer.from('-A -f 8\n\0'), 'binary'), 'binary:2: there are bytes that are no text'],
      [
        file(Buffer.from([0x2d, 0x41, 0x0a, 0x0a, 0xff]), 'latin'),
        'latin:3: there are bytes that are no text',
      ],
      [file('root:x:0:0\n', 'passwd'), 'it is no table in a form that is read; give what "ipvsadm -Sn"'],
    ];
    for (const [target, reason] of cases) {
      const { exitCode, err } = await lvstop(['apply', target], { director });
      expect({ target, exitCode }).toEqual({ target, exitCode: 2 });
      expect(err).toContain(reason);
    }
    truncateSync(file('-A -f 8\n', 'huge'), 100 * 2 ** 20);
    expect((await lvstop(['apply', path('huge')], { director })).err).toContain('it is longer than 64 MiB');
  });

  test('shows what is in a text and not what it would do to a terminal', async () => {
    const { err } = await lvstop(['apply', file('-A -f 8 \u001b[2J\u009b\n')], { director: site() });
    expect(err).not.toMatch(/[\u001b\u009b]/);
    expect(err).toContain('␛[2J');
  });
});

test('the usual place is the one that is there, else the one of the distribution', () => {
  const among =
    (...present: string[]) =>
    (name: string) =>
      present.includes(name);
  expect(usualPlace(among())).toBe('/etc/ipvsadm.rules');
  expect(usualPlace(among('/etc/sysconfig'))).toBe('/etc/sysconfig/ipvsadm');
  expect(usualPlace(among('/etc/sysconfig', '/etc/sysconfig/ipvsadm'))).toBe('/etc/sysconfig/ipvsadm');
  expect(usualPlace(among('/etc/sysconfig', '/etc/ipvsadm.rules'))).toBe('/etc/ipvsadm.rules');
});

test('ports are read by name, protocol and alias', () => {
  const ports = parsePorts('# x\nhttp\t80/tcp www  # web\nhttp 80/udp\ndomain 53/udp\nbroken\n');
  expect(Object.fromEntries(ports)).toEqual({
    'http/tcp': 80,
    'www/tcp': 80,
    'http/udp': 80,
    'domain/udp': 53,
  });
});
