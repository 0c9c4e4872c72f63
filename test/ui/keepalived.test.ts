import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Drain, DrainOrder } from '../../src/changes/drain/drain.ts';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import { findRealServer } from '../../src/changes/steps/table-state.ts';
import { performPlan } from '../../src/changes/write/perform-plan.ts';
import type { Director } from '../../src/director/director.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { directorWith } from '../changes/table.ts';
import { setRealServer } from '../director/table-edits.ts';
import { keepalivedWith, reloading } from '../manager/configured.ts';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

const text = `# Ansible managed
vrrp_instance outside {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    192.0.2.10/32
  }
}
virtual_server 192.0.2.10 80 {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  # the big one
  real_server 10.0.0.21 80 {
    weight 3
    TCP_CHECK { connect_timeout 3 }
  }
  real_server 10.0.0.22 80 {
    weight 2
  }
}
`;
const noLog = { kind: 'unread', reason: 'the test has none' } as const;
const nat = { forwarding: 'nat' } as const;
const web = parseService('tcp:192.0.2.10:80');

let screen: OpenScreen;
afterEach(() => screen.close());

async function open(draft: ScreenDraft = {}) {
  const director = directorWith({
    'tcp:192.0.2.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:80', { ...nat, weight: 3 }],
      ['10.0.0.22:80', { ...nat, weight: 9 }],
    ],
    'tcp:192.0.2.11:80': [{}, ['10.0.0.31:80', nat]],
  });
  const keepalived = keepalivedWith(text);
  screen = await openScreen({
    director,
    findKeepalived: () => keepalived,
    keepalivedTools: { readLog: () => Promise.resolve(noLog) },
    lastingTools: {
      test: () => Promise.resolve({ isGood: true, complaints: [] }),
      reload: reloading(director),
      patience: 200,
    },
    ...draft,
  });
  await until('keepalived is known', () => screen.controller.manager?.view.kind === 'keepalived');
  await screen.read();
  const weight = (real: string) =>
    findRealServer(director, parseService('tcp:192.0.2.10:80'), parseRealServer(real))?.realServer.weight;
  return { director, file: keepalived.file, content: () => readFileSync(keepalived.file, 'utf8'), weight };
}

function deleteRealServer(director: Director, real: string): void {
  const intention = {
    kind: 'delete real server',
    service: parseService('tcp:192.0.2.10:80'),
    realServer: parseRealServer(real),
  } as const;
  allAtOnce(performPlan(director, allAtOnce(makePlan(director, [intention]))));
}

async function reach(row: string): Promise<void> {
  await screen.press('/');
  await screen.type(row);
  await screen.press('enter', 'G');
}

