import type { JournalReading } from '../../changes/journal/journal.ts';
import { visible } from '../../ipvs/visible.ts';
import type { CommandConsole } from '../context/console.ts';

/** Says what of a journal cannot be read, and where. */
export function showDamages(console: CommandConsole, { damages, problem }: JournalReading): void {
  if (problem !== null) console.err(`warning: the journal cannot be read: ${problem}`);
  for (const { path, offset, length, kind } of damages) {
    const what =
      kind === 'torn'
        ? 'a record was begun and not written to its end, as a crash leaves it'
        : 'something here is no record as lvstop wrote it';
    console.err(`warning: ${visible(path)}, ${length} bytes from byte ${offset} on: ${what}; it is left out`);
  }
}
