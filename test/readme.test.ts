import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allRealServers, type Director } from '../src/director/director.ts';
import { createSimulatedDirector } from '../src/director/simulated/simulated-director.ts';
import { gatherWalk } from '../src/doctor/walk/gather-walk.ts';
import { plainWalk } from '../src/forwarding/walk/walk-text.ts';
import { createSimulatedMachine } from '../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../src/host/network/simulated-network.ts';
import { parseService } from '../src/ipvs/identity.ts';
import { lvstop } from './cli/harness.ts';
import { checkTable, errorTable, keyTable, metricTable, sceneTable, taskTable } from './doc-tables.ts';

const checkout = resolve(import.meta.dirname, '..');

/** Parts of `docs/` that are made by the program: between two marks that nobody sees. */
const parts = [
  { page: 'keys.md', name: 'keys', source: 'src/ui/commands.ts', make: keyTable },
  { page: 'keys.md', name: 'tasks', source: 'test/ui/tasks.ts', make: taskTable },
  { page: 'checks.md', name: 'checks', source: 'src/doctor/rounds/checks.ts', make: checkTable },
  { page: 'walk.md', name: 'walk', source: 'lvstop walk', make: demoWalk },
  { page: 'setup.md', name: 'setup', source: 'lvstop setup', make: demoSetup },
  { page: 'modes.md', name: 'mode', source: 'lvstop mode --dry-run', make: demoMode },
  { page: 'demo.md', name: 'scenes', source: 'share/scenes', make: sceneTable },
  { page: 'errors.md', name: 'codes', source: 'src/ipvs/error-codes.ts', make: errorTable },
  {
    page: 'metrics.md',
    name: 'metrics',
    source: 'src/formats/metrics/lvstop-families.ts',
    make: metricTable,
  },
];

/** The first step of the script that `lvstop setup` prints on the demo for a real server under DR. */
async function demoSetup(): Promise<string> {
  const call = ['setup', 'tcp:203.0.113.10:443', '10.0.1.31', '--demo'];
  const { out } = await lvstop(call, { director: demoDirector() });
  const step = out.slice(out.indexOf('\n# 1. ') + 1, out.indexOf('\n# 2. '));
  return `\`\`\`sh\n${step.trimEnd()}\n\`\`\``;
}

/** What `lvstop mode --dry-run` says on the demo. */
async function demoMode(): Promise<string> {
  const call = ['mode', 'tcp:203.0.113.25:25', '10.0.3.25', 'dr', '--dry-run', '--demo'];
  const { out, err } = await lvstop(call, { director: demoDirector() });
  return `\`\`\`\n${out}${err.trimEnd()}\n\`\`\``;
}

function demoDirector(): Director {
  return createSimulatedDirector({ now: () => 0, seed: 1 });
}

/** What `lvstop walk` prints on the demo, at the moment that it begins with. */
async function demoWalk(): Promise<string> {
  const director = demoDirector();
  const identity = parseService('tcp:198.51.100.20:8443');
  const service = director.findService(identity)?.service;
  const realServer = allRealServers(director, identity)
    .map((entry) => entry.realServer)
    .find(({ tunnel }) => tunnel.type === 'gue');
  if (service === undefined || realServer === undefined) throw new Error('the demo has changed');
  const sources = { director, network: createSimulatedNetwork(), machine: createSimulatedMachine() };
  const walk = await gatherWalk(sources, { service, realServer, services: [identity] });
  return `\`\`\`\n${plainWalk(walk, { width: 80, ascii: false })}\`\`\``;
}

describe('the documentation', () => {
  it.each(parts)('has $name as the program makes them', async ({ page, name, source, make }) => {
    const file = join(checkout, 'docs', page);
    const made = await make();
    const begin = `<!-- ${name}: made from ${source}; UPDATE_README=1 npm run test:unit -- test/readme.test.ts -->\n`;
    const text = readFileSync(file, 'utf8');
    const from = text.indexOf(begin) + begin.length;
    const to = text.indexOf(`\n<!-- end of ${name} -->`);
    expect(from).toBeGreaterThan(begin.length);
    expect(to).toBeGreaterThanOrEqual(from);
    if (process.env.UPDATE_README === '1') {
      writeFileSync(file, text.slice(0, from) + made + text.slice(to));
    } else {
      expect(text.slice(from, to)).toBe(made);
    }
  });

  it('names every dependency with its reason', () => {
    const reasons = readFileSync(join(checkout, 'ARCHITECTURE.md'), 'utf8');
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(checkout, 'package.json'), 'utf8'),
    ) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !reasons.includes(`| \`${name}\``),
    );
    expect(missing).toEqual([]);
  });

  it('begins with a page that is read in five minutes', () => {
    const words = readFileSync(join(checkout, 'README.md'), 'utf8').split(/\s+/);
    expect(words.length).toBeLessThanOrEqual(1200);
  });
});
