import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConnection, readConnectionSample } from '../../src/director/proc-connections.ts';
import { IpvsError } from '../../src/ipvs/error.ts';

const folder = mkdtempSync(join(tmpdir(), 'lvstop-connections-'));
afterAll(() => rmSync(folder, { recursive: true }));

const title = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData';

function table(rows: number): string {
  const path = join(folder, `${rows}`);
  const row = 'TCP 0A000002 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED     899';
  writeFileSync(path, [title, ...new Array(rows).fill(row), ''].join('\n'));
  return path;
}

describe('lines of the connection table', () => {
  it('reads IPv4', () => {
    expect(parseConnection('TCP 0A000002 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED     899')).toEqual({
      protocol: 'tcp',
      client: { address: '10.0.0.2', port: 49999 },
      virtual: { address: '10.0.0.100', port: 80 },
      realServer: { address: '10.1.0.21', port: 8080 },
      state: 'ESTABLISHED',
      expires: 899,
    });
  });

  it('reads IPv6, an IPv4 real server behind it, and what a persistence engine adds', () => {
    const line =
      'UDP fd00:0000:0000:0000:0000:0000:0000:0002 C34F fd00:0000:0000:0000:0000:0000:0000:0100 13C4 0A010015 13C4 UDP             300 sip 1234@host';
    expect(parseConnection(line)).toEqual({
      protocol: 'udp',
      client: { address: 'fd00::2', port: 49999 },
      virtual: { address: 'fd00::100', port: 5060 },
      realServer: { address: '10.1.0.21', port: 5060 },
      state: 'UDP',
      expires: 300,
    });
  });

  it('reads templates of persistence, whose protocol is IP itself', () => {
    expect(
      parseConnection('IP  0A000000 0000 00000007 0000 0A010015 0000 NONE            120'),
    ).toMatchObject({
      protocol: 'protocol-0',
      client: { address: '10.0.0.0', port: 0 },
      state: 'NONE',
    });
  });

  it('takes nothing else for a connection', () => {
    for (const line of [
      '',
      title,
      'TCP 0A000002 C34F',
      'TCP 0A0000 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED 899',
    ])
      expect(parseConnection(line)).toBeUndefined();
  });
});

describe('the sample', () => {
  it('is the whole table where that is small', () => {
    const { connections, isWhole } = readConnectionSample(100, undefined, table(100));
    expect(connections).toHaveLength(100);
    expect(isWhole).toBe(true);
    expect(readConnectionSample(100, undefined, table(0))).toEqual({ connections: [], isWhole: true });
  });

  it('has the first rows of a large one', () => {
    const { connections, isWhole } = readConnectionSample(100, undefined, table(50_000));
    expect(connections).toHaveLength(100);
    expect(isWhole).toBe(false);
  });

  it('says that there is no IPVS', () => {
    expect(() => readConnectionSample(100, undefined, join(folder, 'nowhere'))).toThrowError(IpvsError);
    expect(() => readConnectionSample(100, undefined, join(folder, 'nowhere'))).toThrowError(
      /no IPVS loaded/,
    );
  });
});
