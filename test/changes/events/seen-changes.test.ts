import { expect, test } from 'vitest';
import { eventText } from '../../../src/changes/events/event.ts';
import { KnownTable } from '../../../src/changes/events/known-table.ts';
import { SeenChanges } from '../../../src/changes/events/seen-changes.ts';
import type { SeenRequest } from '../../../src/director/change-watch.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import type { TableRequest } from '../../../src/ipvs/table-request.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { real, service, viewOf } from '../../ui/fixed-view.ts';
import { seenRequest } from '../fake-watch.ts';

const web = parseService('tcp:203.0.113.10:80');
const nat = { forwarding: 'nat' } as const;
const at = (address: string, weight = 1) => ({
  ...defaultRealServerSettings,
  ...nat,
  identity: parseRealServer(address),
  weight,
});
const weight = (weight: number): TableRequest => ({
  kind: 'set real server',
  identity: web,
  realServer: at('10.0.0.21:80', weight),
});

function openSeen() {
  const known = new KnownTable();
  known.take(
    viewOf([
      service('tcp:203.0.113.10:80', {}, [
        real('10.0.0.21:80', { ...nat, upperThreshold: 50, lowerThreshold: 10 }),
        real('10.0.0.22:80', nat),
      ]),
    ]),
  );
  const seen = new SeenChanges(known);
  const take = (...requests: readonly SeenRequest[]) => allAtOnce(seen.take(requests)).events;
  return { known, take };
}

const by = ', by ipvsadm, ada as root from 192.0.2.7';

test('each request is told with what was before it, which the one before has made', () => {
  const { take } = openSeen();
  const thresholds = { upperThreshold: 50, lowerThreshold: 10 };
  const first: TableRequest = {
    kind: 'set real server',
    identity: web,
    realServer: { ...at('10.0.0.21:80', 3), ...thresholds },
  };
  expect(take(seenRequest(first, { pid: 1 })).map(eventText)).toEqual([
    `weight 1 → 3 on 10.0.0.21:80 of tcp:203.0.113.10:80${by}`,
  ]);
  expect(take(seenRequest(weight(5), { pid: 2 })).map(eventText)).toEqual([
    `weight 3 → 5, upper threshold 50 → none, lower threshold 10 → none on 10.0.0.21:80 of tcp:203.0.113.10:80${by}`,
  ]);
});

test('what one command asks for is one event, which grows', () => {
  const { take } = openSeen();
  const time = 1000;
  const [first] = take(seenRequest(weight(3), { time }));
  const [grown, ...others] = take(
    seenRequest(weight(4), { time: time + 900 }),
    seenRequest(weight(5), { time: time + 1800 }),
  );
  expect(others).toEqual([]);
  expect(grown?.change?.id).toBe(first?.change?.id);
  expect(grown?.change?.steps).toHaveLength(3);
  const [later] = take(seenRequest(weight(6), { time: time + 3000 }));
  expect(later?.change?.id).not.toBe(first?.change?.id);
});

test('what somebody else does in between ends it, so that the order is right', () => {
  const { take } = openSeen();
  const events = take(
    seenRequest(weight(3), { pid: 1 }),
    seenRequest(weight(4), { pid: 2 }),
    seenRequest(weight(5), { pid: 1 }),
  );
  expect(events.map(({ change }) => change?.origin.program?.pid)).toEqual([1, 2, 1]);
});

test('a flush holds all services with all their real servers in the order in which they were added', () => {
  const { take } = openSeen();
  const added = seenRequest({ kind: 'add real server', identity: web, realServer: at('10.0.0.9:80') });
  take(added);
  const [event] = take(seenRequest({ kind: 'flush' }, { pid: 2 }));
  // The view has them in the kernel's order, the newest first.
  expect(event?.change?.steps).toMatchObject([
    {
      kind: 'delete service',
      realServers: [
        { identity: { address: '10.0.0.22' } },
        { identity: { address: '10.0.0.21' }, upperThreshold: 50, lowerThreshold: 10 },
        { identity: { address: '10.0.0.9' } },
      ],
    },
  ]);
  expect(event?.kind).toBe('removed');
});

test('what was so already is no event, and what was refused is one that changed nothing', () => {
  const { take, known } = openSeen();
  const same: TableRequest = { kind: 'set service', service: { identity: web, ...defaultServiceSettings } };
  expect(take(seenRequest(same))).toEqual([]);
  const again: TableRequest = { kind: 'add service', service: { identity: web, ...defaultServiceSettings } };
  const [event] = take(seenRequest(again, { errno: 'EEXIST' }));
  expect(event).toMatchObject({ kind: 'refused', change: { steps: [] } });
  expect(event?.text).toBe('add service tcp:203.0.113.10:80: the kernel said EEXIST');
  expect(known.services()).toEqual(['tcp:203.0.113.10:80']);
});

test('who was gone already is told so, and never guessed', () => {
  const { take } = openSeen();
  const request: SeenRequest = { ...seenRequest(weight(3)), writer: { kind: 'gone', pid: 4711 } };
  expect(take(request).map(eventText)[0]).toContain('by process 4711, gone already');
});

test('what lvstop itself asked for is known and no event', () => {
  const { take } = openSeen();
  expect(take({ ...seenRequest(weight(3)), writer: { kind: 'own' } })).toEqual([]);
  expect(take(seenRequest(weight(4))).map(eventText)[0]).toContain('weight 3 → 4');
});

test('an event is as it was after JSON', () => {
  const { take } = openSeen();
  const [event] = take(seenRequest(weight(3)));
  expect(JSON.parse(JSON.stringify(event))).toEqual(event);
});
