/** The first code of the single executable: what `bin/lvstop` and `bin/lvstop.js` do elsewhere. */
import { judgeStart, rightsOfProcess, startOver } from '../../bin/start.js';

// NODE_OPTIONS and NODE_PATH are no reason to start over: the executable is built to ignore the first, and loads no
// package from the disk.
const { NODE_OPTIONS: _options, NODE_PATH: _path, ...environment } = process.env;
const judged = judgeStart({ rights: rightsOfProcess(), execArgv: process.execArgv, environment });
if (judged.way === 'go') {
  void import('../../src/cli/main.ts');
} else {
  // Node's flag is built in as well, so only the program's own arguments follow its name.
  const reason =
    judged.way === 'refuse'
      ? judged.reason
      : startOver(judged.environment, [process.execPath, ...process.argv.slice(2)]);
  process.stderr.write(`lvstop: ${reason}\n`);
  process.exitCode = 2;
}
