import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bar } from '../../../src/ui/kit/bar.ts';
import { type Graph, graphLines, plot, readingsPerColumn, roundTop } from '../../../src/ui/kit/graph.ts';
import { formatAmount } from '../../../src/ui/kit/number-format.ts';
import { lineText } from '../../../src/ui/kit/page.ts';

describe('the top of a scale', () => {
  test.each([
    [0, 1],
    [Number.NaN, 1],
    [1, 1],
    [1.01, 1.2],
    [3.1, 4],
    [0.3, 0.3],
    [8.1, 10],
    [99, 100],
    [507, 600],
    [12_345, 15_000],
  ])('above %d is %d', (value, top) => {
    expect(roundTop(value)).toBeCloseTo(top, 10);
  });

  test('is never below the value, nor more than half above it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), (value) => {
        const top = roundTop(value);
        expect(top).toBeGreaterThanOrEqual(value * (1 - 1e-9));
        expect(top).toBeLessThanOrEqual(value * 1.5);
      }),
    );
  });
});

describe('readings that share a column', () => {
  test.each([
    [150, 150, 1],
    [150, 300, 1],
    [150, 75, 2],
    [150, 130, 1],
    [150, 20, 8],
    [150, 33, 5],
    [150, 34, 4],
    [150, 1, 150],
  ])('%d readings on %d columns: %d', (readings, columns, each) => {
    expect(readingsPerColumn(readings, columns)).toBe(each);
  });
});

describe('a curve', () => {
  test('goes from the lowest dot for 0 to full columns at the top, two readings a cell', () => {
    const { rows, top, highest } = plot([0, 1, 4, 8], 3, 10, 2, 8);
    expect(rows).toEqual([' ⢸', '⣀⣿']);
    expect([top, highest]).toEqual([8, 8]);
  });

  test('is blank where nothing was read', () => {
    expect(plot([Number.NaN, 0, Number.NaN, 1], 3, 10, 1).rows).toEqual(['⢀⢸']);
    const none = plot([Number.NaN, Number.NaN], 1, 10, 2);
    expect(none.rows).toEqual([' ', ' ']);
    expect(none.highest).toBeNaN();
  });

  test('shows the highest reading of a column, so that no spike is lost', () => {
    const readings = Array.from({ length: 150 }, (_, index) => (index === 77 ? 100 : 1));
    for (const columns of [20, 40, 75, 150]) {
      const { rows, highest } = plot(readings, 149, columns, 4);
      expect(highest).toBe(100);
      expect((rows[0] ?? '').trim()).toMatch(/^[⢸⡇]$/);
    }
  });

  test('moves by whole cells: what shared one goes on to share it', () => {
    const all = Array.from({ length: 400 }, (_, index) => (index * 7919) % 97);
    const seen = new Set<string>();
    for (let newest = 200; newest < 210; newest++) {
      const { rows } = plot(all.slice(newest - 149, newest + 1), newest, 30, 1, 97);
      // Without the oldest and the newest cells, which gain and lose readings.
      seen.add((rows[0] ?? '').slice(-19, -4));
    }
    // Ten readings are two cells at most, so there are three pictures at most.
    expect(seen.size).toBeLessThanOrEqual(3);
  });

  test('always has the asked for rows, equally wide, of dots only', () => {
    const reading = fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 1, maxLength: 160 }),
        fc.nat(10_000),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (readings, newest, columns, height) => {
          const { rows } = plot(readings, newest, columns, height);
          expect(rows).toHaveLength(height);
          expect(new Set(rows.map((row) => row.length)).size).toBe(1);
          expect(rows[0]?.length).toBeLessThanOrEqual(columns);
          expect(rows.join('')).toMatch(/^[ ⠀-⣿]*$/);
        },
      ),
    );
  });
});

