import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../src/cli/context/account.ts';
import type { PublicDirector } from '../../src/director/director.ts';
import { checks } from '../../src/doctor/rounds/checks.ts';
import { directorWith } from '../changes/table.ts';
import { openTable } from '../director/procfs/proc-table.ts';
import { lvstop, words } from './harness.ts';

let publicDirector: PublicDirector;
let end: () => void;
let folder = '';
beforeEach(() => {
  ({ director: publicDirector, end } = openTable());
  folder = mkdtempSync(join(tmpdir(), 'lvstop-right-'));
});
afterEach(() => {
  end();
  rmSync(folder, { recursive: true, force: true });
});

const notice = /^read-only, from \/proc: this user lacks CAP_NET_ADMIN, .*sudo for all\n$/;

describe('without the right', () => {
  test('the table is listed from /proc, with a question mark for what cannot be read', async () => {
    const { exitCode, out, err } = await lvstop(['list', 'tcp:203.0.113.10:80'], { publicDirector });
    expect(exitCode).toBe(0);
    expect(err).toMatch(notice);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      expect.arrayContaining(['SERVICE / REAL SERVER', 'TIMEOUT', 'FLAGS']),
      ['tcp:203.0.113.10:80', 'mixed', 'wrr', '3', '12.3M', '7', '?', '?', '?', '360', '?'],
      ['', '10.0.0.21:8080', 'NAT', '3', '0', '0', '?', '?', '?', '?', '?'],
      ['', '10.0.0.22:80', 'TUN', '0', '12.3M', '7', '?', '?', '—', '?', '?', '?'],
      [''],
    ]);
  });

  test('JSON has null for it, and says why', async () => {
    const { out } = await lvstop(['list', '--json', 'tcp:203.0.113.10:80'], { publicDirector });
    expect(JSON.parse(out)).toMatchObject({
      director: { access: 'public', source: 'kernel' },
      services: [
        {
          persistence: { timeout: 360 },
          flags: null,
          stats: null,
          rates: null,
          realServers: [
            { weight: 3, upperThreshold: null, lowerThreshold: null, persistent: null, stats: null },
            {},
          ],
        },
      ],
    });
  });

  test('CSV has empty cells', async () => {
    const { out } = await lvstop(['list', '--format', 'csv', 'tcp:203.0.113.10:80'], { publicDirector });
    expect(out.split('\r\n')[2]).toBe(
      'real,tcp:203.0.113.10:80,inet,wrr,,360,255.255.255.255,,10.0.0.21:8080,nat,3,,,,,,0,0,,,,,,',
    );
  });

  test('it is watched, with true rates of all services together to come', async () => {
    const { exitCode, out, err } = await lvstop(['watch', '-n', '1'], { publicDirector });
    expect(exitCode).toBe(0);
    expect(err).toMatch(notice);
    expect(out).toContain('Read without CAP_NET_ADMIN');
    expect(out).toContain('rate not readable');
  });

  test.each([
    'list --format ipvsadm',
    'list --format keepalived',
    'save -',
    'diff -',
    'weight tcp:203.0.113.10:80 10.0.0.21:8080 9',
    'weight tcp:203.0.113.10:80 10.0.0.21:8080 9 --dry-run',
    'add service tcp:203.0.113.99:80',
    'edit service tcp:203.0.113.10:80 --scheduler rr',
    'delete service tcp:203.0.113.10:80 --yes',
    'mode tcp:203.0.113.10:80 dr',
    'scheduler tcp:203.0.113.10:80 rr',
    'drain tcp:203.0.113.10:80 10.0.0.21:8080 --yes',
    'undo',
  ])('%s, which needs all or writes, is refused whole', async (line) => {
    const file = join(folder, 'table.rules');
    writeFileSync(file, '-A -f 7 -s rr\n');
    const argv = words(line).map((word) => (word === '-' && line.startsWith('diff') ? file : word));
    const { exitCode, out, err } = await lvstop(argv, { publicDirector });
    expect({ exitCode, out }).toEqual({ exitCode: 3, out: '' });
    expect(err).toMatch(/^lvstop: .*CAP_NET_ADMIN.*\(EPERM\); run lvstop with sudo, .*\n$/);
  });

  test('what was listed so is not taken for a saved table', async () => {
    const file = join(folder, 'table.json');
    writeFileSync(file, (await lvstop(['list', '--json', 'fwm:7'], { publicDirector })).out);
    const { exitCode, err } = await lvstop(['apply', '--dry-run', file], { director: directorWith({}) });
    expect(exitCode).toBe(2);
    expect(err).toContain('what a user with the capability CAP_NET_ADMIN has listed is wanted');
  });

  test('where IPVS is not there either, the right is what is said', async () => {
    end();
    const { exitCode, err } = await lvstop(['list'], { publicDirector });
    expect(exitCode).toBe(3);
    expect(err).toContain('CAP_NET_ADMIN');
  });
});

