/**
 * What an operator does most, and the keys that it takes from a fresh screen, which has its cursor on the first service:
 * pressed and counted by `tasks.test.ts`, printed in `docs/keys.md`.
 */
import { expect } from 'vitest';
import { savedTableInMemory } from '../../src/changes/saved/saved-table-in-memory.ts';
import { allRealServers } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { formatRealServer, parseService } from '../../src/ipvs/identity.ts';
import type { RealServer } from '../../src/ipvs/real-server.ts';
import { openRecording } from '../../src/recording/recording.ts';
import { fakeWatch, seenRequest } from '../changes/fake-watch.ts';
import { setRealServer } from '../director/table-edits.ts';
import { RecordedSite, record, temporaryFolder } from '../recording/recorded-site.ts';
import { until } from '../until.ts';
import { real, service, viewOf } from './fixed-view.ts';
import type { OpenScreen, ScreenDraft } from './open-screen.ts';

/** A text that is typed, each character a key. */
interface Typed {
  readonly typed: string;
}

/** Something to be done on the screen. */
export interface Task {
  /** What is done, in the infinitive. */
  readonly name: string;
  /** Names of keys and typed texts, in order. */
  readonly keys: readonly (string | Typed)[];
  /** The most keys that it may take. */
  readonly limit: number;
  /** What there is beside the usual site. */
  readonly site?: () => ScreenDraft | Promise<ScreenDraft>;
  /** What happens before it; its keys do not count. */
  readonly before?: (screen: OpenScreen) => void | Promise<void>;
  /** Fails where it is not done. */
  readonly isDone: (screen: OpenScreen) => unknown;
}

/** How many keys a task takes. */
export function keysOf({ keys }: Task): number {
  return keys.reduce((sum, key) => sum + (typeof key === 'string' ? 1 : key.typed.length), 0);
}

/** A machine, a network, a recording and a saved table for what asks for them. */
export function usualSite(): ScreenDraft {
  return {
    director: createSimulatedDirector({ now: () => 0, seed: 1 }),
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
    savedTable: savedTableInMemory([]),
  };
}

const first = 'tcp:198.51.100.20:8443';
const firstServer = '10.20.0.11:8443';
const web = 'tcp:203.0.113.10:80';

/** The list of all tasks. */
export const tasks: readonly Task[] = [
  {
    name: 'see which real server gets nothing though it should',
    keys: [],
    limit: 0,
    before: showOddShares,
    isDone: (screen) => expect(lineOf(screen, '10.0.0.2:80')).toMatch(/ 0\/50%/),
  },
  {
    name: 'see only what gets another share than is due to it',
    keys: [typed('/share!=due'), 'enter'],
    limit: 13,
    before: showOddShares,
    isDone: (screen) => expect(shownServers(screen)).toEqual(['10.0.0.1:80', '10.0.0.2:80']),
  },
  {
    name: 'sort by connections a second',
    keys: ['o', 'c'],
    limit: 2,
    isDone: (screen) => expect(screen.controller.getState().sortColumn).toBe('connections'),
  },
  {
    name: 'filter to a subnet',
    keys: [typed('/10.0.1.0/24'), 'enter'],
    limit: 13,
    isDone(screen) {
      const shown = shownServers(screen);
      expect(shown.length).toBeGreaterThan(1);
      expect(shown.filter((name) => !name.startsWith('10.0.1.'))).toEqual([]);
    },
  },
  {
    name: 'close all services',
    keys: ['*'],
    limit: 1,
    isDone(screen) {
      expect(shownServers(screen)).toEqual([]);
      expect(screen.text()).toContain('▸ fwm:7');
    },
  },
  {
    name: 'go to what the doctor found first',
    keys: ['!', 'o'],
    limit: 2,
    before: examined,
    isDone: (screen) => expect(lineOf(screen, '10.0.1.34:443')).toMatch(/^▌ . ✗/),
  },
  {
    name: 'copy the command that mends it',
    keys: ['!', 'Y'],
    limit: 3,
    before: examined,
    isDone: (screen) =>
      expect(screen.requests).toContain('copy ip neighbour flush to 10.0.1.34 dev eth1 nud failed'),
  },
  {
    name: 'find who changed a weight',
    keys: ['E'],
    limit: 1,
    site: () => ({ watch: others }),
    before: changedByAda,
    isDone: (screen) =>
      expect(screen.text()).toMatch(/edited +ipvsadm, ada( as root from 192\.0\.2\.7)? +weight 1 → 9/),
  },
  {
    name: 'look at the clients of a service',
    keys: ['c', '3'],
    limit: 2,
    isDone: (screen) => until('they are counted', () => / 198\.18\.\d+\.\d+ +\d/.test(screen.text())),
  },
  {
    name: 'ask all real servers of a service whether they answer',
    keys: ['P'],
    limit: 1,
    isDone: (screen) => until('all are asked', () => screen.text().includes(`Probe of ${first}: 3 asked`)),
  },
  {
    name: 'follow a packet to a real server and back',
    keys: ['down', 'W'],
    limit: 2,
    isDone: (screen) => expect(screen.text()).toContain(`${first} by ${firstServer}`),
  },
  {
    name: 'look back by a minute',
    keys: ['b', typed('-1m'), 'enter'],
    limit: 5,
    site: recorded,
    isDone: (screen) => until('the past is shown', () => screen.text().includes('REPLAY')),
  },
  {
    name: 'read what keys a pane takes',
    keys: ['c', '?'],
    limit: 2,
    isDone: (screen) => expect(screen.text()).toContain('Keys of this pane'),
  },
  {
    name: 'set a weight',
    keys: ['down', 'w', typed('7'), 'enter'],
    limit: 4,
    isDone: (screen) => expect(serversOf(screen, first)[firstServer]).toMatchObject({ weight: 7 }),
  },
  {
    name: 'raise the weights of all real servers of a service',
    keys: ['+', 'enter', 'y'],
    limit: 3,
    isDone: (screen) => expect(weightsOf(screen, first)).toEqual([2, 3, 3]),
  },
  {
    name: 'drain a real server and delete it when it is empty',
    keys: ['down', 'D', 'end', 'enter', 'y'],
    limit: 5,
    isDone(screen) {
      expect(serversOf(screen, first)[firstServer]).toMatchObject({ weight: 0 });
      expect(lineOf(screen, firstServer)).toMatch(/^▌ . ▽|^▌▽/);
    },
  },
  {
    name: 'take the machine under the cursor out of all its services',
    keys: ['H', 'D', 'enter', 'y'],
    limit: 8,
    before: (screen) => screen.press('/', ...'10.0.0.21', 'enter', 'down'),
    isDone(screen) {
      const { drains, tagged } = screen.controller.getState();
      expect(drains.length).toBe(tagged.size);
      expect(drains.length).toBeGreaterThan(0);
    },
  },
  {
    name: 'switch a real server to DR',
    keys: ['down', 'm', 'down', 'enter', 'y'],
    limit: 5,
    isDone: (screen) => expect(serversOf(screen, first)[firstServer]).toMatchObject({ forwarding: 'dr' }),
  },
  {
    name: 'change the scheduler of a service',
    keys: ['s', 'up', 'enter'],
    limit: 3,
    isDone: (screen) =>
      expect(screen.director.findService(parseService(first))?.service.scheduler).toBe('lc'),
  },
  {
    name: 'add a service with three real servers',
    keys: ['a', typed('tcp:203.0.113.10:81'), 'enter', 'r', typed('10.0.0.31-33'), 'enter'],
    limit: 35,
    isDone: (screen) =>
      expect(Object.keys(serversOf(screen, 'tcp:203.0.113.10:81')).sort()).toEqual([
        ...['10.0.0.31:81', '10.0.0.32:81', '10.0.0.33:81'],
      ]),
  },
  {
    name: 'take back the last change',
    keys: ['u', 'enter'],
    limit: 2,
    async before(screen) {
      await screen.press('+', 'enter', 'y');
      expect(weightsOf(screen, first)).toEqual([2, 3, 3]);
    },
    isDone: (screen) => expect(weightsOf(screen, first)).toEqual([1, 2, 2]),
  },
  {
    name: 'save the table for the next boot',
    keys: ['S', 'enter'],
    limit: 2,
    isDone: (screen) => screen.waitFor(({ message }) => message?.text.includes('saved to') === true),
  },
];

