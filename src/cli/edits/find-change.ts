import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { IpvsError } from '../../ipvs/error.ts';

/** Finds a change by its name or the beginning of it. Throws an input `IpvsError` when that names none, or several. */
export function findChange(
  operation: string,
  changes: readonly JournalledChange[],
  text: string,
): JournalledChange {
  const wanted = text.toLowerCase();
  const found = /^[0-9a-f]{1,8}$/.test(wanted) ? changes.filter(({ id }) => id.startsWith(wanted)) : [];
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw IpvsError.input(
    'no-such-change',
    operation,
    `change "${text}"`,
    found.length > 1
      ? `${found.length} changes begin so: ${found.map(({ id }) => id).join(', ')}`
      : 'the journal has no such change',
    found.length > 1 ? 'give more of its name' : 'give a name that "lvstop journal" prints first in its line',
  );
}
