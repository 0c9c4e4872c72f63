import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { lvstop, type Surroundings } from './harness.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });

/** The words that are offered for the last one, which may be empty. */
async function offered(words: readonly string[], surroundings: Surroundings = {}): Promise<string[]> {
  const { exitCode, out, err } = await lvstop(['complete', '--', ...words], surroundings);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return out.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

it('offers all commands, and not itself', async () => {
  const words = await offered(['']);
  expect(words).toEqual(expect.arrayContaining(['list', 'weight', 'completion']));
  expect(words).not.toContain('complete');
});

it.each([
  [['we'], ['weight']],
  [['help', 'we'], ['weight']],
  [
    ['add', ''],
    ['service', 'real'],
  ],
  [['add', 'service', 'tcp:192.0.2.1:80', '--sched'], ['--scheduler']],
  [['add', 'service', 'tcp:192.0.2.1:80', '-s', 'wl'], ['wlc']],
  [['list', '--format', 'ip'], ['ipvsadm']],
  [['list', '--format=ip'], ['--format=ipvsadm']],
  [
    ['sync', 'start', ''],
    ['master', 'backup'],
  ],
  [['mode', '--demo', 'tcp:203.0.113.10:80', '10.0.0.21:8080', 'd'], ['dr']],
  [['apply', ''], [':files']],
  [['save', '--format', 'json', ''], [':files']],
  [['completion', 'b'], ['bash']],
  [['nonsense', ''], []],
])('%j is completed to %j', async (words, expected) => {
  expect(await offered(words)).toEqual(expected);
});

it('offers services, and the real servers of the one on the line', async () => {
  expect(await offered(['weight', 'tcp:203.0.113.10'], { director })).toEqual([
    'tcp:203.0.113.10:80',
    'tcp:203.0.113.10:443',
  ]);
  const realServers = await offered(['weight', 'tcp:203.0.113.10:80', ''], { director });
  expect(realServers).toContain('10.0.0.21:8080');
  const drained = ['drain', 'tcp:203.0.113.10:80', '10.0.0.22:8080', '10.0.0.21'];
  expect(await offered(drained, { director })).toEqual(['10.0.0.21:8080']);
});

it('does not offer an option that is given already', async () => {
  expect(await offered(['list', '--demo', '--de'])).toEqual([]);
});

it('offers changes of the journal with what they did', async () => {
  const journal = createMemoryJournal();
  const surroundings = { director, openJournal: () => journal };
  await lvstop(['weight', 'tcp:203.0.113.10:80', '10.0.0.21:8080', '9'], surroundings);
  const { out } = await lvstop(['complete', '--', 'undo', ''], surroundings);
  expect(out).toMatch(/^[0-9a-f]+\t.*10\.0\.0\.21:8080/);
});

describe('hosts behind --host', () => {
  const home = mkdtempSync(join(tmpdir(), 'lvstop-complete-'));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  put(
    '.config/lvstop/config.toml',
    '[hosts."lb1.example"]\nsudo = true\n[groups]\nedge = ["lb1.example", "lb2"]\n',
  );
  put('.ssh/config', 'Include more/*.conf\nHost lb-east "lb-west" lb-*\n  User ada\n');
  put('.ssh/more/own.conf', 'host=lab\n  Include more/*.conf\n');
  put(
    '.ssh/known_hosts',
    '|1|aGFzaA==|aGFzaA== ssh-ed25519 AAAA\nlb3,10.0.0.3,[lb4]:2222 ssh-ed25519 AAAA\n',
  );
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const account = { userId: process.getuid?.() ?? null, home, environment: {} };

  it.each([
    [
      ['--host', ''],
      ['lab', 'lb-east', 'lb-west', 'lb3', 'lb1.example', 'edge'],
    ],
    [['--host', 'lb-e'], ['lb-east']],
    [['--host=lb-e'], ['--host=lb-east']],
    [['--host', 'ada@lb1'], ['ada@lb1.example']],
    [['--host', 'lb-east,lb-'], ['lb-east,lb-west']],
  ])('%j is completed to %j', async (words, expected) => {
    const found = await offered(words, { account });
    // The machine's own ssh may know more.
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(found).not.toContain('lb-*');
    expect(found.filter((word) => word.includes('10.0.0.3') || word.includes('lb4'))).toEqual([]);
  });

  it('nothing of this machine stands for what is over there', async () => {
    expect(await offered(['--host', 'lb1', 'weight', 'tcp:'], { account, director })).toEqual([]);
    expect(await offered(['--host', 'lb1', 'add', 'service', 'tcp:192.0.2.1:80', '-s', 'wl'])).toEqual([
      'wlc',
    ]);
  });
});

it('is silent where nothing may be read', async () => {
  expect(await offered(['weight', ''])).toEqual([]);
  expect(await offered(['weight', 'no service', ''], { director })).toEqual([]);
});
