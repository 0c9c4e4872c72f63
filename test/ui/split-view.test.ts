import { afterEach, expect, test } from 'vitest';
import { RowDetail } from '../../src/ui/panes/detail/row-detail.ts';
import { startDesk } from './desk.ts';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

test('the detail beside the table follows the cursor, and events stand below the table', async () => {
  screen = await openScreen({ columns: 200, rows: 50, view: smallSite() });
  await screen.press('g');
  expect(screen.text()).toContain('│ Service tcp:203.0.113.10:80');
  expect(screen.text()).toContain('CONNECTIONS NOW');
  expect(screen.text()).toContain('Events, the newest first: E');
  await screen.press('down');
  expect(screen.text()).toContain('│ Real server 10.0.0.21:8080 of tcp:203.0.113.10:80');
});

test('what a large screen leaves below the table shows all services as curves, above the events', async () => {
  screen = await openScreen({ columns: 300, rows: 80, view: smallSite() });
  const lineOf = (text: string) => screen.lines().findIndex((line) => line.includes(text));
  expect(lineOf(' All services')).toBeGreaterThan(0);
  expect(screen.text()).toContain('IN and OUT bit/s');
  expect(lineOf('Events, the newest first: E')).toBeGreaterThan(lineOf(' All services'));
});

test('below the table it gets what the rows leave', async () => {
  screen = await openScreen({ columns: 120, rows: 60, view: smallSite() });
  const title = screen.lines().findIndex((line) => line.startsWith(' Service tcp:203.0.113.10:80'));
  expect(screen.lines()[title - 1]).not.toBe('');
  expect(screen.text()).toContain('WHAT THE SCHEDULER MEANS HERE');
  await screen.press('v');
  expect(screen.text()).not.toContain('CONNECTIONS NOW');
});

test('where there is no room it says what it needs, and a smaller screen goes on without', async () => {
  screen = await openScreen({ columns: 80, rows: 24, view: smallSite() });
  await screen.press('v');
  expect(screen.text().replace(/\s+/g, ' ')).toContain(
    'split view: beside the table the detail needs 128 columns, below it 22 rows between header and footer; there are 80 columns and',
  );
  await screen.resize(120, 40);
  await screen.press('v');
  expect(screen.text()).toContain('CONNECTIONS NOW');
  await screen.resize(80, 24);
  expect(screen.text()).not.toContain('CONNECTIONS NOW');
});

test('by itself it is there on screens that are ample, until v says otherwise', async () => {
  screen = await openScreen({ columns: 199, rows: 50, view: smallSite() });
  expect(screen.text()).not.toContain('CONNECTIONS NOW');
  await screen.resize(200, 50);
  expect(screen.text()).toContain('CONNECTIONS NOW');
  await screen.press('v', 'v');
  expect(screen.text()).not.toContain('CONNECTIONS NOW');
});

test('a pane has the whole area to itself, and a table without rows has no detail', async () => {
  screen = await openScreen({ columns: 200, rows: 50, view: smallSite() });
  await screen.press('E');
  expect(screen.text()).not.toContain('CONNECTIONS NOW');
  await screen.press('escape', '/', 'q', 'q', 'enter');
  expect(screen.text()).toContain('Detail: nothing is selected');
});

test('what a key does not change of the detail is not made anew', async () => {
  const desk = startDesk();
  await desk.read();
  const { controller } = desk;
  const [first, second] = [...controller.getState().rows];
  if (first === undefined || second === undefined) throw new Error('the demo is empty');
  const detail = new RowDetail(controller, first);
  const { lines } = detail.page(80, 40);
  desk.press('/', '1');
  detail.turnTo(first);
  expect(detail.page(80, 40).lines).toBe(lines);
  expect(detail.page(81, 40).lines).not.toBe(lines);
  expect(detail.page(80, 40, 3).lines).not.toBe(lines);
  const last = detail.page(80, 40).lines;
  await desk.read();
  expect(detail.page(80, 40).lines).not.toBe(last);
  controller.update({ span: '1h' });
  const hour = detail.page(80, 40);
  expect(hour.lines).not.toBe(last);
  detail.turnTo(second);
  expect(detail.page(80, 40).title).not.toBe(hour.title);
});
