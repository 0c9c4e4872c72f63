import { expect, test } from 'vitest';
import { refused as check } from '../../../src/doctor/checks/refused.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { site, told } from '../evidence.ts';
import { connections } from '../sampled.ts';

const kind = { mode: 'nat', family: 'inet' } as const;
const natPort = { realServer: { address: '10.0.0.21', port: 8080 } };
const closed = connections(6, { state: 'CLOSE', expires: 9, ...natPort });
const bare = { counters: { connections: 6, inPackets: 6, outPackets: 6, outBytes: 240 }, rates: null };

test('a real server that answers with RST alone refuses its clients', () => {
  const sample = { connections: closed, isWhole: true };
  const findings = check.find(site(kind, { connections: sample, firstNumbers: bare }));
  expect(told(findings)).toEqual(['error refused 10.0.0.21:8080 of tcp:203.0.113.10:80']);
});

test('one whose clients break off themselves has answered before', () => {
  const sample = { connections: closed, isWhole: true };
  const counters = { connections: 6, inPackets: 12, outPackets: 6, outBytes: 360 };
  expect(check.find(site(kind, { connections: sample, firstNumbers: { counters, rates: null } }))).toEqual(
    [],
  );
});

test('one that serves others refuses nobody', () => {
  const sample = { connections: [...closed, ...connections(1, natPort)], isWhole: true };
  expect(check.find(site(kind, { connections: sample, firstNumbers: bare }))).toEqual([]);
});

test('one that gives each datagram back, as a machine does where nothing listens, seems to refuse its clients', () => {
  const evidence = (outBytes: number) =>
    site(kind, {
      services: [
        service('udp:203.0.113.10:53', {}, [
          real(
            '10.0.0.21:53',
            { forwarding: 'nat' },
            {
              rates: null,
              counters: { connections: 6, inPackets: 6, inBytes: 174, outPackets: 6, outBytes },
            },
          ),
        ]),
      ],
    });
  expect(told(check.find(evidence(342)))).toEqual(['hint refused 10.0.0.21:53 of udp:203.0.113.10:53']);
  expect(check.find(evidence(480))).toEqual([]);
});
