import { expect, test } from 'vitest';
import { eventText } from '../../../src/changes/events/event.ts';
import { KnownTable } from '../../../src/changes/events/known-table.ts';
import { OwnWrites } from '../../../src/changes/events/own-writes.ts';
import { TableWatch } from '../../../src/changes/events/table-watch.ts';
import { unseenOrigin } from '../../../src/changes/journal/origin.ts';
import { missingIpvsError } from '../../../src/director/kernel-error.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import type { View } from '../../../src/sampling/view.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { type RealServerDraft, real, service, viewOf } from '../../ui/fixed-view.ts';

const web = 'tcp:203.0.113.10:80';

const nobody = unseenOrigin('no watch');
const unseen = ', by another hand';

/** What a watch tells of each view but the first, in lines `kind: text`. */
function told(views: readonly View[], own = new OwnWrites()): string[][] {
  const watch = new TableWatch(own, new KnownTable());
  return views
    .map((view, place) => allAtOnce(watch.take({ ...view, time: view.time + place * 1000 }, nobody)))
    .slice(1)
    .map(({ events }) => events.map((event) => `${event.kind}: ${eventText(event)}`));
}

/** A view of one service with these real servers. */
function webWith(...realServers: readonly RealServerDraft[]): View {
  return viewOf([service(web, { scheduler: 'wrr' }, realServers)]);
}

const nat = { forwarding: 'nat' } as const;
const one = real('10.0.0.21:8080', { ...nat, weight: 3 });

test('the first view is where it begins', () => {
  const { events, touched } = allAtOnce(
    new TableWatch(new OwnWrites(), new KnownTable()).take(webWith(one), nobody),
  );
  expect([events, touched]).toEqual([[], []]);
});

test('what moves only carries something, and is no event', () => {
  const busy = real('10.0.0.21:8080', { ...nat, weight: 3 }, { active: 99 });
  expect(told([webWith(one), webWith(busy)])).toEqual([[]]);
});

test('an edit by another hand tells both values', () => {
  const raised = real('10.0.0.21:8080', { ...nat, weight: 5 });
  expect(told([webWith(one), webWith(raised)])).toEqual([
    [`edited: weight 3 → 5 on 10.0.0.21:8080 of tcp:203.0.113.10:80${unseen}`],
  ]);
});

test('a service that comes is one event with its real servers, and so is one that goes', () => {
  const dns = service('udp:203.0.113.10:53', {}, [real('10.0.0.31:53'), real('10.0.0.32:53')]);
  const with_ = viewOf([service(web, { scheduler: 'wrr' }, [one]), dns]);
  expect(told([webWith(one), with_, webWith(one)])).toEqual([
    [`added: add service udp:203.0.113.10:53 with 2 real servers: wlc${unseen}`],
    [`removed: delete service udp:203.0.113.10:53 with 2 real servers${unseen}`],
  ]);
});

test('a real server that a single dump has skipped is no event, one that stays away is', () => {
  const both = webWith(one, real('10.0.0.22:8080', nat));
  expect(told([both, webWith(one), both])).toEqual([[], []]);
  expect(told([both, webWith(one), webWith(one)])).toEqual([
    [],
    [`removed: delete real server 10.0.0.22:8080 of tcp:203.0.113.10:80: NAT, weight 1${unseen}`],
  ]);
});

test('what lvstop wrote itself lights its row and is no event; what another hand makes of it then is one', () => {
  const own = new OwnWrites();
  const [before, after] = [webWith(one), webWith(real('10.0.0.21:8080', { ...nat, weight: 5 }))];
  const [row] = after.services[0]?.realServers ?? [];
  const realServer = row?.realServer as never;
  own.expect(
    [{ kind: 'set real server', service: parseService(web), before: realServer, after: realServer }],
    0,
  );
  const watch = new TableWatch(own, new KnownTable());
  allAtOnce(watch.take(before, nobody));
  expect(allAtOnce(watch.take(after, nobody))).toEqual({ events: [], touched: [row?.key] });
  expect(allAtOnce(watch.take(before, nobody)).events.map(eventText)).toEqual([
    `weight 5 → 3 on 10.0.0.21:8080 of tcp:203.0.113.10:80${unseen}`,
  ]);
});

test('services that stand in another order are the same ones', () => {
  const [first, second] = [service(web, {}, [one]), service('udp:203.0.113.10:53', {}, [])];
  expect(told([viewOf([first, second]), viewOf([second, first])])).toEqual([[]]);
});

test('of several writes to one object each is its own, and none behind the one that was seen', () => {
  const own = new OwnWrites();
  const [row] = webWith(one).services.flatMap(({ realServers }) => realServers);
  if (row === undefined) throw new Error('there is no row');
  const { realServer, key } = row;
  const at = (weight: number) => ({ ...realServer, weight });
  for (const weight of [1, 2]) own.expectWeight(key, weight, 0);
  expect([own.isOwn(key, at(1)), own.isOwn(key, at(2)), own.isOwn(key, at(2))]).toEqual([true, true, false]);
  for (const weight of [1, 2]) own.expectWeight(key, weight, 0);
  expect([own.isOwn(key, at(2)), own.isOwn(key, at(1))]).toEqual([true, false]);
  own.expectWeight(key, null, 0);
  expect([own.isOwn(key, at(1)), own.isOwn(key, null)]).toEqual([false, true]);
});

test('a threshold that is reached and left is nobody’s doing', () => {
  const full = real('10.0.0.21:8080', { ...nat, weight: 3 }, { overloaded: true });
  expect(told([webWith(one), webWith(full), webWith(full), webWith(one)])).toEqual([
    [
      'threshold-reached: 10.0.0.21:8080 of tcp:203.0.113.10:80 has reached its upper threshold: it takes no more',
    ],
    [],
    [
      'threshold-left: 10.0.0.21:8080 of tcp:203.0.113.10:80 is below its threshold and takes new connections again',
    ],
  ]);
});

test('IPVS that is lost and comes back is two events, and nothing of the old table', () => {
  const error = missingIpvsError('read');
  const lost = {
    ...webWith(one),
    director: { ...webWith(one).director, state: { kind: 'lost', error, since: 0 } as const },
  };
  expect(told([webWith(one), lost, lost, webWith(one)])).toEqual([
    [`lost: IPVS cannot be reached: ${error.reason}`],
    [],
    ['back: IPVS can be reached again'],
  ]);
});

test('many changes between two readings are one event, which can be taken back as a whole', () => {
  const many = Array.from({ length: 50 }, (_, place) => service(`tcp:203.0.113.10:${1000 + place}`));
  const watch = new TableWatch(new OwnWrites(), new KnownTable());
  allAtOnce(watch.take(viewOf([]), nobody));
  const { events } = allAtOnce(watch.take(viewOf(many), nobody));
  expect(events.map(eventText)).toEqual([
    `add service tcp:203.0.113.10:1000: wlc, and 49 steps more${unseen}`,
  ]);
  expect(events[0]?.change?.steps).toHaveLength(50);
});
