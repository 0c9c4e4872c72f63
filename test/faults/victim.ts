/**
 * lvstop's command line on the table of a file, in a process that may be killed: `victim.ts TABLE STATE [WORD…]`.
 * Everything else is as in the program; without words it opens the screen.
 */
import { runCommandLine } from '../../src/cli/command-line.ts';
import { processConsole } from '../../src/cli/context/console.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { accountOf } from './account.ts';
import { openTableFile } from './table-file.ts';

const [table = '', state = '', ...words] = process.argv.slice(2);

const exitCode = await runCommandLine(
  {
    console: processConsole(),
    openDirector: () => Promise.resolve(openTableFile(table)),
    openNetwork: () => Promise.resolve(createSimulatedNetwork()),
    openMachine: () => Promise.resolve(createSimulatedMachine()),
    account: accountOf(state),
  },
  words,
  false,
);
if (exitCode !== undefined) process.exitCode = exitCode;
