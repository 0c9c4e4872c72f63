import { expect, test } from 'vitest';
import { directorWith } from '../../changes/table.ts';
import { keepalivedWith } from '../../manager/configured.ts';
import { lvstop } from '../harness.ts';

const text = `virtual_server 192.0.2.10 80 {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  quorum 2
  sorry_server 10.0.0.99 80
  real_server 10.0.0.21 80 {
    weight 3
    inhibit_on_failure
    HTTP_GET {
      url { path / }
      connect_port 8081
    }
  }
  real_server 10.0.0.22 80 {
    weight 3
    TCP_CHECK { connect_timeout 3 }
  }
  real_server 10.0.0.23 80 {
    weight 3
    FILE_CHECK { track_file drain }
  }
  real_server 10.0.0.24 80 {
    weight 3
  }
}
virtual_server 192.0.2.11 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.21 80 {
  }
}
`;

const nat = { forwarding: 'nat' } as const;

async function drift(director: Parameters<typeof lvstop>[1], ...more: string[]) {
  return await lvstop(['drift', ...more], director);
}

test('a table that is as configured has no drift', async () => {
  const keepalived = keepalivedWith(text);
  const director = directorWith({
    'tcp:192.0.2.10:80': [
      { scheduler: 'wrr' },
      ...['21', '22', '23', '24'].map((end) => [`10.0.0.${end}:80`, { ...nat, weight: 3 }] as const),
    ],
    'tcp:192.0.2.11:80': [{ scheduler: 'rr' }, ['10.0.0.21:80', { ...nat, weight: 1 }]],
  });
  expect(await drift({ director, keepalived })).toEqual({
    exitCode: 0,
    out: '',
    err: `the table is what keepalived (process 4711) has in ${keepalived.file}\n`,
  });
});

test('what a check, the quorum, a tracked file and a hand did is told apart', async () => {
  const keepalived = keepalivedWith(text);
  const director = directorWith({
    'tcp:192.0.2.10:80': [
      { scheduler: 'wlc' },
      ['10.0.0.21:80', { ...nat, weight: 0 }],
      ['10.0.0.23:80', { ...nat, weight: 1 }],
      ['10.0.0.24:80', { ...nat, weight: 9 }],
      ['10.0.0.99:80', { ...nat, weight: 1 }],
      ['10.0.0.50:80', { ...nat, weight: 1 }],
    ],
    'tcp:192.0.2.11:80': [{ scheduler: 'rr' }],
  });
  const { exitCode, out, err } = await drift({ director, keepalived }, '--json');
  const { drifts, quorumLost } = JSON.parse(out);
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
  const told = drifts.map(({ service, realServer, found, causes, by, line }: Record<string, unknown>) => [
    realServer ?? service,
    found,
    causes,
    by,
    line,
  ]);
  expect(told).toEqual([
    ['tcp:192.0.2.10:80', 'scheduler wlc, configured wrr', ['hand'], [], 1],
    ['10.0.0.22:80', 'absent, configured with NAT, weight 3', ['check', 'quorum', 'hand'], ['TCP_CHECK'], 15],
    ['10.0.0.21:80', 'weight 0, configured 3', ['inhibited', 'hand'], ['HTTP_GET on port 8081'], 7],
    ['10.0.0.23:80', 'weight 1, configured 3', ['moving weight', 'hand'], ['track_file drain'], 19],
    ['10.0.0.24:80', 'weight 9, configured 3', ['hand'], [], 23],
    ['10.0.0.50:80', 'only in the table, not configured', ['hand'], [], null],
    ['10.0.0.99:80', 'in the table, configured as sorry_server', ['sorry'], [], null],
    ['10.0.0.21:80', 'absent, configured with NAT, weight 1', ['hand'], [], 31],
  ]);
  expect(quorumLost).toEqual([{ service: 'tcp:192.0.2.11:80', quorum: 1, weight: 0 }]);
});

