/** lvstop on 1,000 services of 10 real servers, all under load, on the terminal that it is started on. */
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { processConsole } from '../../../src/cli/console.ts';
import { createCountedDirector } from './counted-director.ts';

const director = createCountedDirector({ services: 1000, realServers: 10, now: () => performance.now() });
await runCommandLine(
  { console: processConsole(), openDirector: async () => director },
  process.argv.slice(2),
  true,
);
