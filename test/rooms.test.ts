import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const source = join(import.meta.dirname, '../src');

/** The rooms from top to bottom: imports point down this list only. */
const rooms = [
  'cli',
  'ui',
  'terminal',
  'fleet',
  'manager',
  'report',
  'recording',
  'doctor',
  'foresight',
  'changes',
  'probe',
  'clients',
  'sampling',
  'director',
  'host',
  'forwarding',
  'netlink',
  'formats',
  'system',
  'ipvs',
];

/** Rooms inside rooms, likewise; `''` are the files that stand beside them and put them together. */
const innerRooms: Readonly<Record<string, readonly string[]>> = {
  cli: ['', 'commands', 'edits', 'opening', 'files', 'options', 'context'],
  ui: ['', 'fleet', 'commands', 'panes', 'dialogs', 'frame', 'state', 'table', 'kit'],
  netlink: ['monitor', 'packets', 'ipvs', 'network', 'wire'],
  doctor: ['rounds', 'checks', 'walk', 'judgement', 'evidence', ''],
  host: ['machine', 'load', 'firewall', 'network', 'processes', ''],
  changes: ['events', 'drain', 'saved', 'undo', 'journal', 'write', 'plan', 'steps'],
};

/** Further limits inside the order: who alone may import a room. */
const onlyFrom: Record<string, RegExp> = {
  netlink: /^(netlink|probe|clients|director\/kernel|doctor|host)\//,
  ui: /^(ui|cli)\//,
};

/** What lies below the screen and does not know it. */
const below = [
  'fleet',
  'manager',
  'report',
  'recording',
  'doctor',
  'foresight',
  'changes',
  'probe',
  'clients',
  'sampling',
  'director',
  'host',
  'forwarding',
  'netlink',
  'formats',
  'system',
  'ipvs',
];

/** Packages and parts of Node that only some rooms may use; what is not named here is free. */
const allowed: { readonly what: RegExp; readonly rooms: readonly string[] }[] = [
  { what: /^react($|\/|-)/, rooms: ['ui'] },
  { what: /^(ink|chalk|string-width|slice-ansi)$/, rooms: ['ui', 'terminal'] },
  { what: /^commander$/, rooms: ['cli'] },
  { what: /^koffi$/, rooms: ['netlink', 'system'] },
  { what: /^netlink$/, rooms: ['netlink', 'doctor', 'host'] },
  { what: /^systeminformation$/, rooms: ['host'] },
  { what: /^ipaddr\.js$/, rooms: ['ipvs'] },
  // Files: never in the rooms that only think, and never in the screen.
  {
    what: /^node:fs($|\/)/,
    rooms: [
      'cli',
      'terminal',
      'fleet',
      'manager',
      'recording',
      'doctor',
      'changes',
      'director',
      'netlink',
      'host',
      'system',
    ],
  },
  // Metrics are served to whoever may have them; nothing else listens.
  { what: /^node:(net|http|https|dgram|tls)$/, rooms: ['cli', 'fleet'] },
  { what: /^(yaml|bcryptjs)$/, rooms: ['fleet'] },
  // The operator's own ssh, keepalived's test of its configuration, lvstop itself once more, and nothing else.
  { what: /^node:child_process$/, rooms: ['fleet', 'manager', 'system'] },
];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.split(sep).join('/'));

const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join(source, file), 'utf8');
  const targets = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)|createRequire\([^)]*\)\(\s*['"]([^'"]+)['"]\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
  );
  return [...targets].map((match) => ({
    file,
    room: file.split('/')[0] ?? '',
    target: match.slice(1).find((target) => target !== undefined) ?? '',
  }));
});

/** Path below `src/` of an import of ours; `undefined` for packages and for what lies outside. */
function ownTarget({ file, target }: Import): string | undefined {
  if (!target.startsWith('.')) return undefined;
  const path = relative(source, join(source, posix.dirname(file), target))
    .split(sep)
    .join('/');
  return path.startsWith('..') ? undefined : path;
}

function show({ file, target }: Import): string {
  return `src/${file} imports ${target}`;
}

