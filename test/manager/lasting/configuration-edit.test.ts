import { describe, expect, test } from 'vitest';
import type { Intention } from '../../../src/changes/plan/intention.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import type { ServiceSettings } from '../../../src/ipvs/service.ts';
import { editConfiguration } from '../../../src/manager/lasting/configuration-edit.ts';
import { readManagedConfiguration } from '../../../src/manager/managed-configuration.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { keepalivedWith } from '../configured.ts';

const service = parseService('tcp:192.0.2.10:80');
const realServer = parseRealServer('10.0.0.21:80');
const weight = (number: number, real = '10.0.0.21:80'): Intention => ({
  kind: 'edit real server',
  service,
  realServer: parseRealServer(real),
  change: { weight: number },
});

/** The lines that come of an edit, `- ` before those that go and `+ ` before those that come. */
function changed(
  text: string,
  intention: Intention,
  others: Readonly<Record<string, string>> = {},
): string[] {
  const managed = readManagedConfiguration(keepalivedWith(text, others));
  expect(managed.reading.problems).toEqual([]);
  const edit = allAtOnce(editConfiguration(managed, [intention]));
  return (edit?.hunks ?? []).flatMap(({ line, removed, added }) => [
    `@${line}`,
    ...removed.map((each) => `- ${each}`),
    ...added.map((each) => `+ ${each}`),
  ]);
}

function refusal(...args: Parameters<typeof changed>): string {
  try {
    changed(...args);
  } catch (error) {
    if (error instanceof IpvsError) return error.reason;
    throw error;
  }
  return 'not refused';
}

const inService = (...lines: string[]) =>
  ['virtual_server 192.0.2.10 80 {', '\tprotocol TCP', '\tlb_kind NAT', ...lines, '}', ''].join('\n');

describe('a word of a real server', () => {
  test('is replaced where it stands, with blanks and comment as they are', () => {
    const text = inService('\treal_server 10.0.0.21 80 {', '\t\tweight\t 3   # as bought', '\t}');
    expect(changed(text, weight(0))).toEqual([
      '@5',
      '- \t\tweight\t 3   # as bought',
      '+ \t\tweight\t 0   # as bought',
    ]);
    expect(changed(text, weight(3))).toEqual([]);
  });

  test('comes before the first where there is none, or into an empty block', () => {
    expect(changed(inService('real_server 10.0.0.21 80 {', '  TCP_CHECK {', '  }', '}'), weight(7))).toEqual([
      '@5',
      '+   weight 7',
    ]);
    expect(changed(inService('\treal_server 10.0.0.21 80 {', '\t}'), weight(7))).toEqual([
      '@5',
      '+ \t\tweight 7',
    ]);
    expect(changed(inService('  real_server 10.0.0.21 80 { }'), weight(7))).toEqual([
      '@4',
      '-   real_server 10.0.0.21 80 { }',
      '+   real_server 10.0.0.21 80 { weight 7 }',
    ]);
  });

  test('takes the place of a definition, which others may use', () => {
    const text = `$W=3\n${inService('real_server 10.0.0.21 80 {', 'weight $W', '}', 'real_server 10.0.0.22 80 {', 'weight $W', '}')}`;
    expect(changed(text, weight(1))).toEqual(['@6', '- weight $W', '+ weight 1']);
  });

  test('is not touched where the same lines stand for other objects', () => {
    const text = inService('~SEQ(N, 21, 22) real_server 10.0.0.$N 80 { weight 3 }');
    expect(refusal(text, weight(1))).toContain('which would change with it');
    const grouped = `virtual_server_group g {\n192.0.2.10-11 80\n}\n${inService('real_server 10.0.0.21 80 {', '}').replace('192.0.2.10 80', 'group g')}`;
    expect(refusal(grouped, weight(3))).toContain(
      'the same lines describe 10.0.0.21:80 of tcp:192.0.2.11:80, which would change with it',
    );
  });

  test('of an included file is written there', () => {
    const text = inService('include real.inc');
    expect(
      changed(text, weight(0), { 'real.inc': 'real_server 10.0.0.21 80 {\r\n weight 2\r\n}\r\n' }),
    ).toEqual(['@2', '-  weight 2\r', '+  weight 0\r']);
  });

  test('thresholds and forwarding method have words of their own', () => {
    const text = inService('real_server 10.0.0.21 80 {', 'weight 3', '}');
    const change = { upperThreshold: 100, lowerThreshold: 50, forwarding: 'tun' } as const;
    expect(changed(text, { kind: 'edit real server', service, realServer, change })).toEqual([
      '@5',
      '+ lthreshold 50',
      '+ uthreshold 100',
      '+ lvs_method TUN',
    ]);
  });
});