describe('a graph', () => {
  const graph: Graph = {
    title: 'CONN/s',
    readings: Array.from({ length: 150 }, (_, index) => 2 * index),
    period: 2,
    newest: 149,
    now: 298,
    format: formatAmount,
    end: 'now',
  };
  const text = (changes: Partial<Graph>, width: number, rows: number) =>
    graphLines({ ...graph, ...changes }, width, rows).map(lineText);

  test('has its title, its scale and the time below', () => {
    expect(text({}, 36, 4)).toMatchInlineSnapshot(`
      [
        "CONN/s 298  max 298",
        "  300┤                   ⢀⣀⣤⣴⣶⣿",
        "     │             ⣀⣀⣤⣴⣶⣿⣿⣿⣿⣿⣿⣿",
        "  150┤       ⣀⣠⣤⣶⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "     │⣀⣀⣠⣤⣶⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "    0└5m────────2m30s───────now",
      ]
    `);
  });

  test('says how far back it reaches when that is less than everything', () => {
    expect(text({}, 136, 3).at(-1)).toMatch(/^ {4}0└5m─+2m30s─+now$/);
    expect(text({}, 66, 3).at(-1)).toMatch(/^ {4}0└4m─+2m─+now$/);
  });

  test('marks the middle only where a row begins there', () => {
    expect(text({}, 36, 3).filter((line) => line.includes('┤'))).toHaveLength(1);
    expect(text({}, 36, 6).filter((line) => line.includes('┤'))).toHaveLength(2);
  });

  test('is as wide as there is room, however little there is to show', () => {
    const lines = text({ readings: [1, 2, 4, 8], newest: 3, now: 8 }, 22, 2);
    expect(lines.slice(1)).toEqual([
      '    8┤            ⣿⣿⣿⣿',
      '     │⣀⣀⣀⣀⣤⣤⣤⣤⣿⣿⣿⣿⣿⣿⣿⣿',
      '    0└8s─────4s────now',
    ]);
  });

  test('has its edge in another look than what is below it', () => {
    const [, , lower] = graphLines({ ...graph, readings: [1, 8], newest: 1, now: 8 }, 8, 2);
    const pieces = typeof lower === 'function' ? lower() : lower;
    expect(pieces?.map(({ text: piece, role }) => [piece, role])).toEqual([
      ['     │', 'dim'],
      ['⣀', 'trend'],
      ['⣿', 'calmTrend'],
    ]);
  });

  test('draws a limit where the curve is blank, and marks on the time axis', () => {
    const marks = [
      { ago: 10, sign: '◆', role: 'key' } as const,
      { ago: 9999, sign: '▲', role: 'warning' } as const,
    ];
    const lines = text({ limit: 200, marks }, 36, 4);
    expect(lines[2]).toContain('┄┄┄┄');
    expect(lines.at(-1)).toMatch(/◆/);
    expect(lines.at(-1)).not.toContain('▲');
  });

  test('tells what the column of the cursor shows, and of when', () => {
    const cursor = { column: 10, moment: (seconds: number) => `${seconds} s ago` };
    const lines = text({ cursor }, 36, 4);
    expect(lines[0]).toBe('CONN/s 178 120 s ago');
    expect(lines[1]?.[20]).toBe('│');
  });

  test('says why there is no curve', () => {
    const lines = text({ note: 'not seen under DR' }, 36, 3);
    expect(lines[0]).toBe('CONN/s');
    expect(lines[2]).toContain('not seen under DR');
    expect(lines.join('')).not.toMatch(/[⠀-⣿]/);
  });

  test('fits its width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 400 }), fc.integer({ min: 1, max: 20 }), (width, rows) => {
        const lines = text({}, width, rows);
        expect(lines).toHaveLength(rows + 2);
        for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('a bar', () => {
  test.each([
    [0, '────'],
    [0.001, '╸───'],
    [0.5, '━━──'],
    [0.4, '━╸──'],
    [1, '━━━━'],
    [1.7, '━━━━'],
    [-1, '────'],
  ])('of %d', (value, text) => {
    expect(bar(value, 4)).toBe(text);
  });
});