describe('the doctor without the right', () => {
  const table = (weight: number) => `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  CB00710A:0050 wrr
  -> 0A000015:1F90      Masq    ${weight}      0          0
`;
  const privileged = checks.filter(({ needsRight }) => needsRight !== undefined);
  let small: ReturnType<typeof openTable>;
  afterEach(() => small.end());

  test('finds what /proc tells, and says of each other check why it was not made', async () => {
    small = openTable(table(0));
    const { exitCode, out, err } = await lvstop(['doctor'], { publicDirector: small.director });
    expect(exitCode).toBe(1);
    expect(out).toContain('error: tcp:203.0.113.10:80');
    expect(out).toContain('(no-weight)');
    expect(err).toMatch(/^read-only, from \/proc: /);
    for (const { id, needsRight } of privileged)
      expect(err).toContain(`not checked: ${id}, since ${needsRight} may be read with CAP_NET_ADMIN only\n`);
    expect(err).toContain(`1 error by ${checks.length - privileged.length} of ${checks.length} checks\n`);
  });

  test('never calls a director healthy', async () => {
    small = openTable(table(1));
    const { exitCode, out, err } = await lvstop(['doctor'], { publicDirector: small.director });
    expect({ exitCode, out }).toEqual({ exitCode: 3, out: '' });
    expect(err).toContain(
      `${privileged.length} of ${checks.length} checks were not made, so nothing is said of health; run lvstop with sudo for all\n`,
    );
    const ended = await lvstop(['doctor', '--json'], { publicDirector: small.director });
    expect(ended.exitCode).toBe(3);
    expect(JSON.parse(ended.err.trim().split('\n').at(-1) ?? '').error.code).toBe('not-looked');
  });

  test('tells it as data', async () => {
    small = openTable(table(0));
    const { exitCode, out } = await lvstop(['doctor', '--json'], { publicDirector: small.director });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      director: { access: 'public' },
      findings: [{ check: 'no-weight', service: 'tcp:203.0.113.10:80' }],
      checksNotMade: privileged.map(({ id, needsRight }) => ({ check: id, needsRight })),
    });
  });

  test('names a service that is not there', async () => {
    small = openTable(table(1));
    const { exitCode } = await lvstop(['doctor', 'fwm:9'], { publicDirector: small.director });
    expect(exitCode).toBe(4);
  });
});