test('in words, each cause that fits has its line, and how to tell them apart stands last', async () => {
  const keepalived = keepalivedWith(text);
  const director = directorWith({
    'tcp:192.0.2.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:80', { ...nat, weight: 0 }],
      ...['22', '23', '24'].map((end) => [`10.0.0.${end}:80`, { ...nat, weight: 3 }] as const),
    ],
    'tcp:192.0.2.11:80': [{ scheduler: 'rr' }, ['10.0.0.21:80', { ...nat, weight: 1 }]],
  });
  const { out, err } = await drift({ director, keepalived });
  expect(out.split('\n')).toEqual([
    `10.0.0.21:80 of tcp:192.0.2.10:80: weight 0, configured 3 (${keepalived.file}:7)`,
    '    fits: set to weight 0 by a check (inhibit_on_failure): HTTP_GET on port 8081',
    '    fits: changed by hand, or in the configuration without a reload since',
    '',
    'Which of several it is, "lvstop drift --ask" has keepalived tell, and "lvstop journal" what lvstop did.',
    '',
  ]);
  expect(err).toBe(
    `its log is not read: the test has none\n1 difference from what keepalived (process 4711) has in ${keepalived.file}\n`,
  );
});

const said = (realServer: string, state: 'up' | 'down' | 'inhibited', time: number) =>
  ({ kind: 'real server', service: 'tcp [192.0.2.10]:80', realServer, state, time }) as const;

test('what keepalived has logged decides between the causes, and has the time', async () => {
  const keepalived = keepalivedWith(text);
  const director = directorWith({
    'tcp:192.0.2.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:80', { ...nat, weight: 0 }],
      ['10.0.0.24:80', { ...nat, weight: 3 }],
    ],
    'tcp:192.0.2.11:80': [{ scheduler: 'rr' }, ['10.0.0.21:80', { ...nat, weight: 1 }]],
  });
  const time = new Date();
  time.setHours(0, 1);
  const readLog = () =>
    Promise.resolve({
      kind: 'read',
      source: "the system's journal",
      sayings: [
        said('[10.0.0.21]:80', 'inhibited', time.getTime()),
        said('[10.0.0.22]:80', 'down', time.getTime()),
        said('[10.0.0.23]:80', 'up', time.getTime()),
      ],
    } as const);
  const { out } = await drift({ director, keepalived, keepalivedTools: { readLog } });
  expect(out.split('\n').filter((line) => !line.includes('keepalived.conf'))).toEqual([
    '    keepalived says: taken out by a check: TCP_CHECK, since 00:01',
    '    keepalived says that it has it as configured: changed by hand',
    '    keepalived says: set to weight 0 by a check (inhibit_on_failure): HTTP_GET on port 8081, since 00:01',
    '',
  ]);
});

test('keepalived is asked where that is wanted, and tells of VRRP, too', async () => {
  const instance =
    'vrrp_instance outside {\n  interface eth7\n  virtual_ipaddress {\n    192.0.2.10\n  }\n}\n';
  const keepalived = keepalivedWith(`${instance}${text}`);
  const director = directorWith({});
  const asked: number[] = [];
  const ask = ({ pid }: { readonly pid: number }) => {
    asked.push(pid);
    const master = '198.51.100.2';
    const sayings = [{ kind: 'vrrp', instance: 'outside', state: 'BACKUP', master } as const];
    return Promise.resolve({ time: 0, sayings, transitions: new Map() });
  };
  const keepalivedTools = { readLog: () => Promise.resolve({ kind: 'unread', reason: 'no' } as const), ask };
  expect((await drift({ director, keepalived, keepalivedTools })).out).toContain('VRRP outside: backup');
  expect(asked).toEqual([]);
  const { out } = await drift({ director, keepalived, keepalivedTools }, '--ask');
  expect(out).toContain(
    'VRRP outside: backup, master is 198.51.100.2: its addresses are elsewhere, as they should be; on eth7\n',
  );
  expect(asked).toEqual([4711]);
  const readOnly = await lvstop(['--read-only', 'drift', '--ask'], { director, keepalived, keepalivedTools });
  expect(readOnly).toMatchObject({ exitCode: 2, err: expect.stringContaining('--read-only') });
});

