import { expect, test } from 'vitest';
import { WatchedNetwork } from '../../../src/doctor/evidence/watched-network.ts';
import {
  type Neighbour,
  type NetworkNews,
  questionKey,
  type Route,
} from '../../../src/forwarding/network.ts';
import { link, route } from '../evidence.ts';

/** A network that tells what it is asked, and of changes when it is told to. */
function watched() {
  const clock = { now: 0 };
  const asked: string[][] = [];
  let neighbours: Neighbour[] = [];
  let tell: (news: NetworkNews) => void = () => undefined;
  let changes = 0;
  const network = new WatchedNetwork(
    {
      picture: async (routesTo) => {
        const keys = routesTo.map(questionKey);
        asked.push(keys);
        const routes = new Map<string, Route>(keys.map((key) => [key, route({})]));
        return { links: [link('eth1', 3)], addresses: [], neighbours, routes };
      },
      watch: (onNews) => {
        tell = onNews;
        return () => undefined;
      },
      close() {},
    },
    () => {
      changes++;
    },
    () => clock.now,
  );
  network.listen();
  return {
    network,
    clock,
    asked,
    changes: () => changes,
    tell: (news: NetworkNews) => tell(news),
    see: (...seen: Partial<Neighbour>[]) => {
      neighbours = seen.map((change) => ({
        family: 'inet',
        address: '10.0.0.21',
        link: 'eth1',
        mac: null,
        state: 'incomplete',
        ...change,
      }));
    },
  };
}

test('a route is asked for once, and again after a change', async () => {
  const { network, asked, tell, changes } = watched();
  await network.picture(['10.0.0.21', '10.0.0.22']);
  const { routes } = await network.picture(['10.0.0.21', '10.0.0.23']);
  expect([...routes.keys()]).toEqual(['10.0.0.21', '10.0.0.23']);
  tell({ kind: 'changed' });
  await network.picture(['10.0.0.21']);
  expect(asked).toEqual([['10.0.0.21', '10.0.0.22'], ['10.0.0.23'], ['10.0.0.21']]);
  expect(changes()).toBe(1);
});

test('what the kernel learns in silence is asked for every few minutes', async () => {
  const { network, asked, clock } = watched();
  await network.picture(['10.0.0.21']);
  clock.now = 300_001;
  await network.picture(['10.0.0.21']);
  expect(asked).toHaveLength(2);
});

test('a neighbour that did not answer counts as failed while it is asked for again', async () => {
  const { network, tell, see, clock, changes } = watched();
  const state = async () => (await network.picture([])).neighbours[0]?.state;
  see({});
  expect(await state()).toBe('incomplete');
  tell({ kind: 'neighbour failed', address: '10.0.0.21', linkIndex: 3 });
  expect(await state()).toBe('failed');
  expect(changes()).toBe(0);
  clock.now = 30_001;
  expect(await state()).toBe('incomplete');
});

test('an answer ends it', async () => {
  const { network, tell, see } = watched();
  const state = async () => (await network.picture([])).neighbours[0]?.state;
  tell({ kind: 'neighbour failed', address: '10.0.0.21', linkIndex: 3 });
  see({ mac: '00:00:5e:00:53:21', state: 'reachable' });
  expect(await state()).toBe('reachable');
  see({});
  expect(await state()).toBe('incomplete');
});

test('a neighbour of the same address on another link is another one', async () => {
  const { network, tell, see } = watched();
  tell({ kind: 'neighbour failed', address: '10.0.0.21', linkIndex: 7 });
  see({});
  expect((await network.picture([])).neighbours[0]?.state).toBe('incomplete');
});