describe('rooms', () => {
  test('every file lies in a room that the list knows', () => {
    const unknown = new Set(imports.map(({ room }) => room).filter((room) => !rooms.includes(room)));
    expect([...unknown]).toEqual([]);
  });

  test('imports are found at all', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(imports.some(({ target }) => target === 'koffi')).toBe(true);
    expect(
      imports.some(({ file, target }) => file === 'cli/commands/screen.ts' && target === '../../ui/start.ts'),
    ).toBe(true);
  });

  test('no import points up', () => {
    const upward = imports.filter((entry) => {
      const target = ownTarget(entry);
      return target !== undefined && rooms.indexOf(target.split('/')[0] ?? '') < rooms.indexOf(entry.room);
    });
    expect(upward.map(show)).toEqual([]);
  });

  test('inner rooms are those of the list, and point down as well', () => {
    const folderOf = (path: string) => path.split('/').slice(1, -1)[0] ?? '';
    const wrong = imports.filter((entry) => {
      const order = innerRooms[entry.room];
      const target = ownTarget(entry);
      if (order === undefined || target === undefined) return false;
      const from = order.indexOf(folderOf(entry.file));
      return from < 0 || (target.startsWith(`${entry.room}/`) && order.indexOf(folderOf(target)) < from);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('no file leads back to itself, types counted', () => {
    const targets = new Map<string, Set<string>>();
    for (const entry of imports) {
      const target = ownTarget(entry);
      if (target === undefined) continue;
      const known = targets.get(entry.file) ?? new Set();
      targets.set(entry.file, known.add(target));
    }
    // What imports only files that lead nowhere any more leads nowhere itself; what stays stands in a circle or before one.
    for (let size = -1; size !== targets.size; ) {
      size = targets.size;
      for (const [file, ahead] of targets)
        if (![...ahead].some((target) => targets.has(target))) targets.delete(file);
    }
    expect([...targets.keys()]).toEqual([]);
  });

  test('rooms with a door are entered through it only', () => {
    const strangers = imports.filter((entry) => {
      const door = onlyFrom[ownTarget(entry)?.split('/')[0] ?? ''];
      return door !== undefined && !door.test(entry.file);
    });
    expect(strangers.map(show)).toEqual([]);
  });

  test('what lies below the screen does not know the terminal', () => {
    const drawing = imports.filter(
      (entry) => below.includes(entry.room) && /^(ui|terminal|cli)\//.test(ownTarget(entry) ?? ''),
    );
    expect(drawing.map(show)).toEqual([]);
  });

  test('packages and parts of Node stay in their rooms', () => {
    const misplaced = imports.filter((entry) =>
      allowed.some(
        ({ what, rooms: allowedRooms }) => what.test(entry.target) && !allowedRooms.includes(entry.room),
      ),
    );
    expect(misplaced.map(show)).toEqual([]);
  });

  test('the system knows nothing of IPVS, and of no other room', () => {
    const foreign = imports.filter(
      (entry) => entry.room === 'system' && !(ownTarget(entry) ?? 'system/').startsWith('system/'),
    );
    expect(foreign.map(show)).toEqual([]);
  });

  test('the language of IPVS needs nothing but addresses', () => {
    const foreign = imports.filter(
      (entry) => entry.room === 'ipvs' && ownTarget(entry) === undefined && entry.target !== 'ipaddr.js',
    );
    expect(foreign.map(show)).toEqual([]);
  });

  test('every file is used: a check, a command or a format that is in no table is none', () => {
    // The second is the program of a thread, named in src/system/start-thread.ts.
    const used = new Set(['cli/main.ts', 'director/kernel/watch-thread.ts', ...imports.map(ownTarget)]);
    expect(files.filter((file) => !file.endsWith('.d.ts') && !used.has(file))).toEqual([]);
  });

  test('imports name their files with extension', () => {
    const bare = imports.filter(({ target }) => target.startsWith('.') && !/\.(tsx?|json)$/.test(target));
    expect(bare.map(show)).toEqual([]);
  });

  test('the screen is loaded in one place, and its columns where settings and options are read', () => {
    const doors = imports.filter(
      (entry) => entry.room !== 'ui' && (ownTarget(entry) ?? '').startsWith('ui/'),
    );
    expect(new Set(doors.map(({ file }) => file))).toEqual(
      new Set([
        'cli/commands/fleet.ts',
        'cli/commands/report-markdown.ts',
        'cli/commands/replay.ts',
        'cli/commands/screen.ts',
        'cli/files/settings-in-force.ts',
        'cli/opening/printed-rows.ts',
        'cli/options/row-choice.ts',
      ]),
    );
  });
});
