import { wrapText } from '../terminal/wrap-text.ts';
import { toldWidth } from './context/console.ts';
import type { CommandContext } from './context/context.ts';
import { recordingOf, withDemoJoined } from './context/demo.ts';
import { enterNamespace } from './context/entered-namespace.ts';
import { failureJson, failureOf } from './context/exit-code.ts';
import { optionValues } from './options/command.ts';
import { refuseWithoutHost } from './options/host-options.ts';
import { screenOptions } from './options/screen-options.ts';
import { createProgram } from './program.ts';

/**
 * Does what the arguments (without Node and script) say. Resolves with the exit code, or with `undefined` when
 * the screen was opened, which ends the process itself. Errors become one line on standard error, of JSON where that was
 * asked for; with `debug` their stack comes too.
 */
export async function runCommandLine(
  context: CommandContext,
  given: readonly string[],
  debug: boolean,
): Promise<number | undefined> {
  const argv = withDemoJoined(given);
  try {
    // What the scripts of "lvstop completion" call, for each press of Tab.
    if (argv[0] === 'complete') {
      const { complete, completionText } = await import('./complete.ts');
      context.console.out(completionText(await complete(context, given.slice(given[1] === '--' ? 2 : 1))));
      return 0;
    }
    const program = await createProgram(context, argv);
    const { operands, unknown } = program.parseOptions([...argv]);
    const options = optionValues(program, screenOptions);
    if (options.host !== undefined) {
      const { runOnHosts } = await import('./commands/on-hosts.ts');
      return await runOnHosts(context, options.host, options, argv);
    }
    refuseWithoutHost(options);
    const { netns, endsWithInput } = options;
    if (endsWithInput === true) endWithInput();
    // Sockets stay in the namespace in which they were opened, so this comes before anything is opened.
    if (netns !== undefined) enterNamespace(netns);
    if (operands.length === 0 && unknown.length === 0) {
      const recording = recordingOf(options.demo);
      if (recording !== undefined) {
        const { replay } = await import('./commands/replay.ts');
        await replay(context, recording, { ...options, speed: options.speed ?? 1, plays: true });
        return undefined;
      }
      const { openScreen } = await import('./commands/screen.ts');
      await openScreen(context, options, (error) =>
        failureLines(error, debug, toldWidth(context.console))
          .map((line) => `${line}\n`)
          .join(''),
      );
      return undefined;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    const json = argv.includes('--json') ? failureJson(error) : null;
    const { console } = context;
    const lines = json === null ? failureLines(error, debug, toldWidth(console)) : [json];
    for (const line of lines) console.err(line);
    return failureOf(error).exitCode;
  }
}

/**
 * Ends this process as SIGTERM does when standard input ends: without a terminal nothing else tells the far side of
 * `--host` that its caller has gone.
 */
function endWithInput(): void {
  const { stdin } = process;
  const end = () => process.kill(process.pid, 'SIGTERM');
  stdin.on('end', end);
  stdin.on('error', end);
  stdin.resume();
  // An open stdin must not keep a command alive that is done.
  stdin.unref();
}

/**
 * The lines printed for anything thrown: one sentence, wrapped at `width` cells, then the stack with `debug`; none
 * where nothing is to be said.
 */
export function failureLines(error: unknown, debug: boolean, width = Number.POSITIVE_INFINITY): string[] {
  const { line } = failureOf(error);
  if (line === null) return [];
  return [
    ...wrapText(`lvstop: ${line}`, width, 'whole'),
    ...(debug && error instanceof Error ? [error.stack ?? ''] : []),
  ];
}
