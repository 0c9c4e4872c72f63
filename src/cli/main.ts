import { runCommandLine } from './command-line.ts';
import { processConsole } from './console.ts';
import { openDirector } from './open-director.ts';

const exitCode = await runCommandLine(
  { console: processConsole(), openDirector },
  process.argv.slice(2),
  process.env.LVSTOP_DEBUG === '1',
);
// The exit code is set and not forced, so that what was written to a pipe still goes out.
if (exitCode !== undefined) process.exitCode = exitCode;
