import type { PlannedPair } from './plan-pair.ts';

/** Most lines that are told. */
const mostTold = 10;

/** What the tables of both differ in, in the lines of ipvsadm; empty where they are the same. */
export function tableDifferences([one, other]: PlannedPair): readonly string[] {
  const only = (from: PlannedPair[0], than: PlannedPair[0]) => {
    const known = new Set(than.member.table);
    return from.member.table
      .filter((line) => !known.has(line))
      .map((line) => `only on ${from.host.name}: ${line}`);
  };
  const lines = [...only(one, other), ...only(other, one)];
  const rest = lines.length - mostTold;
  return rest > 0 ? [...lines.slice(0, mostTold), `and ${rest} more`] : lines;
}
