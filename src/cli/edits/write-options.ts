import type { ValuesOf } from '../options/option-entry.ts';
import type {
  lastingOptions,
  ProgramValues,
  probeBeforeOption,
  trackFileOption,
  trialOptions,
  writeOptions,
} from '../options/option-table.ts';
import type { RecordOptions } from './record-change.ts';

/** Values of the options of commands that write, and what the program was called with. */
export type WriteOptions = ValuesOf<typeof writeOptions> &
  Partial<ValuesOf<typeof lastingOptions>> &
  Partial<ValuesOf<readonly [typeof trackFileOption]>> &
  Partial<ValuesOf<readonly [typeof probeBeforeOption]>> &
  Partial<ValuesOf<typeof trialOptions>> &
  ProgramValues &
  RecordOptions;
