import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sortChoices } from '../../src/ui/dialogs/sort-dialog.tsx';
import { columnsNamed, columnWords } from '../../src/ui/table/column-words.ts';
import { columns } from '../../src/ui/table/columns.ts';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

describe('the names of columns', () => {
  it('are their titles and ids, each of one column', () => {
    for (const column of columns) {
      for (const name of columnWords(column)) expect(columnsNamed(name, columns), name).toEqual([column]);
    }
  });

  it('may be begun, with what stays longest on a narrow screen first', () => {
    const ids = (text: string) => columnsNamed(text, columns).map(({ id }) => id);
    expect(ids('conn')).toEqual(['connections']);
    expect(ids('Sched')).toEqual(['scheduler']);
    expect(ids('IN bit/s')).toEqual(['inBits']);
    expect(ids('act')).toEqual(['active']);
    expect(ids('in').slice(0, 2)).toEqual(['inBits', 'inactive']);
    expect(ids('speed')).toEqual([]);
  });
});

describe('the letters of the sort menu', () => {
  it('are one for each column, none twice', () => {
    const letters = sortChoices.map(({ letter }) => letter);
    expect(new Set(letters).size).toBe(columns.length + 1);
    for (const letter of letters) expect(letter).toMatch(/^[0a-zA-Z]$/);
  });

  it('are of the titles that one sorts by most', () => {
    const letterOf = (id: string) => sortChoices.find((choice) => choice.id === id)?.letter;
    expect(letterOf('connections')).toBe('c');
    expect(letterOf('active')).toBe('a');
    expect(letterOf('weight')).toBe('w');
  });
});

describe('sorting', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen({ view: smallSite() });
  });

  afterEach(() => screen.close());

  const order = () => {
    const { sortColumn, reverse } = screen.controller.getState();
    return `${sortColumn}${reverse ? ' reversed' : ''}`;
  };

  it('takes two keys, o and the letter, which also lead back to the order by address', async () => {
    await screen.press('o', 'c');
    expect(screen.controller.getState().dialog).toBeNull();
    expect(order()).toBe('connections');
    await screen.press('o', '0');
    expect(order()).toBe('null');
  });

  it('by the same column again turns it round, by another one begins in that one’s own direction', async () => {
    await screen.press('o', 'c', 'o', 'c');
    expect(order()).toBe('connections reversed');
    await screen.press('o', 'w');
    expect(order()).toBe('weight');
    await screen.press('I');
    expect(order()).toBe('weight reversed');
    await screen.press('>');
    expect(screen.controller.getState().reverse).toBe(false);
  });

  it('can be chosen from the list, which begins at the present one', async () => {
    await screen.press('o', 'a', 'o');
    expect(screen.text()).toMatch(/a {2}ACTIVE +● /);
    await screen.press('down', 'enter');
    expect(order()).toBe('inactive');
  });

  it('takes titles and their beginnings on the command line, and names what they could be', async () => {
    await screen.type(':sort conn');
    await screen.press('enter');
    expect(order()).toBe('connections');
    await screen.type(':sort in');
    await screen.press('enter');
    expect(screen.text()).toContain('"in" could be inbit/s, inact');
    await screen.type(':sort speed');
    await screen.press('enter');
    expect(screen.text()).toContain('there is no column "speed"; o shows all');
    expect(order()).toBe('connections');
  });
});
