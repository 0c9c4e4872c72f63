import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryJournal } from '../../../src/changes/journal/memory-journal.ts';
import { findRealServer } from '../../../src/changes/steps/table-state.ts';
import { trackedNumber } from '../../../src/formats/keepalived/file-checks.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import type { KeepalivedProcess } from '../../../src/manager/keepalived/keepalived-process.ts';
import type { LastingTools } from '../../../src/manager/lasting/lasting-change.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { afterDeath } from '../../changes/journal/after-death.ts';
import { directorWith } from '../../changes/table.ts';
import { setRealServer } from '../../director/table-edits.ts';
import { keepalivedWith, reloading } from '../../manager/configured.ts';
import { lvstop, words } from '../harness.ts';

const text = `# the shop
virtual_server 192.0.2.10 80 {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.21 80 {
    weight 3  # big
    TCP_CHECK { connect_timeout 3 }
  }
  real_server 10.0.0.22 80 {
    weight 2
  }
}
`;

const nat = { forwarding: 'nat' } as const;
const service = parseService('tcp:192.0.2.10:80');
const table = () =>
  directorWith({
    'tcp:192.0.2.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:80', { ...nat, weight: 3 }],
      ['10.0.0.22:80', { ...nat, weight: 2 }],
    ],
  });

function site(content = text) {
  const director = table();
  const keepalived = keepalivedWith(content);
  const journal = createMemoryJournal();
  const tools: NonNullable<Parameters<typeof lvstop>[1]>['lastingTools'] & object = {
    test: () => Promise.resolve({ isGood: true, complaints: [] }),
    reload: reloading(director),
    patience: 50,
  };
  const call = (line: string, more: Partial<Parameters<typeof lvstop>[1] & object> = {}) =>
    lvstop(words(line), { director, keepalived, lastingTools: tools, openJournal: () => journal, ...more });
  return {
    director,
    keepalived,
    journal,
    tools,
    call,
    content: () => readFileSync(keepalived.file, 'utf8'),
    weight: (real = '10.0.0.21:80') =>
      findRealServer(director, service, parseRealServer(real))?.realServer.weight,
  };
}

const drain = 'weight tcp:192.0.2.10:80 10.0.0.21:80 0';

test('a lasting weight is shown as a difference of the file, written, read by keepalived and seen in the table', async () => {
  const { call, keepalived, content, weight } = site();
  expect(await call(`${drain} --lasting`)).toEqual({
    exitCode: 0,
    out: `edit real server 10.0.0.21:80 of tcp:192.0.2.10:80: weight 3 → 0\n1 line changed in ${keepalived.file}, which keepalived (process 4711) has read\n`,
    err: [
      `${keepalived.file}:`,
      '… line 4',
      '    lb_kind NAT',
      '    protocol TCP',
      '    real_server 10.0.0.21 80 {',
      '-     weight 3  # big',
      '+     weight 0  # big',
      '      TCP_CHECK { connect_timeout 3 }',
      '    }',
      '    real_server 10.0.0.22 80 {',
      `the version before is ${join(dirname(keepalived.file), '.keepalived.conf.before-lvstop')}`,
      '',
    ].join('\n'),
  });
  expect(content()).toBe(text.replace('weight 3', 'weight 0'));
  expect(statSync(keepalived.file).mode & 0o777).toBe(0o640);
  expect(readFileSync(join(dirname(keepalived.file), '.keepalived.conf.before-lvstop'), 'utf8')).toBe(text);
  expect(weight()).toBe(0);
});

test('a lasting deletion is done when the reload has taken the real server out', async () => {
  const { call, content, weight } = site();
  const removed = await call('delete real tcp:192.0.2.10:80 10.0.0.22:80 --lasting --yes');
  expect(removed, removed.err).toMatchObject({ exitCode: 0 });
  expect(content()).not.toContain('10.0.0.22');
  expect(weight('10.0.0.22:80')).toBeUndefined();
  expect(await call('undo --yes')).toMatchObject({ exitCode: 0 });
  expect(content()).toBe(text);
  expect(weight('10.0.0.22:80')).toBe(2);
});