describe('read-only', () => {
  const director = () =>
    directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}], ['10.0.0.22:80', {}]] });
  const writing = [
    'weight tcp:203.0.113.10:80 10.0.0.21:80 9',
    'weight tcp:203.0.113.10:80 10.0.0.21:80 9 --over 1s',
    'add service tcp:203.0.113.99:80',
    'add real tcp:203.0.113.10:80 10.0.0.23:80',
    'edit service tcp:203.0.113.10:80 --scheduler rr',
    'edit real tcp:203.0.113.10:80 10.0.0.21:80 --upper 9',
    'delete service tcp:203.0.113.10:80 --yes',
    'delete real tcp:203.0.113.10:80 10.0.0.21:80 --yes',
    'mode tcp:203.0.113.10:80 tun --yes',
    'scheduler tcp:203.0.113.10:80 rr',
    'drain tcp:203.0.113.10:80 10.0.0.21:80 --yes',
    'apply FOLDER/other.rules --yes',
    'save FOLDER/new.rules',
  ];

  /** Calls it, with an account's configuration where one is given, and looks whether anything was done. */
  async function expectUntouched(argv: readonly string[], reason: string, account?: Account) {
    writeFileSync(join(folder, 'other.rules'), '-A -f 7 -s rr\n');
    const own = director();
    const before = await lvstop(['list', '--format', 'ipvsadm'], { director: own });
    const ended = await lvstop(
      argv.map((word) => word.replace('FOLDER', folder)),
      { director: own, ...(account !== undefined && { account }) },
    );
    expect({ ...ended, err: '' }).toEqual({ exitCode: 2, out: '', err: '' });
    expect(ended.err).toContain(reason);
    expect(await lvstop(['list', '--format', 'ipvsadm'], { director: own })).toEqual(before);
    expect(readdirSync(folder)).not.toContain('new.rules');
  }

  /** Whose configuration says so, root or not. */
  function accountWith(configuration: string): Account {
    const place = join(folder, '.config', 'lvstop');
    mkdirSync(place, { recursive: true, mode: 0o700 });
    writeFileSync(join(place, 'config.toml'), configuration, { mode: 0o600 });
    return { userId: process.geteuid?.() ?? null, home: folder, environment: { HOME: folder } };
  }

  test.each(writing)('%s writes nothing with --read-only', async (line) => {
    await expectUntouched(['--read-only', ...words(line)], 'lvstop was called with --read-only');
  });

  test.each(writing)('%s writes nothing where the configuration says so', async (line) => {
    const account = accountWith('readOnly = true\n');
    await expectUntouched(words(line), 'the configuration says readOnly = true', account);
  });

  test.each(writing)('%s writes nothing where the configuration is broken and may say so', async (line) => {
    const account = accountWith('mouse = true\nreadOnly = yes\n');
    const reason = 'the configuration is broken and may say readOnly: ';
    await expectUntouched(words(line), `${reason}${folder}/.config/lvstop/config.toml line 2: `, account);
  });

  test.each(['list', 'watch -n 1', 'doctor', 'walk tcp:203.0.113.10:80'])(
    '%s goes on with a broken configuration, and says so',
    async (line) => {
      const account = accountWith('readOnly = yes\n');
      const { exitCode, out, err } = await lvstop(words(line), { director: director(), account });
      expect([0, 1]).toContain(exitCode);
      expect(out === '' && !line.startsWith('doctor')).toBe(false);
      expect(err).toMatch(
        /^warning: .*config\.toml line 1: .*readOnly.*; until that is mended nothing is written/,
      );
    },
  );

  test('--config names the file that counts', async () => {
    const own = director();
    const account = accountWith('readOnly = true\n');
    const named = join(folder, 'mine.toml');
    const edit = () =>
      lvstop(['--config', named, ...words('weight tcp:203.0.113.10:80 10.0.0.21:80 9')], {
        director: own,
        account,
      });
    const missing = await edit();
    expect(missing.exitCode).toBe(2);
    expect(missing.err).toContain(`read the configuration ${named}: there is no such file`);
    writeFileSync(named, 'readOnly = maybe\n', { mode: 0o600 });
    expect((await edit()).err).toContain(`${named} line 1: this is no TOML: `);
    writeFileSync(named, 'readOnly = false\n', { mode: 0o600 });
    expect((await edit()).exitCode).toBe(0);
    const listed = await lvstop(['--config', join(folder, 'none.toml'), 'list'], { director: own, account });
    expect(listed.exitCode).toBe(2);
    const shown = await lvstop(['--config', named, 'config', '--path'], { account });
    expect(shown.out).toBe(`${named}\n`);
  });

  test('what only shows goes on', async () => {
    const shown = await lvstop(
      ['--read-only', ...words('weight tcp:203.0.113.10:80 10.0.0.21:80 9 --dry-run')],
      { director: director() },
    );
    expect(shown.exitCode).toBe(0);
    expect(shown.out).toContain('-w 9');
    expect((await lvstop(['--read-only', 'save', '-'], { director: director() })).exitCode).toBe(0);
  });
});
