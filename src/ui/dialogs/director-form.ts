import type { SettingIntention } from '../../changes/plan/intention.ts';
import { describeSyncDaemon, describeTimeouts } from '../../changes/steps/describe.ts';
import type { Director } from '../../director/director.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { SettingField } from '../../ipvs/settings-text.ts';
import { greatestSyncValues, type SyncDaemon, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { longestTimeout, timeoutNames } from '../../ipvs/timeouts.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Desk } from '../state/desk.ts';
import { editObstacle } from '../state/edit-obstacle.ts';
import { type FormSpec, openForm } from './form-dialog.tsx';

type Texts = Readonly<Record<string, string>>;
type State = SyncDaemon['state'];

const secondsMeant = `seconds, 1 to ${longestTimeout}`;
const numberNames = {
  syncId: 'id',
  port: 'port',
  ttl: 'TTL',
  maxLength: 'length',
} as const satisfies Record<keyof typeof greatestSyncValues, string>;

/** Shows time-outs and sync daemons in a form, or in a line where nothing can be edited. */
export function openDirectorForm(desk: Desk): void {
  try {
    const obstacle = editObstacle(desk);
    if (obstacle === undefined) openForm(desk, directorForm(desk.director));
    else desk.say('hint', `${summary(desk.director)}; no edits: ${obstacle}`);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    desk.say('refusal', error.message);
  }
}

function directorForm(director: Director): FormSpec {
  return {
    title: 'Time-outs and sync daemons',
    movesConnections: false,
    fields: [
      ...timeoutNames.map(({ name }) => ({ name, allowed: secondsMeant })),
      ...syncDaemonStates.flatMap(daemonFields),
    ],
    texts: textsOf(director),
    present: () => textsOf(director),
    intentions: (texts) => intentionsOf(director, texts),
  };
}

function summary(director: Director): string {
  const daemons = director.syncDaemons().map((daemon) => `${daemon.state} ${describeSyncDaemon(daemon)}`);
  return [
    describeTimeouts(director.timeouts()),
    ...(daemons.length === 0 ? ['no sync daemon'] : daemons),
  ].join('; ');
}

function daemonFields(state: State): SettingField[] {
  const isMaster = state === 'master';
  return [
    {
      name: state,
      allowed: isMaster ? 'tells backups of its connections' : 'learns of a master’s connections',
      choices: ['off', 'on'],
    },
    {
      name: `${state} network`,
      allowed: 'interface that the directors share, like eth1; it needs an address',
      longest: 15,
    },
    {
      name: `${state} id`,
      allowed: isMaster ? '0 to 255, the same on the backup' : '0 to 255; 0 listens to every master',
    },
    {
      name: `${state} group`,
      allowed: 'multicast group; empty for 224.0.0.81',
      longest: '255.255.255.255'.length,
    },
    { name: `${state} port`, allowed: 'UDP port; empty for 8848' },
    { name: `${state} TTL`, allowed: 'hops; empty for 1' },
    { name: `${state} length`, allowed: 'bytes of a message; empty for what the MTU allows' },
  ];
}

function textsOf(director: Director): Texts {
  const timeouts = director.timeouts();
  const running = director.syncDaemons();
  return {
    ...Object.fromEntries(timeoutNames.map(({ field, name }) => [name, String(timeouts[field])])),
    ...Object.assign(
      {},
      ...syncDaemonStates.map((state) =>
        daemonTexts(
          state,
          running.find((daemon) => daemon.state === state),
        ),
      ),
    ),
  };
}

function daemonTexts(state: State, daemon: SyncDaemon | undefined): Texts {
  const number = (value: number | undefined) => (value === undefined || value === 0 ? '' : String(value));
  return {
    [state]: daemon === undefined ? 'off' : 'on',
    [`${state} network`]: visible(daemon?.interface ?? ''),
    [`${state} id`]: String(daemon?.syncId ?? 0),
    [`${state} group`]: daemon?.group ?? '',
    [`${state} port`]: number(daemon?.port),
    [`${state} TTL`]: number(daemon?.ttl),
    [`${state} length`]: number(daemon?.maxLength),
  };
}

/** The changes from what is set; the other fields of a daemon that is off do not matter. */
function intentionsOf(director: Director, texts: Texts): SettingIntention[] {
  const present = director.timeouts();
  const change: { -readonly [Field in keyof Timeouts]?: number } = {};
  for (const { field, name } of timeoutNames) {
    const seconds = whole(name, texts[name] ?? '', 1, longestTimeout);
    if (seconds !== present[field]) change[field] = seconds;
  }
  const running = new Map(director.syncDaemons().map((daemon) => [daemon.state, daemon]));
  const intentions = syncDaemonStates.flatMap((state): SettingIntention[] => {
    if (texts[state] === 'on')
      return [{ kind: 'start sync daemon', daemon: daemonOf(state, texts, running.get(state)) }];
    return running.has(state) ? [{ kind: 'stop sync daemon', state }] : [];
  });
  return Object.keys(change).length === 0 ? intentions : [{ kind: 'set time-outs', change }, ...intentions];
}

function daemonOf(state: State, texts: Texts, running: SyncDaemon | undefined): SyncDaemon {
  const text = (name: string) => (texts[`${state} ${name}`] ?? '').trim();
  const number = (field: keyof typeof greatestSyncValues) => {
    const name = numberNames[field];
    return text(name) === '' ? 0 : whole(`${state} ${name}`, text(name), 0, greatestSyncValues[field]);
  };
  if (text('network') === '') {
    throw IpvsError.input(
      'missing-value',
      'read',
      `${state} network`,
      'no interface is given yet',
      'type the one that the directors share, like eth1',
    );
  }
  return {
    state,
    // The field shows the running daemon's interface with control characters made visible: where the text is still
    // that, the name itself is meant.
    interface:
      running !== undefined && text('network') === visible(running.interface)
        ? running.interface
        : text('network'),
    syncId: number('syncId'),
    maxLength: number('maxLength'),
    group: text('group') || null,
    port: number('port'),
    ttl: number('ttl'),
  };
}

function whole(name: string, text: string, least: number, greatest: number): number {
  const number = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number >= least && number <= greatest) return number;
  throw IpvsError.input(
    'bad-value',
    'read',
    name,
    `"${text}" is not allowed`,
    `give a whole number from ${least} to ${greatest}`,
  );
}
