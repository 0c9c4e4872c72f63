import { afterEach, expect, test } from 'vitest';
import { allRealServers, allServices } from '../../src/director/director.ts';
import { directorWith, type RealServerRow } from '../changes/table.ts';
import { key } from './keys.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

const services = 60;
const realServers = 50;

let screen: OpenScreen;
afterEach(() => screen.close());

/** More than can be planned at once. */
function largeSite() {
  const rows = Array.from(
    { length: realServers },
    (_, index): RealServerRow => [`10.0.0.${index + 1}:80`, { weight: 1 }],
  );
  const names = Array.from({ length: services }, (_, index) => `tcp:203.0.113.${index + 1}:80`);
  return directorWith(Object.fromEntries(names.map((name) => [name, [{}, ...rows] as const])));
}

/** Opens the screen on that director with every real server tagged; gives their keys. */
async function openAllTagged(director: ReturnType<typeof largeSite>): Promise<string[]> {
  screen = await openScreen({ director });
  const { view } = screen.controller.getState();
  const keys = view?.services.flatMap(({ realServers: rows }) => rows.map((row) => row.key)) ?? [];
  screen.controller.update({ tagged: new Set(keys) });
  return keys;
}

test('an edit of thousands of tagged rows is worked out bit by bit, and Enter waits for it', async () => {
  const director = largeSite();
  const keys = await openAllTagged(director);
  const { controller } = screen;
  expect(keys).toHaveLength(services * realServers);

  // Not by `press`, which waits for what each key brings about.
  for (const name of ['w', '9', 'enter']) controller.onInput(key(name));
  await screen.waitFor(({ message }) => message?.kind === 'done');
  expect(screen.text()).toContain(`, and ${services * realServers - 1} more`);
  const weights = allServices(director)
    .flatMap(({ service }) => allRealServers(director, service.identity))
    .map(({ realServer }) => realServer.weight);
  expect(weights).toEqual(keys.map(() => 9));
});

test('a key that is typed while it is worked out counts', async () => {
  const director = largeSite();
  await openAllTagged(director);
  const { controller } = screen;
  for (const name of ['w', '7', '8']) controller.onInput(key(name));
  // The table is read again meanwhile.
  await screen.read();
  expect(screen.text()).toMatch(/working out what would change|-w 78/);
  controller.onInput(key('enter'));
  await screen.waitFor(({ message }) => message?.kind === 'done');
  expect(screen.text()).toContain('weight 1 → 78');
});

test('its undo is worked out bit by bit too, Enter does nothing before it is shown, and the journal shows all of it', async () => {
  const director = largeSite();
  const keys = await openAllTagged(director);
  const { controller } = screen;
  for (const name of ['w', '9', 'enter']) controller.onInput(key(name));
  await screen.waitFor(({ message }) => message?.kind === 'done');
  const weights = () =>
    new Set(
      allServices(director)
        .flatMap(({ service }) => allRealServers(director, service.identity))
        .map(({ realServer }) => realServer.weight),
    );
  expect(weights()).toEqual(new Set([9]));

  controller.update({ message: null });
  controller.onInput(key('u'));
  // Not by `waitFor`, which waits until all is worked out.
  while (controller.getState().dialog === null) await new Promise((resolve) => setImmediate(resolve));
  // Nobody has seen yet what it would do.
  controller.onInput(key('enter'));
  await screen.waitFor(() => screen.text().includes('Enter undo it'));
  expect(weights()).toEqual(new Set([9]));
  // The table is read again, and it is worked out anew.
  await screen.read();
  controller.onInput(key('enter'));
  await screen.waitFor(({ message }) => message?.kind === 'done');
  expect(weights()).toEqual(new Set([1]));

  controller.onInput(key('J'));
  await screen.waitFor(({ pane }) => pane !== null);
  controller.onInput(key('enter'));
  await screen.waitFor(({ dialog }) => dialog !== null);
  await screen.press('end');
  expect(screen.text()).toContain('ipvsadm -e -t 203.0.113.60:80 -r 10.0.0.50:80 -g -w 9');
  expect(keys).toHaveLength(services * realServers);
});

test('a deletion of thousands of tagged rows asks once it is worked out', async () => {
  const director = largeSite();
  await openAllTagged(director);
  const { controller } = screen;
  controller.onInput(key('x'));
  await screen.waitFor(({ dialog }) => dialog !== null);
  expect(screen.text()).toContain(`Delete these ${services * realServers}?`);
  controller.onInput(key('y'));
  await screen.waitFor(({ message }) => message?.kind === 'done');
  expect(allServices(director).flatMap(({ service }) => allRealServers(director, service.identity))).toEqual(
    [],
  );
});
