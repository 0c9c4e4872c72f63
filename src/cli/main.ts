import { failureLines, runCommandLine } from './command-line.ts';
import { processConsole } from './context/console.ts';
import { failureOf } from './context/exit-code.ts';
import { openDirector } from './opening/open-director.ts';

const debug = process.env.LVSTOP_DEBUG === '1';

// Called for an error that nothing awaits.
process.on('uncaughtException', (error) => {
  // The screen listens too: it gives the terminal back first and then prints the error itself.
  if (process.listenerCount('uncaughtException') > 1) return;
  for (const line of failureLines(error, debug, process.stderr.columns)) process.stderr.write(`${line}\n`);
  process.exit(failureOf(error).exitCode);
});

const exitCode = await runCommandLine(
  { console: processConsole(), openDirector },
  process.argv.slice(2),
  debug,
);
// The exit code is set and not forced, so that what was written to a pipe still goes out.
if (exitCode !== undefined) process.exitCode = exitCode;