test('without keepalived, and with a file that is wrong, it says so', async () => {
  expect(await drift({})).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('no keepalived is seen'),
  });
  const broken = keepalivedWith('virtual_server 192.0.2.1 80 {\n');
  expect(await drift({ director: directorWith({}), keepalived: broken })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`${broken.file}:1: the text ends inside the block`),
  });
});

const ldirectordText = `quiescent=no
virtual=192.0.2.10:80
\treal=10.0.0.21:80 masq 3
\treal=10.0.0.22:80 masq
\treal=10.0.0.23:80 masq 2
\tfallback=127.0.0.1:80 gate
\tscheduler=wrr
virtual=192.0.2.11:8080
\treal=10.0.0.31:8080 gate 3
\treal=10.0.0.32:8080 gate
\tquiescent=yes
\tchecktype=connect
virtual=192.0.2.12:8080
\treal=10.0.0.31:8080 gate
`;

test('ldirectord’s configuration is compared likewise, and nothing can be lasting there', async () => {
  const { file } = keepalivedWith(ldirectordText);
  const director = directorWith({
    'tcp:192.0.2.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.21:80', { ...nat, weight: 0 }],
      ['10.0.0.23:80', { ...nat, weight: 9 }],
      ['127.0.0.1:80', nat],
      ['10.0.0.24:80', nat],
    ],
    'tcp:192.0.2.11:8080': [{ scheduler: 'wrr' }, ['10.0.0.31:8080', { forwarding: 'dr', weight: 0 }]],
    'tcp:192.0.2.12:8080': [{ scheduler: 'wrr' }],
  });
  const ldirectord = { pid: 4712, file };
  const { exitCode, out, err } = await drift({ director, ldirectord });
  expect(exitCode).toBe(1);
  const hand = 'fits: changed by hand, or in the configuration without a reload since\n';
  expect(out).toContain(`10.0.0.21:80 of tcp:192.0.2.10:80: weight 0, configured 3 (${file}:3)\n    ${hand}`);
  expect(out).toContain(
    `absent, configured with NAT, weight 1 (${file}:4)\n    fits: taken out by a check: negotiate http\n`,
  );
  expect(out).toContain(
    `10.0.0.31:8080 of tcp:192.0.2.11:8080: weight 0, configured 3 (${file}:9)\n    fits: set to weight 0 by a check (quiescent): connect\n`,
  );
  // A check that leaves what fails at weight 0, and one that asks for nothing, take nobody out.
  expect(out).toContain(
    `10.0.0.32:8080 of tcp:192.0.2.11:8080: absent, configured with DR, weight 1 (${file}:10)\n    ${hand}`,
  );
  expect(out).toContain(
    `10.0.0.31:8080 of tcp:192.0.2.12:8080: absent, configured with DR, weight 1 (${file}:14)\n    ${hand}`,
  );
  expect(out).toContain(`weight 9, configured 2 (${file}:5)\n    fits: changed by hand`);
  expect(out).toContain(
    '127.0.0.1:80 of tcp:192.0.2.10:80: only in the table, not configured\n    fits: the fallback server stands in for the real servers\n',
  );
  expect(out).toContain(`10.0.0.24:80 of tcp:192.0.2.10:80: only in the table, not configured\n    ${hand}`);
  expect(err).toContain(`8 differences from what ldirectord (process 4712) has in ${file}\n`);
  const { out: json } = await drift({ director, ldirectord }, '--json');
  expect(JSON.parse(json)).toMatchObject({ ldirectord: { pid: 4712, file }, differs: true });
  const lasting = 'weight tcp:192.0.2.10:80 10.0.0.23:80 2 --lasting'.split(' ');
  expect(await lvstop(lasting, { director, ldirectord })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("keeps this table, and lasting edits are keepalived's only"),
  });
  expect(await drift({ director, ldirectord }, '--ask')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('no way to be asked'),
  });
});
