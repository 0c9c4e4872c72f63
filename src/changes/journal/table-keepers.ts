/** When programs that keep the table write it again, by name; that undoes what somebody else has changed. */
export const tableKeepers: Readonly<Record<string, string>> = {
  keepalived: 'when a health check changes, or when it is reloaded',
  ldirectord: 'when a health check changes, or when it reads its file again',
  'kube-proxy': 'at its next synchronisation',
  'kube-router': 'at its next synchronisation',
  'kube-vip': 'at its next synchronisation',
};

/** Whether a program of that name keeps the table. */
export function keepsTable(name: string): boolean {
  return Object.hasOwn(tableKeepers, name);
}
