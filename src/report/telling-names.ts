import type { Frame } from '../recording/frame.ts';
import type { TellingNames } from './anonymous-text.ts';

/** Fields of events in which users stand. */
const userFields: ReadonlySet<string> = new Set(['user', 'behind']);

/** Names of machines and users that frames tell in fields of their own; they may stand in any text of them. */
export function namesIn(frames: readonly Frame[]): TellingNames {
  const names = { hosts: new Set<string>(), users: new Set<string>() };
  for (const frame of frames) {
    if (frame.kind !== 'origin' && frame.kind !== 'event') continue;
    collect(JSON.parse(frame.content().toString()), names);
  }
  return names;
}

function collect(value: unknown, names: { readonly hosts: Set<string>; readonly users: Set<string> }): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === 'string') {
      if (name === 'hostName') names.hosts.add(field);
      else if (userFields.has(name)) names.users.add(field);
    } else collect(field, names);
  }
}
