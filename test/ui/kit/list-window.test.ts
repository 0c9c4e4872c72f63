import { describe, expect, it } from 'vitest';
import { ListWindow } from '../../../src/ui/kit/list-window.ts';
import { key } from '../keys.ts';

const lines = Array.from({ length: 10 }, (_, index) => index);

function pressed(window: ListWindow, ...names: string[]): readonly number[] {
  for (const name of names) window.onKey(key(name));
  return window.fit(lines, 4);
}

describe('a list', () => {
  it('keeps the cursor in sight, and moves no further than it must', () => {
    const list = new ListWindow('list');
    expect(pressed(list)).toEqual([0, 1, 2, 3]);
    expect(pressed(list, 'down', 'j', 'down')).toEqual([0, 1, 2, 3]);
    expect(pressed(list, 'down')).toEqual([1, 2, 3, 4]);
    expect(list.index).toBe(4);
    expect(pressed(list, 'up', 'k')).toEqual([1, 2, 3, 4]);
    expect(list.index).toBe(2);
  });

  it('leaves no room empty below its end', () => {
    const list = new ListWindow('list');
    expect(pressed(list, 'G')).toEqual([6, 7, 8, 9]);
    expect(list.fit(lines.slice(0, 5), 4)).toEqual([1, 2, 3, 4]);
    expect(list.index).toBe(4);
    expect(list.fit(lines, 20)).toEqual(lines);
  });

  it('begins where it is told to', () => {
    expect(new ListWindow('list', 7).fit(lines, 4)).toEqual([4, 5, 6, 7]);
  });

  it('takes keys before it is known how long it is', () => {
    const list = new ListWindow('list');
    pressed(list, 'G', 'g', 'down');
    expect(list.index).toBe(1);
    expect(pressed(new ListWindow('list'), 'end')).toEqual([6, 7, 8, 9]);
  });

  it('of nothing stays at its beginning', () => {
    const list = new ListWindow('list');
    expect(list.fit([], 4)).toEqual([]);
    list.onKey(key('end'));
    expect(list.index).toBe(0);
  });
});

describe('a page', () => {
  it('moves as a whole, from its first line to its last', () => {
    const page = new ListWindow('page');
    expect(pressed(page)).toEqual([0, 1, 2, 3]);
    expect(pressed(page, 'down')).toEqual([1, 2, 3, 4]);
    expect(page.below).toBe(5);
    expect(pressed(page, 'pagedown')).toEqual([5, 6, 7, 8]);
    expect(pressed(page, 'space')).toEqual([6, 7, 8, 9]);
    expect(pressed(page, 'down')).toEqual([6, 7, 8, 9]);
    expect(pressed(page, 'pageup')).toEqual([2, 3, 4, 5]);
    expect(pressed(page, 'home')).toEqual([0, 1, 2, 3]);
  });

  it('leaves other keys alone', () => {
    const page = new ListWindow('page');
    for (const name of ['enter', 'x', 'left', 'tab', 'ctrl+k'])
      expect(page.onKey(key(name)), name).toBe(false);
  });
});