test('it is one change of the journal, and undone in both places', async () => {
  const { call, content, weight, keepalived } = site();
  await call(`${drain} --lasting`);
  expect((await call('journal')).out).toContain(`weight 3 → 0; lasting, in ${keepalived.file}`);
  const undone = await call('undo --yes');
  expect(undone).toMatchObject({ exitCode: 0, out: expect.stringContaining('weight 0 → 3') });
  expect(content()).toBe(text);
  expect(weight()).toBe(3);
  expect((await call('undo')).err).toContain('nothing to undo');
});

test('without --lasting it is told when keepalived undoes it, and with --now nothing', async () => {
  const { call, content, weight, keepalived } = site();
  expect((await call(drain)).err).toContain(
    `now only: keepalived (process 4711) undoes it when its TCP_CHECK fails and passes again, and when it restarts; --lasting changes ${keepalived.file}, too`,
  );
  expect((await call(`${drain.slice(0, -1)}1 --now`)).err).not.toContain('keepalived');
  expect(content()).toBe(text);
  expect(weight()).toBe(1);
});

test('what is at the weight already is made to stay there', async () => {
  const { call, content, weight } = site();
  await call(`${drain} --now`);
  expect((await call(`${drain} --lasting`)).exitCode).toBe(0);
  expect(content()).toBe(text.replace('weight 3', 'weight 0'));
  expect(weight()).toBe(0);
  expect((await call('undo')).exitCode).toBe(0);
  expect(content()).toBe(text);
});

test('thresholds, which a reload does not set, are in the file and in the kernel', async () => {
  const { call, content, director } = site();
  const line = 'edit real tcp:192.0.2.10:80 10.0.0.22:80 --upper 50 --lasting';
  expect(await call(line)).toMatchObject({ exitCode: 0 });
  expect(content()).toContain('    uthreshold 50\n    weight 2');
  const found = findRealServer(director, service, parseRealServer('10.0.0.22:80'));
  expect(found?.realServer.upperThreshold).toBe(50);
});

test('a configuration that keepalived refuses is not written', async () => {
  const { call, content, weight, tools } = site();
  const complaint = '(/etc/keepalived/keepalived.conf: Line 7) number 0 outside range';
  const test: LastingTools['test'] = (_keepalived, _files, { bytes }) =>
    Promise.resolve(
      bytes.toString() === text
        ? { isGood: true, complaints: [] }
        : { isGood: false, complaints: [complaint] },
    );
  const ended = await call(`${drain} --lasting`, { lastingTools: { ...tools, test } });
  expect(ended).toMatchObject({ exitCode: 2, out: '' });
  expect(ended.err).toContain(`keepalived refuses what would be written: ${complaint}; nothing was done`);
  expect(content()).toBe(text);
  expect(weight()).toBe(3);
});

test('faults that the file had before are told and do not speak against a change', async () => {
  const { call, content, tools } = site();
  const test = () =>
    Promise.resolve({ isGood: false, complaints: ['SECURITY VIOLATION - scripts are being executed'] });
  const ended = await call(`${drain} --lasting`, { lastingTools: { ...tools, test } });
  expect(ended).toMatchObject({
    exitCode: 0,
    err: expect.stringContaining('and with the new one no other: SECURITY'),
  });
  expect(content()).toBe(text.replace('weight 3', 'weight 0'));
});

test('a table that does not become what is foretold has the file put back', async () => {
  const { call, content, weight, tools } = site();
  const read: string[] = [];
  const reload = ({ file }: KeepalivedProcess) => void read.push(readFileSync(file, 'utf8'));
  const ended = await call(`${drain} --lasting`, { lastingTools: { ...tools, reload } });
  expect(ended.exitCode).toBe(4);
  expect(ended.err).toContain('the table is not as foretold after 0.05 s');
  expect(ended.err).toContain('the file is as it was, and keepalived reads it again');
  expect(content()).toBe(text);
  expect(read).toEqual([text.replace('weight 3', 'weight 0'), text]);
  expect(weight()).toBe(3);
});

