/** A small program in a session, driven by the session's tests through a pseudo-terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { KeyDecoder, keyChord } from '../../src/terminal/keys.ts';
import { Screen } from '../../src/terminal/screen.ts';
import { TerminalSession } from '../../src/terminal/session.ts';
import { writeNow } from '../../src/terminal/write-now.ts';

const typed: string[] = [];
const screen = new Screen({
  output: process.stdout,
  onLost: () => session.lose(),
});
const session = new TerminalSession({
  input: process.stdin,
  output: process.stdout,
  onInput: (bytes) => decoder.push(bytes),
  describeCrash: (error) => `crashed: ${error instanceof Error ? error.message : error}\n`,
  onEnd: (end) => writeNow(process.stderr.fd, `ended: ${end.reason}\n`),
  onSuspend: () => screen.suspend(),
  onResume: () => screen.resume(),
  settled: () => screen.settled(),
});

const actions: Record<string, () => void> = {
  q: () => void session.quit(3),
  'ctrl+c': () => void session.quit(130),
  'ctrl+z': () => void session.suspend(),
  e: () => {
    throw new Error('thrown in a key');
  },
  r: () => void Promise.reject(new Error('rejected in a key')),
  x: () => process.exit(5),
  w: () => {
    console.log('a library prints');
    process.emitWarning('a library warns');
  },
  m: () => session.setMouse(true),
  // Another program has the terminal, until it has read a line.
  l: () =>
    void session.lend(async () => {
      const script = 'echo lent; read line; echo "took $line"';
      await once(spawn('sh', ['-c', script], { stdio: 'inherit' }), 'close');
    }),
  f: () => {
    // More than the terminal takes at once.
    process.stdout.write('x'.repeat(4_000_000));
  },
};

const decoder = new KeyDecoder({
  onEvent: (event) => {
    if (event.type !== 'key') return;
    const chord = keyChord(event);
    typed.push(chord);
    draw();
    actions[chord]?.();
  },
});

function draw(): void {
  screen.draw((grid) => {
    grid.write(0, 0, `ready pid=${process.pid} size=${grid.width}x${grid.height} typed=${typed.join(',')}.`);
  });
}

if (process.argv[2] === 'ink') {
  const [{ render, Text }, { createElement }, { createInkSurface }] = await Promise.all([
    import('ink'),
    import('react'),
    import('../../src/terminal/ink-stdout.ts'),
  ]);
  const surface = createInkSurface({ columns: 20, rows: 1, onFrame: () => undefined });
  render(createElement(Text, null, 'Ink'), surface.renderOptions);
}
session.enter();
draw();
// Something to live for, whatever happens to the input.
setInterval(draw, 50);
