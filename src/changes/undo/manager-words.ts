import type { Origin } from '../journal/origin.ts';

/** When programs that own the table write it again, by name; that undoes an undo. */
const managers: Readonly<Record<string, string>> = {
  keepalived: 'when a health check changes, or when it is reloaded',
  ldirectord: 'at one of its next checks',
  'kube-proxy': 'at its next synchronisation',
  'kube-router': 'at its next synchronisation',
  'kube-vip': 'at its next synchronisation',
};

/** A sentence if the program that made a change is likely to make it again; `undefined` otherwise. */
export function managerWarning({ program }: Origin): string | undefined {
  const name = program?.name ?? '';
  const when = Object.hasOwn(managers, name) ? managers[name] : undefined;
  return when && `${name} made this change and may make it again ${when}: change what it is configured to do`;
}