describe('a table that keepalived keeps', () => {
  it('says in how much it differs, and K shows where and why', async () => {
    await open();
    expect(screen.text()).toContain('▲ 2 differences from keepalived: K');
    await screen.press('K');
    expect(screen.text()).toContain('keepalived (process 4711) by /');
    expect(screen.text()).toContain('○ VRRP outside: backup: its addresses are elsewhere');
    expect(screen.text()).toMatch(/10\.0\.0\.22:80 of tcp:192\.0\.2\.10:80\n +weight 9, configured 2/);
  });

  it('asks how long an edit shall last: now only leaves the file alone', async () => {
    const { content, weight } = await open();
    await reach('10.0.0.21');
    await screen.press('w', '1', 'enter');
    expect(screen.text()).toContain('how long shall it last?');
    expect(screen.text()).toContain('says "# Ansible managed"');
    expect(screen.text()).toContain('keepalived undoes it when its TCP_CHECK fails and passes again');
    expect(screen.text()).toMatch(/- +weight 3\s/);
    expect(screen.text()).toMatch(/\+ +weight 1\s/);
    await screen.press('n');
    expect([weight('10.0.0.21:80'), content()]).toEqual([1, text]);
  });

  it('makes it last, and u takes it back in both places', async () => {
    const { content, weight } = await open();
    await reach('10.0.0.21');
    await screen.press('w', '1', 'enter', 'l');
    await until('it is done', () => screen.text().includes('in /') && weight('10.0.0.21:80') === 1);
    expect(content()).toBe(text.replace('weight 3', 'weight 1'));
    await screen.press('u');
    expect(screen.text()).toMatch(/- +weight 1\s/);
    expect(screen.text()).toMatch(/\+ +weight 3\s/);
    expect(screen.text()).toContain('ipvsadm -e -t 192.0.2.10:80 -r 10.0.0.21:80 -m -w 3');
    await screen.press('enter');
    await until('it is undone', () => weight('10.0.0.21:80') === 3);
    await until('that is said', () => screen.text().includes('undone: weight'));
    expect(content()).toBe(text);
  });

  it('keeps on the screen why a lasting change failed, and stays open though it was to end after it', async () => {
    const reloads: string[] = [];
    const tested = Promise.withResolvers<{ isGood: true; complaints: [] }>();
    const { content, weight } = await open({
      lastingTools: {
        test: () => tested.promise,
        reload: ({ file }) => void reloads.push(readFileSync(file, 'utf8')),
        patience: 200,
      },
    });
    await reach('10.0.0.21');
    await screen.press('w', '1', 'enter', 'l', 'q');
    expect(screen.text()).toContain('the change is being written: lvstop ends after it');
    tested.resolve({ isGood: true, complaints: [] });
    await until('it has failed', () => !screen.controller.isBusy);
    for (let reading = 0; reading < 3; reading++) {
      await screen.read();
      expect(screen.controller.getState().message).toMatchObject({
        kind: 'refusal',
        text: expect.stringMatching(/the table is not as foretold after 0\.2 s; .* the table is as it was$/),
      });
      expect(screen.text()).toContain('make the change lasting in');
    }
    expect(screen.requests).not.toContain('quit');
    expect(reloads).toEqual([text.replace('weight 3', 'weight 1'), text]);
    expect([content(), weight('10.0.0.21:80')]).toEqual([text, 3]);
    await screen.press('E');
    expect(screen.text()).toContain('make the change lasting in');
  });

  for (const [draft, reason] of [
    [{ readOnly: true }, 'lvstop was started with --read-only'],
    [{ state: { readOnly: 'setting' } }, 'the configuration says readOnly = true'],
  ] as const) {
    it(`does not ask keepalived, and says why: ${reason}`, async () => {
      let asked = 0;
      await open({
        ...draft,
        keepalivedTools: {
          readLog: () => Promise.resolve(noLog),
          ask: () => {
            asked++;
            return Promise.reject(new Error('asked'));
          },
        },
      });
      await screen.press('K', 'a');
      expect(screen.text()).toContain(`keepalived is not asked, since it would write files: ${reason}`);
      expect(asked).toBe(0);
    });
  }

  it('does not take it back where another hand has changed the file since, and shows both versions', async () => {
    const { content, weight, file } = await open();
    await reach('10.0.0.21');
    await screen.press('w', '1', 'enter', 'l');
    await until('it is done', () => screen.text().includes('in /') && weight('10.0.0.21:80') === 1);
    const theirs = content().replace('weight 1', 'weight 8');
    writeFileSync(file, theirs);
    await screen.press('u');
    const told = screen.text().replace(/[│\s]+/g, ' ');
    expect(told).toContain('was changed since: this change left "weight 1", and it is "weight 8"');
    expect(told).toContain('nothing was written');
    await screen.press('enter');
    expect([weight('10.0.0.21:80'), content()]).toEqual([1, theirs]);
  });

  describe('with a FILE_CHECK', () => {
    /** A screen beside a keepalived that follows the number in a file, as it does whenever it is looked at. */
    async function openTracked(draft: ScreenDraft = {}) {
      const folder = mkdtempSync(join(tmpdir(), 'lvstop-tracked-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const path = join(folder, 'big');
      writeFileSync(path, '0\n');
      const number = () => readFileSync(path, 'utf8');
      let site: Awaited<ReturnType<typeof open>> | undefined;
      const configuration = `track_file big {\n  file "${path}"\n}\n${text.replace('TCP_CHECK { connect_timeout 3 }', 'FILE_CHECK { track_file big }')}`;
      const keepalived = keepalivedWith(configuration);
      const follow = () => {
        const own = parseRealServer('10.0.0.21:80');
        const present = site && findRealServer(site.director, web, own)?.realServer;
        // keepalived takes a file that is gone for 0, as it is when the test has ended.
        const wanted = Math.max(0, 3 + (existsSync(path) ? Number(number()) : 0));
        if (site !== undefined && present !== undefined && present.weight !== wanted)
          setRealServer(site.director, web, { ...present, weight: wanted });
        return keepalived;
      };
      site = await open({ ...draft, findKeepalived: follow });
      return { ...site, number, configuration: () => readFileSync(keepalived.file, 'utf8') };
    }

    it('offers its file, where nothing has to be reloaded', async () => {
      const { number, weight } = await openTracked();
      await reach('10.0.0.21');
      await screen.press('w', '1', 'enter');
      expect(screen.text()).toContain('f  lasting, by the track_file of its FILE_CHECK');
      expect(screen.text()).toContain('nothing is reloaded');
      await screen.press('f');
      await until('it is done', () => weight('10.0.0.21:80') === 1 && !screen.controller.isBusy);
      expect(number()).toBe('-2\n');
      await screen.press('u');
      expect(screen.text()).toMatch(/- -2\s/);
      await screen.press('enter');
      await until('it is undone', () => weight('10.0.0.21:80') === 3 && !screen.controller.isBusy);
      expect(number()).toBe('0\n');
    });

    for (const [ending, keys] of [
      ['old weight', ['down', 'enter', 'f']],
      ['delete', ['down', 'down', 'enter', 'y', 'f']],
    ] as const) {
      it(`drains by it, and ends through the files: ${ending}`, async () => {
        const { number, weight, configuration } = await openTracked({
          lastingTools: {
            test: () => Promise.resolve({ isGood: true, complaints: [] }),
            reload: ({ file }) => {
              if (!readFileSync(file, 'utf8').includes('10.0.0.21'))
                deleteRealServer(screen.director, '10.0.0.21:80');
            },
            patience: 200,
          },
        });
        await reach('10.0.0.21');
        await screen.press('D', ...keys);
        await until('it is at weight 0', () => weight('10.0.0.21:80') === 0 && number() === '-3\n');
        await until('it has its end', async () => {
          await screen.read();
          return !screen.controller.isBusy;
        });
        expect([weight('10.0.0.21:80'), number()]).toEqual(
          ending === 'delete' ? [undefined, '-3\n'] : [3, '0\n'],
        );
        expect(configuration().includes('10.0.0.21')).toBe(ending !== 'delete');
      });
    }
  });

  describe('the ending of a drain that is in the files', () => {
    const order: DrainOrder = {
      service: web,
      realServer: parseRealServer('10.0.0.21:80'),
      formerWeight: 3,
      ending: 'restore',
      until: 'all',
      beganAt: 0,
      timeout: null,
    };
    const over = { drain: { order } as Drain, kind: 'done', text: '' } as const;

    it('is not left behind unasked', async () => {
      await open();
      const { lasting } = screen.controller.drains;
      lasting.take([order], 'reload');
      lasting.follow([over]);
      await screen.press('q');
      expect(screen.requests).not.toContain('quit');
      expect(screen.text()).toContain('10.0.0.21:80 of tcp:192.0.2.10:80 is empty');
      await screen.press('y');
      expect(screen.requests).toContain('quit');
    });

    it('leaves the dialog alone that is open, also where only the table is to be changed', async () => {
      const { director, weight } = await open();
      const present = findRealServer(director, web, order.realServer);
      if (present === undefined) throw new Error('it is not there');
      setRealServer(director, web, { ...present.realServer, weight: 0 });
      const { lasting } = screen.controller.drains;
      await reach('10.0.0.22');
      await screen.press('w');
      const { dialog } = screen.controller.getState();
      expect(dialog).not.toBeNull();
      lasting.take([order], 'reload');
      lasting.follow([over]);
      await screen.read();
      await until('it has its end', () => weight('10.0.0.21:80') === 3 && !screen.controller.isBusy);
      expect(screen.controller.getState().dialog).toBe(dialog);
    });
  });

  it('has what checks make of rows and their names in columns, which the filter knows', async () => {
    await open({
      columns: 120,
      settings: { columns: ['weight', 'check', 'label'], names: { 'tcp:192.0.2.11:80': 'the other' } },
    });
    expect(screen.text()).toMatch(/10\.0\.0\.21:80 +3 +✓ up TCP_CHECK +the big one/);
    expect(screen.text()).toMatch(/10\.0\.0\.22:80 +9 +no check/);
    expect(screen.text()).toMatch(/tcp:192\.0\.2\.11:80 +1 +the other/);
    await screen.press('/');
    await screen.type('big');
    await screen.press('enter');
    expect(screen.text()).toContain('10.0.0.21:80');
    expect(screen.text()).not.toContain('10.0.0.22:80');
  });

  it('has names by which : goes to a row, and by which it filters', async () => {
    await open({ columns: 120, settings: { names: { 'tcp:192.0.2.11:80': 'the other' } } });
    const typed = async (line: string) => {
      await screen.press(':');
      await screen.type(line);
      await screen.press('enter');
      return screen.controller.getState().cursorKey;
    };
    expect(await typed('search the big one')).toContain('10.0.0.21:80');
    expect(await typed('search other')).toBe('tcp:192.0.2.11:80');
    await typed('filter named:big');
    expect(screen.text()).not.toContain('10.0.0.22:80');
  });

  it('tells of a service how many of its real servers are out, and since when that was seen', async () => {
    const { director } = await open({ columns: 120, settings: { columns: ['weight', 'check'] } });
    deleteRealServer(director, '10.0.0.21:80');
    screen.controller.manager?.hurry();
    await screen.read();
    await until('it is seen', () => (screen.controller.manager?.rows.checks.size ?? 0) === 2);
    await screen.read();
    expect(screen.text()).toMatch(/tcp:192\.0\.2\.10:80 .*▲ 1 of 2 down since \d\d:\d\d/);
  });

  it('has from keepalived’s own word since when, by which check, and what VRRP is', async () => {
    const down = Date.parse('2026-01-01T03:12:00');
    const service = 'tcp [192.0.2.10]:80';
    const realServer = '[10.0.0.21]:80';
    const ask = () =>
      Promise.resolve({
        time: down,
        sayings: [{ kind: 'vrrp', instance: 'outside', state: 'BACKUP', master: '192.0.2.3' }] as const,
        transitions: new Map([['outside', down]]),
      });
    const sayings = [
      { kind: 'check failed', realServer, check: 'TCP_CHECK', time: down },
      { kind: 'real server', service, realServer, state: 'down', time: down },
    ] as const;
    const readLog = () => Promise.resolve({ kind: 'read', source: 'the log', sayings } as const);
    const { director } = await open({
      columns: 140,
      settings: { columns: ['weight', 'check'] },
      keepalivedTools: { readLog, ask },
    });
    expect(screen.text()).toContain('VRRP backup');
    deleteRealServer(director, '10.0.0.21:80');
    screen.controller.manager?.hurry();
    await screen.read();
    await until('it is seen', () => (screen.controller.manager?.rows.checks.size ?? 0) === 2);
    await screen.read();
    await until('the log is read', async () => {
      await screen.read();
      return screen.text().includes('▲ 1 of 2 down since 01-01 03:12 10.0.0.21');
    });
    await screen.press('K');
    expect(screen.text()).toContain('keepalived says: taken out by a check: TCP_CHECK, since 01-01 03:12');
    expect(screen.text()).toContain('a asks it: on SIGUSR1 it writes its state over /tmp/keepalived.data');
    await screen.press('a');
    await until('it has told', () => screen.text().includes('keepalived has told its state'));
    await until('that is shown', async () => {
      await screen.read();
      return /master\s+is\s+192\.0\.2\.3/.test(screen.text());
    });
    await screen.press('escape');
    await reach('192.0.2.10');
    await screen.press('g', 'enter');
    expect(screen.text()).toContain('VRRP outside: backup');
    expect(screen.text()).toContain(
      '10.0.0.21:80 down since 01-01 03:12, by its TCP_CHECK: keepalived says so',
    );
  });

  it('does not ask about what keepalived does not have', async () => {
    const { content } = await open();
    await reach('10.0.0.31');
    await screen.press('w', '7', 'enter');
    expect(screen.text()).not.toContain('how long');
    expect(content()).toBe(text);
  });

  for (const [columns, rows] of [
    [80, 24],
    [120, 36],
    [200, 50],
  ] as const) {
    it(`fits ${columns}×${rows}`, async () => {
      const { weight } = await open({ columns, rows });
      await reach('10.0.0.21');
      await screen.press('w', '1', 'enter');
      expect(screen.text()).toContain('l lasting');
      await screen.press('l');
      await until('it is done', () => weight('10.0.0.21:80') === 1 && !screen.controller.isBusy);
      await screen.press('u');
      expect(screen.text()).toContain('Enter undo it   Esc leave it');
      expect(screen.text()).toMatch(/\+ +weight 3\s/);
      expect(screen.text()).toContain('ipvsadm -e -t 192.0.2.10:80');
      await screen.press('escape', 'K');
      expect(screen.text()).toContain('backup: its addresses are elsewhere');
    });
  }
});
