/**
 * lvstop on a director that means ill: every name that it gives holds control sequences, and what it throws when a
 * service is edited is no error that lvstop knows. Bundled and started by hostile.test.ts.
 */
import { runCommandLine } from '../../src/cli/command-line.ts';
import { processConsole } from '../../src/cli/context/console.ts';
import type { Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import type { ServiceEntry } from '../../src/ipvs/service.ts';

/** Sets the title, clears the screen, colours by a C1 control, reverses the reading order, rubs out. */
const evil = 'a\x1b]0;owned\x07b\x1b[2Jc\x9b31md\u202ee\rf\x7fg';

const simulated = createSimulatedDirector({ now: () => performance.now(), seed: 1 });

const hostile: Partial<Director> = {
  hostName: `lb ${evil}`,
  info: () => ({ version: `1 ${evil}`, connectionTableSize: 4096 }),
  *serviceBatches() {
    for (const batch of simulated.serviceBatches()) yield batch.map(spoilt);
  },
  findService(identity) {
    const entry = simulated.findService(identity);
    return entry && spoilt(entry);
  },
  zero() {
    throw new Error(`broken ${evil}`);
  },
};

function spoilt(entry: ServiceEntry): ServiceEntry {
  return { ...entry, service: { ...entry.service, scheduler: `s${evil}`, engine: `p${evil}` } };
}

const director = new Proxy(simulated, {
  get(target, name: keyof Director) {
    const own = hostile[name] ?? target[name];
    return typeof own === 'function' ? own.bind(target) : own;
  },
});

process.exitCode = await runCommandLine(
  { console: processConsole(), openDirector: async () => director },
  process.argv.slice(2),
  false,
);