function typed(text: string): Typed {
  return { typed: text };
}

/** Two services: the one with a real server that is deaf, the other as it should be. */
function showOddShares(screen: OpenScreen): Promise<void> {
  return screen.show(
    viewOf([
      service(web, {}, [
        real('10.0.0.1:80', {}, { share: 1, due: 0.5 }),
        real('10.0.0.2:80', {}, { share: 0, due: 0.5 }),
      ]),
      service(first, {}, [real('10.0.0.3:80', {}, { share: 1, due: 1 })]),
    ]),
  );
}

function examined(screen: OpenScreen): Promise<void> {
  return screen.waitFor(({ examination }) => examination !== null);
}

/** Who others are while their changes are watched. */
const others = fakeWatch();

async function changedByAda(screen: OpenScreen): Promise<void> {
  const identity = parseService(first);
  const [present] = Object.values(serversOf(screen, first));
  if (present === undefined) throw new Error('the demo has changed');
  const realServer = { ...present, weight: 9 };
  await screen.press('F');
  others.tell({ kind: 'begun' });
  const request = seenRequest({ kind: 'set real server', identity, realServer }, { time: 0 });
  others.tell({ kind: 'requests', requests: [request] });
  setRealServer(screen.director, identity, realServer);
  await screen.read();
}

async function recorded(): Promise<ScreenDraft> {
  const folder = temporaryFolder();
  await record(folder, new RecordedSite(), 12);
  return { recording: { open: () => openRecording(folder), canGoLive: true, speed: 100, plays: false } };
}

function serversOf(screen: OpenScreen, name: string): Record<string, RealServer> {
  const servers = allRealServers(screen.director, parseService(name)).map((entry) => entry.realServer);
  return Object.fromEntries(servers.map((server) => [formatRealServer(server.identity), server]));
}

function weightsOf(screen: OpenScreen, name: string): number[] {
  return Object.values(serversOf(screen, name)).map(({ weight }) => weight);
}

/** Names of the real servers in the table, as the filter and folds leave them. */
function shownServers(screen: OpenScreen): string[] {
  const rows = [...screen.controller.getState().rows];
  return rows.flatMap(({ kind, key }) => (kind === 'real server' ? (key.split(' ')[1] ?? []) : []));
}

function lineOf(screen: OpenScreen, text: string): string | undefined {
  // Behind the signs and the branch: a detail beside the table may name it, too.
  return screen.lines().find((line) => line.slice(0, 6 + text.length).includes(text));
}
