import { Box, render, Text, useInput, useWindowSize } from 'ink';
import { type ReactNode, useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { createInkSurface } from '../../src/terminal/ink-stdout.ts';
import { named, style } from '../../src/terminal/style.ts';
import { until } from '../until.ts';

const instances: { unmount(): void }[] = [];

function mount(node: ReactNode, columns = 20, rows = 4) {
  const frames: string[] = [];
  const surface = createInkSurface({ columns, rows, onFrame: (grid) => frames.push(grid.toString()) });
  const instance = render(node, surface.renderOptions);
  instances.push(instance);
  return { surface, instance, frames };
}

afterEach(() => {
  for (const instance of instances.splice(0)) instance.unmount();
});

function Size() {
  const { columns, rows } = useWindowSize();
  return (
    <Box width={columns} height={rows}>
      <Text>{`${columns}x${rows}`}</Text>
    </Box>
  );
}

describe('Ink on a surface', () => {
  it('draws into cells, colours included, though the tests run on no terminal', () => {
    const { surface } = mount(
      <Text color="red" bold>
        hello
      </Text>,
    );
    expect(surface.grid.cell(0, 0)).toEqual({
      text: 'h',
      width: 1,
      style: style({ fg: named('red'), bold: true }),
    });
  });

  it('tells of each new frame at once, and of none that is the same', () => {
    const { instance, frames } = mount(<Text>one</Text>);
    instance.rerender(<Text>two</Text>);
    instance.rerender(<Text>two</Text>);
    expect(frames).toEqual(['one', 'two']);
  });

  it('becomes blank when nothing is drawn any more', () => {
    const { instance, frames } = mount(<Text>one</Text>);
    instance.rerender(null);
    expect(frames).toEqual(['one', '']);
  });

  it('is laid out anew in another size, without an empty frame in between', async () => {
    const { surface, frames } = mount(<Size />);
    for (const [width, height] of [
      [12, 3],
      [30, 5],
    ] as const) {
      surface.resize(width, height);
      // React draws when it comes to it, later on a busy machine.
      await until('the new size', () => surface.grid.toString() === `${width}x${height}`);
    }
    expect(frames).not.toContain('');
    expect([surface.grid.width, surface.grid.height]).toEqual([30, 5]);
  });

  it('cuts what does not fit', () => {
    const { surface } = mount(
      <Box flexDirection="column">
        {['a', 'b', 'c', 'd', 'e', 'f'].map((line) => (
          <Text key={line}>{line}</Text>
        ))}
      </Box>,
    );
    expect(surface.grid.toString()).toBe('a\nb\nc\nd');
  });

  it('leaves the process’s own terminal alone', () => {
    const listeners = process.stdin.listenerCount('readable') + process.stdin.listenerCount('data');
    function Listening() {
      const [count, setCount] = useState(0);
      useInput(() => setCount(count + 1));
      return <Text>listening {count}</Text>;
    }
    const { surface } = mount(<Listening />);
    expect(surface.grid.toString()).toBe('listening 0');
    expect(process.stdin.listenerCount('readable') + process.stdin.listenerCount('data')).toBe(listeners);
  });

  it('ends without a trace', async () => {
    const { instance, frames } = mount(<Text>one</Text>);
    instance.unmount();
    await instance.waitUntilExit();
    expect(frames).toEqual(['one']);
  });
});
