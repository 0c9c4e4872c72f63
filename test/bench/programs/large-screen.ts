/**
 * usage: large-screen [SERVICES [OPTION…]]
 *
 * lvstop on so many services (1,000 where it is left out) of 10 real servers, all under load, on the terminal that it
 * is started on.
 */
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { processConsole } from '../../../src/cli/console.ts';
import { createCountedDirector } from './counted-director.ts';

const [services = '1000', ...options] = process.argv.slice(2);
await runCommandLine({ console: processConsole(), openDirector }, options, true);

/** A kernel's table is not there either before the screen begins to read it. */
async function openDirector() {
  return createCountedDirector({
    services: Number(services),
    realServers: 10,
    now: () => performance.now(),
  });
}
