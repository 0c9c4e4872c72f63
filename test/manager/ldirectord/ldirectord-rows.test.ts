import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readTable } from '../../../src/changes/steps/table-state.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { emptySite } from '../../../src/director/simulated/sites/empty-site.ts';
import { noNames } from '../../../src/formats/names.ts';
import { readLdirectord } from '../../../src/formats/read-ldirectord.ts';
import { onlySource } from '../../../src/formats/source-lines.ts';
import { formatService, parseRealServer, parseService, realServerKey } from '../../../src/ipvs/identity.ts';
import { ManagerWatch } from '../../../src/manager/manager-watch.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';

const text = `# How it runs
checkinterval=5
quiescent=yes

# The shop
virtual=192.0.2.10:80
    # web-21
    real=10.0.0.21:80 masq 3
    real=10.0.0.22:80 masq 3
    real=10.0.0.23->10.0.0.24:80 masq
    fallback=127.0.0.1:80 gate
    service=http
    virtualhost="shop.example"
    protocol=tcp
virtual=192.0.2.11:25
\treal=10.0.0.21:25 gate
\tservicename=mail
\tchecktype=connect
\tprotocol=tcp
virtual=192.0.2.12:80
    real=10.0.0.21:80 gate
    virtualhost="other.example"
    checktype=on
    protocol=tcp
`;

const shop = parseService('tcp:192.0.2.10:80');
const mail = parseService('tcp:192.0.2.11:25');
const other = parseService('tcp:192.0.2.12:80');
const real = (address: string, port = 80, service = shop) =>
  realServerKey(service, parseRealServer(`${address}:${port}`));

/** A screen's knowledge of rows, of a table that ldirectord has made and its checks have changed since. */
async function known() {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-ldirectord-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ldirectord.cf');
  writeFileSync(file, text);
  const { configuration, problems } = readLdirectord(onlySource(text), noNames);
  expect(problems).toEqual([]);
  const director = createSimulatedDirector({ now: () => performance.now(), seed: 1, site: emptySite });
  for (const { service, realServers } of configuration.services) {
    director.write([{ operation: 'add service', service }]);
    for (const { realServer } of realServers)
      director.write([{ operation: 'add real server', identity: service.identity, realServer }]);
  }
  const [one] = configuration.services[0]?.realServers ?? [];
  if (one === undefined) throw new Error('there is one');
  const { realServer } = one;
  director.write([
    { operation: 'edit real server', identity: shop, realServer: { ...realServer, weight: 0 } },
    {
      operation: 'delete real server',
      identity: shop,
      realServer: { identity: parseRealServer('10.0.0.22:80') },
    },
    {
      operation: 'add real server',
      identity: shop,
      realServer: { ...realServer, identity: parseRealServer('127.0.0.1:80'), forwarding: 'dr', weight: 1 },
    },
  ]);
  expect(readTable(director)).toHaveLength(3);
  const watch = new ManagerWatch(
    () => undefined,
    () => undefined,
    { ldirectord: { find: () => ({ pid: 1, file }), ports: () => new Map() } },
  );
  await watch.take(await createSampler({ director, interval: 1 }).refresh());
  return watch.rows;
}

test('names are a comment right above, else servicename or virtualhost; a range has none', async () => {
  const { names } = await known();
  expect(names.of(formatService(shop), '', null)).toBe('The shop');
  expect(names.of(formatService(mail), '', null)).toBe('mail');
  expect(names.of(formatService(other), '', null)).toBe('other.example');
  expect(names.of(real('10.0.0.21'), '', null)).toBe('web-21');
  expect(names.of(real('10.0.0.22'), '', null)).toBe('');
  expect(names.of(real('10.0.0.23'), '', null)).toBe('');
});

test('checks are named as ldirectord names them, with what quiescent and fallback have done', async () => {
  const { checks } = await known();
  const by = ['negotiate http'];
  expect(checks.get(real('10.0.0.21'))).toEqual({ kind: 'inhibited', by, since: null });
  expect(checks.get(real('10.0.0.23'))).toEqual({ kind: 'up', by });
  expect(checks.get(real('10.0.0.21', 25, mail))).toEqual({ kind: 'up', by: ['connect'] });
  expect(checks.get(real('10.0.0.21', 80, other))).toEqual({ kind: 'unchecked', by: [] });
  expect(checks.get(real('127.0.0.1'))).toEqual({ kind: 'sorry' });
  expect(checks.get(formatService(shop))).toMatchObject({
    kind: 'service',
    down: 1,
    all: 4,
    isSorry: true,
    out: [{ identity: { address: '10.0.0.22' }, by, isSaid: false }],
  });
});
