import { afterEach, describe, expect, test } from 'vitest';
import { directorWith, web } from '../changes/table.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

async function openOn(
  far: { readonly production: boolean; readonly color: 'green' | null },
  rows = 30,
): Promise<void> {
  screen = await openScreen({
    director: directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] }),
    rows,
  });
  screen.controller.update({ far: { name: 'lb1.example', ...far } });
  await screen.press('down');
}

const weights = () =>
  [...screen.director.realServerBatches(web)].flat().map(({ realServer }) => realServer.weight);

describe('a host in production', () => {
  test('has a frame, and asks for its name before an edit', async () => {
    await openOn({ production: true, color: null });
    expect(screen.lines().filter((line) => line.startsWith(' PRODUCTION  lb1.example'))).toHaveLength(2);
    const before = weights();
    await screen.press('+', 'enter');
    expect(screen.text()).toContain('lb1.example is in production');
    await screen.type('lb2.example');
    await screen.press('enter');
    expect(screen.text()).toContain('✗ that is not lb1.example');
    expect(weights()).toEqual(before);
    await screen.press('escape');
    await screen.press('enter');
    await screen.type('lb1.example');
    await screen.press('enter');
    await screen.waitFor(({ message }) => message?.kind === 'done');
    expect(weights()).toEqual(before.map((weight) => weight + 1));
  });

  test('has the band above only on a low screen', async () => {
    await openOn({ production: true, color: null }, 14);
    expect(screen.lines().filter((line) => line.startsWith(' PRODUCTION'))).toHaveLength(1);
  });
});

test('a host with a colour has a band, and edits as others do', async () => {
  await openOn({ production: false, color: 'green' });
  expect(screen.lines()[0]).toBe(' lb1.example');
  await screen.press('+', 'enter');
  await screen.waitFor(({ message }) => message?.kind === 'done');
});