test('a file that another hand changes while the table is looked at once more is left as that hand made it', async () => {
  const { director, keepalived, tools, call, content } = site();
  const theirs = text.replace('weight 2', 'weight 7');
  let isTested = false;
  const test = () => {
    isTested = true;
    return Promise.resolve({ isGood: true, complaints: [] });
  };
  const looked = new Proxy(director, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        if (isTested) writeFileSync(keepalived.file, theirs);
        return Reflect.apply(value, target, given);
      };
    },
  });
  expect(
    await call(`${drain} --lasting`, { director: looked, lastingTools: { ...tools, test } }),
  ).toMatchObject({ exitCode: 4, err: expect.stringContaining('another hand has changed the file') });
  expect(content()).toBe(theirs);
});

test('a file that another hand changes between reading and writing is left as that hand made it', async () => {
  const { call, content, weight, tools, keepalived } = site();
  const test = () => {
    writeFileSync(keepalived.file, `${text}# theirs\n`);
    return Promise.resolve({ isGood: true, complaints: [] });
  };
  const ended = await call(`${drain} --lasting`, { lastingTools: { ...tools, test } });
  expect(ended).toMatchObject({
    exitCode: 4,
    err: expect.stringContaining('another hand has changed the file'),
  });
  expect(content()).toBe(`${text}# theirs\n`);
  expect(weight()).toBe(3);
});

test('a keepalived that has ended meanwhile is told, and the file is as it was', async () => {
  const { call, content, keepalived } = site();
  let looks = 0;
  const ended = await call(`${drain} --lasting`, {
    keepalived: () => (looks++ < 2 ? keepalived : undefined),
  });
  expect(ended).toMatchObject({ exitCode: 4, err: expect.stringContaining('has ended') });
  expect(content()).toBe(text);
});

test('a template is said first, and asked about', async () => {
  const { call, content, keepalived } = site(text.replace('# the shop', '# Ansible managed'));
  const ended = await call(`${drain} --lasting`);
  expect(ended).toMatchObject({ exitCode: 2 });
  expect(ended.err).toContain(`warning: ${keepalived.file}:1 says "# Ansible managed"`);
  expect(content()).toContain('weight 3');
  expect((await call(`${drain} --lasting --yes`)).exitCode).toBe(0);
  expect(content()).toContain('weight 0');
});

test('without keepalived nothing can be lasting', async () => {
  const { director } = site();
  expect(await lvstop(words(`${drain} --lasting`), { director })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('no keepalived is seen'),
  });
});

