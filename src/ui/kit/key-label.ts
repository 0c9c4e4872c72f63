const keyLabels: Readonly<Record<string, string>> = {
  space: 'Space',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  delete: 'Delete',
  f1: 'F1',
  f2: 'F2',
  f3: 'F3',
  f10: 'F10',
};

/** How a key is shown to the operator. */
export function keyLabel(key: string): string {
  const label = keyLabels[key];
  if (label !== undefined) return label;
  return key.startsWith('ctrl+') ? `Ctrl-${key.slice('ctrl+'.length).toUpperCase()}` : key;
}
