import { describe, expect, it } from 'vitest';
import type { ConnectionTable } from '../../../src/director/connection-table.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { directorWith } from '../../changes/table.ts';
import { connection } from '../../clients/connections.ts';
import { openTable } from '../../director/procfs/proc-table.ts';
import { lvstop, words } from '../harness.ts';

const service = 'tcp:203.0.113.10:80';
const client = (address: string, port = 40_000) => ({ client: { address, port } });

/** What the command prints of a director with these connections. */
async function printed(line: string, connections: readonly Connection[], answer?: boolean) {
  function* readConnections(table: ConnectionTable) {
    for (const each of connections) table.addConnection(each);
    yield;
  }
  const director = new Proxy(directorWith({ [service]: [{}, ['10.0.0.21:8080', { weight: 1 }]] }), {
    get: (target, key) => (key === 'readConnections' ? readConnections : Reflect.get(target, key)),
  });
  return lvstop(words(`connections ${line}`), { director, ...(answer !== undefined && { answer }) });
}

const some = [
  connection(client('198.18.0.1')),
  connection(client('198.18.0.1', 40_001)),
  connection({ ...client('198.18.0.2'), expires: 100 }),
  connection({ ...client('198.18.0.3'), state: 'SYN_RECV', expires: 50 }),
  connection({ state: 'NONE', client: { address: '198.18.0.0', port: 0 }, expires: 33 }),
];

describe('lvstop connections', () => {
  it('prints each connection, and what is worth knowing of all', async () => {
    const { out, err, exitCode } = await printed('--sort idle', some);
    expect(exitCode).toBe(0);
    expect(out.split('\n')[1]).toMatch(
      /^198\.18\.0\.2:40000 +tcp:203\.0\.113\.10:80 +10\.0\.0\.21:8080 +ESTABLISHED +800 +100 +local$/,
    );
    expect(err).toContain('all 5 read');
    expect(err).toContain(
      "1 idle for longer than 450 s; the time-out of 900 s will cut them, TCP's keep-alive begins at 7200 s",
    );
    expect(err).toContain('1 half-open, of 1 client');
  });

  it('says who has most', async () => {
    const { out } = await printed('--by client -n 1', some);
    expect(out).toMatch(/^CLIENT +CONNECTIONS +ACTIVE +SHARE %\n198\.18\.0\.1 +2 +2 +50\n$/);
  });

  it('prints them as JSON and as CSV', async () => {
    const { out } = await printed('--by client --json', some);
    expect(JSON.parse(out)).toMatchObject({
      isWhole: true,
      read: 5,
      summary: { connections: 4, templates: 1 },
      rows: [{ client: '198.18.0.1', connections: 2, share: 50 }, {}, {}],
    });
    expect((await printed('--format csv', some)).out.split('\r\n').slice(0, 2)).toEqual([
      'client,service,real,state,idle,left,origin',
      `198.18.0.1:40000,${service},10.0.0.21:8080,ESTABLISHED,0,900,local`,
    ]);
  });

  it('prints who is held to which real server', async () => {
    const { out } = await printed('--templates', some);
    expect(out.split('\n')[1]).toMatch(
      /^198\.18\.0\.0 +tcp:203\.0\.113\.10:80 +10\.0\.0\.21:8080 +1 +33 +local$/,
    );
  });

  it('is about one service, or one real server of it', async () => {
    const { out } = await printed(`${service} 10.0.0.21:8080 --by real --json`, some);
    expect(JSON.parse(out).rows).toMatchObject([{ real: `${service} 10.0.0.21:8080`, connections: 4 }]);
    expect(await printed('tcp:203.0.113.11:80', some)).toMatchObject({ exitCode: 4 });
  });

  it('tells nothing of idle times where time-outs may not be read', async () => {
    const { director, end } = openTable();
    function* readConnections(table: ConnectionTable) {
      for (const each of some) table.addConnection(each);
      yield;
    }
    const publicDirector = new Proxy(director, {
      get(target, key) {
        if (key === 'readConnections') return readConnections;
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    try {
      const { out, exitCode } = await lvstop(words('connections --json'), { publicDirector });
      expect(exitCode).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        summary: { idle: 0 },
        rows: [{ idle: null, left: 900 }, {}, {}, {}],
      });
    } finally {
      end();
    }
  });

  it.each(['--filter idle>', '--sort nowhere', '--by nobody', '--network 33', '--network x'])(
    'does not take %s',
    async (line) => {
      expect(await printed(line, some)).toMatchObject({ exitCode: 2 });
    },
  );
});
