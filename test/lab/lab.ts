/**
 * `npm run lab`: a shell, or a command, on the director of a site of its own.
 *
 * The command's exit code is this program's; 124 when it was ended after the time limit, 125 when the guest died.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { boot, LabUnavailable, type Stage } from './boot.ts';
import { bundle } from './bundle.ts';

const USAGE = `usage: npm run lab -- [OPTION…] [COMMAND…]

Boots a Linux kernel with IPVS and opens a shell on its director, or runs COMMAND there.

  --bare          the network only: no services, no real servers' web servers, no client traffic
  --rate N        new connections a second that the client opens (30)
  --size WxH      columns and rows of the guest's terminal (those of this terminal)
  --memory MB     the guest's memory (1024)
  --limit S       end the guest after so many seconds (never on a terminal, else 600)
  --write FOLDER  let the guest write to this folder; whatever else it writes is gone with it
  --no-build      do not bundle lvstop first
`;

const PASSED_ON = [
  'TERM',
  'COLORTERM',
  'NO_COLOR',
  'FORCE_COLOR',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'LVSTOP_DEBUG',
];

function parse() {
  // What follows the first word that is no option belongs to the command, options included.
  const words = process.argv.slice(2);
  const valued = new Set(['--rate', '--size', '--memory', '--limit', '--write']);
  let first = 0;
  while (first < words.length && words[first]?.startsWith('--') && words[first] !== '--') {
    first += valued.has(words[first] ?? '') ? 2 : 1;
  }
  const { values } = parseArgs({
    args: words.slice(0, first),
    options: {
      bare: { type: 'boolean', default: false },
      rate: { type: 'string', default: '30' },
      size: { type: 'string' },
      memory: { type: 'string', default: '1024' },
      limit: { type: 'string' },
      write: { type: 'string', multiple: true, default: [] },
      build: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  return { ...values, command: words.slice(words[first] === '--' ? first + 1 : first) };
}

/** What is said of each stage. */
const STAGES: Readonly<Record<Stage, string>> = {
  download: 'downloading kernel and tools, 45 MB, once on this machine',
  kernel: 'booting the kernel',
  site: 'building the site: client, director, real servers',
  traffic: 'starting services, web servers and traffic',
  command: 'ready',
};

/** Says what goes on, with the seconds since the start, where somebody may wait for it. */
function tell(what: string): void {
  console.error(`lab: ${(performance.now() / 1000).toFixed(1).padStart(4)} s  ${what}`);
}

function terminalSize(wanted: string | undefined): { columns: number; rows: number } | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    return undefined;
  }
  const [, columns, rows] = /^(\d+)x(\d+)$/.exec(wanted ?? '') ?? [];
  return columns && rows
    ? { columns: Number(columns), rows: Number(rows) }
    : { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
}

async function main(): Promise<number> {
  const options = parse();
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const terminal = terminalSize(options.size);
  if (options.build) tell('bundling lvstop');
  if (options.build && !bundle()) {
    console.error('lab: lvstop could not be bundled; going on with what is there');
  }
  const shell = ['bash', '--rcfile', 'test/lab/site/bashrc', '-i'];
  const env = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const { exitCode, outcome, kernelLog } = await boot({
    command: [
      'test/lab/site/director.sh',
      options.bare ? 'network' : 'traffic',
      ...(options.command.length > 0 ? options.command : shell),
    ],
    env: { ...Object.fromEntries(env), LVSTOP_LAB_RATE: options.rate },
    onStage: (stage) => tell(STAGES[stage]),
    memory: Number(options.memory),
    timeLimit: Number(options.limit ?? (terminal ? 0 : 600)),
    writable: options.write.map((folder) => resolve(folder)),
    ...(terminal ? { terminal } : {}),
  });
  if (outcome !== 'exited') {
    console.error(`${kernelLog}lab: the guest ended without the command's exit code (${outcome})`);
  }
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  const said = error instanceof Error ? error.message : String(error);
  console.error(error instanceof LabUnavailable ? `lab: ${said}` : `lab: ${said}\n${USAGE}`);
  process.exitCode = 2;
}