describe('undo of a lasting change', () => {
  const now = (weight: number) => `weight tcp:192.0.2.10:80 10.0.0.21:80 ${weight} --now`;

  test('shows the difference of the file and the steps of the table before it does anything', async () => {
    const { call, content, weight, keepalived } = site();
    await call(`${drain} --lasting`);
    const shown = await call('undo --dry-run');
    expect(shown.exitCode).toBe(0);
    expect(shown.out).toContain(`${keepalived.file}:\n`);
    expect(shown.out).toContain('\n-     weight 0  # big\n+     weight 3  # big\n');
    expect(shown.out).toMatch(/\nipvsadm -e -t 192\.0\.2\.10:80 -r 10\.0\.0\.21:80 -m -w 3/);
    expect([content(), weight()]).toEqual([text.replace('weight 3', 'weight 0'), 0]);
  });

  test('is refused whole where another hand has changed the file since, with both versions', async () => {
    const { call, content, weight, keepalived } = site();
    await call(`${drain} --lasting`);
    const theirs = text.replace('weight 3  # big', 'weight 7  # bigger');
    writeFileSync(keepalived.file, theirs);
    for (const line of ['undo --dry-run', 'undo --yes']) {
      const refused = await call(line);
      expect(refused, line).toMatchObject({ exitCode: 4, out: '' });
      expect(refused.err).toContain(
        `${keepalived.file}:7 was changed since: this change left "weight 0  # big", and it is "weight 7  # bigger"`,
      );
    }
    expect([content(), weight()]).toEqual([theirs, 0]);
  });

  test('is refused whole where another hand has changed the table since, and of both both are told', async () => {
    const { call, content, weight, keepalived } = site();
    await call(`${drain} --lasting`);
    await call(`${now(7)} --no-journal`);
    const written = text.replace('weight 3', 'weight 0');
    const table = await call('undo --yes');
    expect(table).toMatchObject({ exitCode: 4, out: '' });
    expect(table.err).toContain(
      '10.0.0.21:80 of tcp:192.0.2.10:80 was changed since: this change left it NAT, weight 0',
    );
    expect(table.err).toContain('and it is NAT, weight 7');
    expect(table.err).toContain('nothing was written');
    expect([content(), weight()]).toEqual([written, 7]);

    const theirs = text.replace('weight 3', 'weight 8');
    writeFileSync(keepalived.file, theirs);
    const both = await call('undo --yes');
    expect(both.exitCode).toBe(4);
    expect(both.err).toContain('and it is NAT, weight 7');
    expect(both.err).toContain('and it is "weight 8  # big"');
    expect([content(), weight()]).toEqual([theirs, 7]);
  });

  test('goes through what else has changed in the file', async () => {
    const { call, content, weight, keepalived } = site();
    await call(`${drain} --lasting`);
    writeFileSync(keepalived.file, `# theirs\n\n${content()}`);
    expect(await call('undo --yes')).toMatchObject({ exitCode: 0 });
    expect([content(), weight()]).toEqual([`# theirs\n\n${text}`, 3]);
  });

  test('is of the table only where the file says again what it said before', async () => {
    const { call, content, weight, keepalived } = site();
    await call(`${drain} --lasting`);
    writeFileSync(keepalived.file, text);
    const undone = await call('undo --yes');
    expect(undone).toMatchObject({ exitCode: 0, out: expect.stringContaining('weight 0 → 3') });
    expect(undone.out).not.toContain('changed in');
    expect([content(), weight()]).toEqual([text, 3]);
  });

  test('writes nothing where the table is changed between the preview and the write', async () => {
    const { call, content, weight, tools, director } = site();
    await call(`${drain} --lasting`);
    const written = content();
    const test = async () => {
      await lvstop(words(`${now(6)} --no-journal`), { director });
      return { isGood: true, complaints: [] };
    };
    const ended = await call('undo --yes', { lastingTools: { ...tools, test } });
    expect(ended).toMatchObject({ exitCode: 4, out: '' });
    expect(ended.err).toContain('it was changed meanwhile: it was NAT, weight 0');
    expect(ended.err).toContain('and is NAT, weight 6');
    expect(ended.err).toContain('nothing was written');
    expect([content(), weight()]).toEqual([written, 6]);
  });

  test('that fails leaves file and table as they were, and says so', async () => {
    const { call, content, weight, tools, director } = site();
    await call(`${drain} --lasting`);
    const written = content();
    // What this keepalived makes of a changed file is neither what is foretold nor what was.
    const reload = () => {
      const present = findRealServer(director, service, parseRealServer('10.0.0.21:80'));
      if (present !== undefined) setRealServer(director, service, { ...present.realServer, weight: 5 });
    };
    const ended = await call('undo --yes', { lastingTools: { ...tools, reload } });
    expect(ended.exitCode).toBe(4);
    expect(ended.err).toContain(
      'the file is as it was, and keepalived reads it again; the table is as it was',
    );
    expect([content(), weight()]).toEqual([written, 0]);
    expect((await call('journal')).out).toContain('failed');
  });

  test('of one that was cut off between the file and the table takes the file back', async () => {
    const { call, content, weight, journal } = site();
    await call(`${drain} --lasting`);
    const [made] = allAtOnce(journal.read(1)).changes;
    if (made?.file == null) throw new Error('it is in the journal with its file');
    await call(`${now(3)} --no-journal`);
    const cutOff = createMemoryJournal();
    const { origin, file, steps } = made;
    allAtOnce(cutOff.begin({ origin, undoes: null, file, steps }));
    const undone = await call('undo --yes', { openJournal: () => afterDeath(cutOff) });
    expect(undone, undone.err).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('1 line changed in'),
    });
    expect([content(), weight()]).toEqual([text, 3]);
  });
});

