import { existsSync } from 'node:fs';
import { compareTable, type Difference } from '../../changes/plan/difference.ts';
import { compareSettings } from '../../changes/plan/difference-of-settings.ts';
import type { ServiceState } from '../../changes/steps/table-state.ts';
import { readTable } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import type { CommandConsole } from '../context/console.ts';
import { requireNoProblems, type SavedTable } from '../files/read-saved-table.ts';

/** A saved table beside the present one. */
export interface Comparison {
  readonly present: readonly ServiceState[];
  readonly difference: Difference;
}

/** Reads the table and compares it with a saved one. Throws an input `IpvsError` when that cannot be made. */
export function compareWithPresent(
  console: CommandConsole,
  director: Director,
  { title, configuration, settings }: SavedTable,
): Comparison {
  const present = readTable(director);
  const difference = compareTable(configuration, present, {
    hasSyncDaemon: director.syncDaemons().length > 0,
    hasModule,
  });
  requireNoProblems(console, title, configuration.sources, difference.problems);
  return { present, difference: withSettings(difference, compareSettings(director, settings)) };
}

/**
 * Whether a kernel module is there. Built-in ones without parameters have no folder in /sys/module, but schedulers are
 * loadable modules as a rule.
 */
function hasModule(name: string): boolean {
  return /^[a-z0-9_-]+$/.test(name) && existsSync(`/sys/module/${name.replaceAll('-', '_')}`);
}

function withSettings(table: Difference, settings: Pick<Difference, 'changes' | 'surplus'>): Difference {
  return {
    changes: [...table.changes, ...settings.changes],
    surplus: [...table.surplus, ...settings.surplus],
    problems: table.problems,
  };
}
