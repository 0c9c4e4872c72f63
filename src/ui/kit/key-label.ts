const keyLabels: Readonly<Record<string, string>> = {
  escape: 'Esc',
  tab: 'Tab',
  'shift+tab': 'Shift-Tab',
  backspace: 'Backspace',
  insert: 'Insert',
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
  ...Object.fromEntries(Array.from({ length: 12 }, (_, place) => [`f${place + 1}`, `F${place + 1}`])),
};

const keysByLabel: ReadonlyMap<string, string> = new Map(
  Object.entries(keyLabels).map(([key, label]): [string, string] => [label, key]),
);

/** The name of a key that is shown by a word, `Enter` or `↑`; `undefined` for one that is its own name. */
export function keyOfLabel(label: string): string | undefined {
  return keysByLabel.get(label);
}

/** How a key is shown to the operator. */
export function keyLabel(key: string): string {
  const label = keyLabels[key];
  if (label !== undefined) return label;
  return key.startsWith('ctrl+') ? `Ctrl-${key.slice('ctrl+'.length).toUpperCase()}` : key;
}