describe('a weight by the file of a FILE_CHECK', () => {
  const configuration = (path: string, more = '') => `track_file big {
  file "${path}"
  weight -2
  init_file 0 overwrite
}
${more}virtual_server 192.0.2.10 80 {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.21 80 {
    weight 4
    FILE_CHECK { track_file big }
  }
  real_server 10.0.0.22 80 {
    weight 2
  }
}
`;

  /** A site whose keepalived follows the file, as it does whenever it is looked at. */
  function trackedSite(configured = configuration) {
    const folder = mkdtempSync(join(tmpdir(), 'lvstop-tracked-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'big');
    writeFileSync(path, '0\n', { mode: 0o604 });
    const all = site(configured(path));
    const { director } = all;
    const follow = (weightFor = (number: number) => Math.max(0, 4 - 2 * number)) => {
      const present = findRealServer(director, service, parseRealServer('10.0.0.21:80'));
      const weight = weightFor(trackedNumber(readFileSync(path, 'utf8')) ?? 0);
      if (present !== undefined && present.realServer.weight !== weight)
        setRealServer(director, service, { ...present.realServer, weight });
      return all.keepalived;
    };
    follow();
    const reload = () => expect.unreachable('nobody is told to reload');
    const test = () => expect.unreachable('nothing is tested');
    const call = (line: string, keepalived = () => follow()) =>
      all.call(line, { keepalived, lastingTools: { reload, test, patience: 50 } });
    return { ...all, call, follow, path, number: () => readFileSync(path, 'utf8') };
  }

  test('is written whole, and nothing is tested or reloaded; its undo is the same', async () => {
    const { call, number, weight, content, path } = trackedSite();
    const before = content();
    const done = await call(`${drain} --track-file`);
    expect(done, done.err).toMatchObject({ exitCode: 0 });
    expect(done.out).toContain(
      `1 line changed in ${path}, which keepalived (process 4711) follows without a reload`,
    );
    expect(done.err).toContain(`${path}:\n- 0\n+ 2\n`);
    expect(done.err).toContain(`writes another number into ${path} when it starts`);
    expect([number(), weight(), content()]).toEqual(['2\n', 0, before]);
    expect(statSync(path).mode & 0o777).toBe(0o604);
    expect((await call('undo --dry-run')).out).toContain('- 2\n+ 0\n');
    const undone = await call('undo --yes');
    expect(undone, undone.err).toMatchObject({ exitCode: 0 });
    expect([number(), weight()]).toEqual(['0\n', 4]);
  });

  test('is refused where no number makes it, and where others go by the same file', async () => {
    const { call, number } = trackedSite();
    const odd = await call('weight tcp:192.0.2.10:80 10.0.0.21:80 3 --track-file');
    expect(odd).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('no number times -2 makes 4 into 3'),
    });
    const none = await call('weight tcp:192.0.2.10:80 10.0.0.22:80 3 --track-file');
    expect(none).toMatchObject({ exitCode: 2, err: expect.stringContaining('it has no FILE_CHECK') });
    expect(number()).toBe('0\n');
    const shared = trackedSite((path) =>
      configuration(path, 'vrrp_instance outside {\n  track_file {\n    big weight 1\n  }\n}\n'),
    );
    const refused = await shared.call(`${drain} --track-file`);
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain('vrrp_instance outside goes by the same file, and would change with it');
    expect(shared.number()).toBe('0\n');
  });

  test('goes back where keepalived does not follow, or another hand has changed the number since', async () => {
    const { call, number, weight, follow, keepalived, path } = trackedSite();
    const failed = await call(`${drain} --track-file`, () => keepalived);
    expect(failed.exitCode).toBe(4);
    expect(failed.err).toContain('the file is as it was, and keepalived follows it; the table is as it was');
    expect([number(), weight()]).toEqual(['0\n', 4]);
    expect(await call(`${drain} --track-file`)).toMatchObject({ exitCode: 0 });
    writeFileSync(path, '1\n');
    follow();
    const refused = await call('undo --yes');
    expect(refused.exitCode).toBe(4);
    expect(refused.err).toContain('this change left "2", and it is "1"');
    expect(refused.err).toContain('and it is NAT, weight 2');
    expect([number(), weight()]).toEqual(['1\n', 2]);
  });
});