describe('a service', () => {
  test('gets another scheduler', () => {
    const text = inService('lvs_sched wrr', 'real_server 10.0.0.21 80 {', '}');
    expect(changed(text, { kind: 'edit service', service, change: { scheduler: 'mh' } })).toEqual([
      '@4',
      '- lvs_sched wrr',
      '+ lvs_sched mh',
    ]);
  });

  const edit = (change: Partial<ServiceSettings>): Intention => ({ kind: 'edit service', service, change });
  const real = ['\treal_server 10.0.0.21 80 {', '\t}'];

  test('gets persistence, its mask and its engine, and loses them', () => {
    const on = { timeout: 300, netmask: 0xffffff00 };
    expect(changed(inService('\tlb_algo rr', ...real), edit({ persistence: on, engine: 'sip' }))).toEqual([
      '@2',
      '+ \tpersistence_timeout 300',
      '+ \tpersistence_engine sip',
      '+ \tpersistence_granularity 255.255.255.0',
    ]);
    const has = inService(
      '\tpersistence_timeout 300 # a shop',
      '\tpersistence_granularity 255.255.255.0',
      ...real,
    );
    expect(changed(has, edit({ persistence: { ...on, timeout: 60 } }))).toEqual([
      '@4',
      '- \tpersistence_timeout 300 # a shop',
      '+ \tpersistence_timeout 60 # a shop',
    ]);
    expect(changed(has, edit({ persistence: null }))).toEqual([
      '@4',
      '- \tpersistence_timeout 300 # a shop',
      '- \tpersistence_granularity 255.255.255.0',
    ]);
  });

  test('gets flags behind its scheduler, and they go with it', () => {
    expect(changed(inService('\tlb_algo sh', ...real), edit({ schedulerFlags: 2 }))).toEqual([
      '@5',
      '+ \tsh-port',
    ]);
    const has = inService('\tlb_algo sh', '\tsh-port', ...real);
    expect(changed(has, edit({ scheduler: 'mh' }))).toEqual([
      '@4',
      '- \tlb_algo sh',
      '- \tsh-port',
      '+ \tlb_algo mh',
      '+ \tmh-port',
    ]);
    expect(changed(has, edit({ scheduler: 'wrr' }))).toEqual([
      '@4',
      '- \tlb_algo sh',
      '- \tsh-port',
      '+ \tlb_algo wrr',
    ]);
  });

  test('gets one-packet scheduling where its protocol has that', () => {
    const udp = inService(...real).replace('TCP', 'UDP');
    const onUdp = { ...edit({ onePacket: true }), service: parseService('udp:192.0.2.10:80') } as Intention;
    expect(changed(udp, onUdp)).toEqual(['@2', '+ \tops']);
    expect(refusal(inService(...real), edit({ onePacket: true }))).toContain('a word does not fit');
  });

  test('gets another mode by its one word, unless a real server has its own', () => {
    const mode: Intention = { kind: 'switch mode', service, realServer: null, mode: 'dr' };
    expect(
      changed(inService('real_server 10.0.0.21 80 {', '}', 'real_server 10.0.0.22 80 {', '}'), mode),
    ).toEqual(['@3', '- \tlb_kind NAT', '+ \tlb_kind DR']);
    expect(
      changed(
        inService(
          'real_server 10.0.0.21 80 {',
          'lvs_method TUN',
          '}',
          'real_server 10.0.0.22 80 {',
          'weight 1',
          '}',
        ),
        mode,
      ),
    ).toEqual(['@5', '- lvs_method TUN', '+ lvs_method DR', '@8', '+ lvs_method DR']);
  });
});

describe('a real server', () => {
  const text = inService(
    '\t# web-21',
    '\treal_server 10.0.0.21 80 {',
    '\t\tweight 3',
    '\t\t# by its own port',
    '\t\tHTTP_GET {',
    '\t\t\tconnect_ip 10.0.0.21',
    '\t\t}',
    '\t}',
    '',
    '\t# web-22',
    '\treal_server 10.0.0.22 80 {',
    '\t\tweight 3',
    '\t}',
  );

  test('goes with the comment that is about it', () => {
    expect(
      changed(text, { kind: 'delete real server', service, realServer: parseRealServer('10.0.0.22:80') }),
    ).toEqual(['@12', '- ', '- \t# web-22', '- \treal_server 10.0.0.22 80 {', '- \t\tweight 3', '- \t}']);
  });

  test('is added as its neighbour is, checks included', () => {
    const one = text.split('\n').slice(0, 11).concat('}', '').join('\n');
    const added = {
      ...defaultRealServerSettings,
      identity: parseRealServer('10.0.0.30:80'),
      forwarding: 'nat',
      weight: 9,
    } as const;
    expect(changed(one, { kind: 'add real server', service, realServer: added })).toEqual([
      '@12',
      '+ \treal_server 10.0.0.30 80 {',
      '+ \t\tweight 9',
      '+ \t\tHTTP_GET {',
      '+ \t\t\tconnect_ip 10.0.0.30',
      '+ \t\t}',
      '+ \t}',
    ]);
  });

  test('the last one stays: keepalived makes no service without', () => {
    const one = inService('real_server 10.0.0.21 80 {', '}');
    expect(refusal(one, { kind: 'delete real server', service, realServer })).toContain(
      'describe tcp:192.0.2.10:80',
    );
  });
});
