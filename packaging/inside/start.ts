/** The first code of the single executable: what `bin/lvstop` and `bin/lvstop.js` do elsewhere. */
import { judgeStart, rightsOfProcess, startOver } from '../../bin/start.js';

// The executable is built to ignore the first, and loads no package from the disk: no reason to start over.
const { NODE_OPTIONS: _options, NODE_PATH: _path, ...environment } = process.env;
const judged = judgeStart({ rights: rightsOfProcess(), execArgv: process.execArgv, environment });
if (judged.way === 'go') {
  void import('../../src/cli/main.ts');
} else {
  // Node's flag is built in as well: after the program's name come its own arguments.
  const reason =
    judged.way === 'refuse'
      ? judged.reason
      : startOver(judged.environment, [process.execPath, ...process.argv.slice(2)]);
  process.stderr.write(`lvstop: ${reason}\n`);
  process.exitCode = 2;
}
