import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gutterWidth } from '../../../src/ui/kit/fitted-columns.ts';
import { type Column, columnById, columnIds, columns } from '../../../src/ui/table/columns.ts';
import { candidateColumns, placeColumns } from '../../../src/ui/table/place-columns.ts';

const ids = columns.map(({ id }) => id);
const anyChoice = fc.option(fc.uniqueArray(fc.constantFrom(...ids)));
const anyWidth = fc.integer({ min: 1, max: 400 });

/** Ids of the columns that are placed. */
function placedIds(width: number, chosen: readonly string[] | null, nameWidth = 0): string[] {
  return placeColumns(width, nameWidth, chosen && columnIds(chosen)).map(({ column }) => column.id);
}

describe('the columns', () => {
  it('have each an id of its own, a title that fits and a meaning', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, shortTitle = title, width, meaning, id } of columns) {
      expect(Math.min(title.length, shortTitle.length), id).toBeLessThanOrEqual(width);
      expect(meaning, id).not.toBe('');
    }
  });
});

describe('automatic columns', () => {
  it('drop out by priority as the screen gets narrow', () => {
    expect(placedIds(80, null)).toEqual([
      'name',
      'mode',
      'weight',
      'share',
      'active',
      'connections',
      'inBits',
    ]);
    expect(placedIds(32, null)).toEqual(['name', 'mode']);
    // A name is cut only where nothing else could go.
    expect(placedIds(80, null, 54)).toEqual(['name', 'mode', 'weight', 'active']);
    expect(placedIds(1, null)).toEqual(['name']);
  });

  it('are none that need a request, however wide the screen is', () => {
    const placed = placedIds(10_000, null);
    const isUsual = ({ onRequest, whileProbing }: Column) => onRequest !== true && whileProbing !== true;
    expect(placed).toEqual(columns.filter(isUsual).map(({ id }) => id));
    expect(placed).not.toContain('peak');
  });

  it('tell the answers while real servers are asked again and again', () => {
    expect(placedIds(80, null)).not.toContain('answers');
    const probing = placeColumns(80, 0, null, 'full', null, true).map(({ column }) => column.id);
    expect(probing).toEqual(expect.arrayContaining(['name', 'mode', 'weight', 'answers', 'active']));
  });
});

describe('chosen columns', () => {
  it('stand in their order, the name first', () => {
    expect(placedIds(200, ['totalInBytes', 'weight', 'mode'])).toEqual([
      'name',
      'totalInBytes',
      'weight',
      'mode',
    ]);
    expect(placedIds(200, ['mode', 'name'])).toEqual(['name', 'mode']);
  });

  it('drop out by priority where there are too many', () => {
    expect(placedIds(43, ['peak', 'weight', 'mode', 'upper'])).toEqual(['name', 'weight', 'mode']);
  });

  it('come before room for long names', () => {
    expect(placedIds(60, ['peak', 'upper', 'lower'], 54)).toEqual(['name', 'peak', 'upper', 'lower']);
  });

  it('pass over what is no column', () => {
    expect(candidateColumns(columnIds(['nothing', 'mode'])).map(({ id }) => id)).toEqual(['name', 'mode']);
  });

  it('are ids, and no text passes for one: a type error', () => {
    // @ts-expect-error a text that was not looked up
    expect(candidateColumns(['mode']).map(({ id }) => id)).toEqual(['name', 'mode']);
  });
});

describe('placing', () => {
  it('never overlaps, never leaves the screen, and leaves no column out that would fit before another', () => {
    fc.assert(
      fc.property(anyChoice, anyWidth, fc.integer({ min: 0, max: 80 }), (chosen, width, nameWidth) => {
        const placed = placeColumns(width, nameWidth, chosen);
        let end = gutterWidth - 1;
        for (const { x, width: cells } of placed) {
          expect(x).toBe(end + 1);
          end = x + cells;
        }
        if (width > gutterWidth) expect(end).toBeLessThanOrEqual(width);
        expect(placed[0]?.column.id).toBe('name');
        const shown = placed.map(({ column }) => column.id);
        const order = candidateColumns(chosen).map(({ id }) => id);
        expect(shown).toEqual(order.filter((id) => shown.includes(id)));
        const lowest = Math.max(...shown.map((id) => columnById(id)?.priority ?? 0));
        const left = candidateColumns(chosen).filter(({ id }) => !shown.includes(id));
        for (const { priority } of left) expect(priority).toBeGreaterThanOrEqual(lowest);
      }),
      // Here the last main column does not fit, and the first of the others would.
      { examples: [[null, 102, 0]] },
    );
  });
});
