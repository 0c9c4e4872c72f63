import { count } from '../../changes/steps/describe.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { severitySigns } from '../../doctor/rounds/finding-text.ts';
import { visible } from '../../ipvs/visible.ts';
import type { DirectorState, View } from '../../sampling/view.ts';
import { textWidth, truncateToWidth } from '../../terminal/width.ts';
import { formatSpan } from '../kit/number-format.ts';
import type { Part } from '../kit/page.ts';
import { ageOf, momentOf } from '../state/age.ts';
import type { ScreenState } from '../state/screen-state.ts';
import { formatSpeed } from '../state/speed.ts';
import { severityRoles } from '../table/finding-marks.ts';
import { replayStanding } from './time-line.ts';

/** A part of the title. Where not all fit, parts with `spare` are left out, 1 before 2. */
export interface TitlePart extends Part {
  readonly spare?: 1 | 2;
  /** A host's name, which is shortened where the rest needs the room: to the part before its first dot, or less. */
  readonly isName?: true;
}

/** Fewest cells that a name is cut to. */
const shortestName = 8;

/** As many parts as fit. */
export function needed(parts: readonly TitlePart[], width: number): readonly Part[] {
  const surplusOf = (some: readonly TitlePart[]) =>
    some.reduce((sum, { text }) => sum + textWidth(text), 0) - width;
  let left = parts;
  for (const rank of [1, 2]) if (surplusOf(left) > 0) left = left.filter(({ spare }) => spare !== rank);
  const surplus = surplusOf(left);
  if (surplus <= 0) return left;
  return left.map((part) => (part.isName ? { ...part, text: shortened(part.text, surplus) } : part));
}

/** A name shortened by `surplus` cells, or nearly, to the part before its first dot or less. */
function shortened(name: string, surplus: number): string {
  const [label = ''] = name.split('.');
  if (textWidth(label) <= textWidth(name) - surplus) return label;
  return truncateToWidth(label, Math.max(shortestName, textWidth(name) - surplus));
}

/** Who the director is. */
export function identityParts({ view, namespace, replay }: ScreenState): TitlePart[] {
  if (view === null) return [{ text: 'lvstop', role: 'strong' }, { text: ' reading …' }];
  const { hostName, source } = view.director;
  return [
    { text: 'lvstop', role: 'strong' },
    { text: ' ' },
    { text: hostName, isName: true },
    ...(namespace === null
      ? []
      : [{ text: ' ' }, { text: ` netns ${visible(namespace.word)} `, role: 'badge' } as const]),
    ...(source === 'simulated' ? [{ text: ' ' }, { text: ' SIMULATED ', role: 'badge' } as const] : []),
    ...(replay === null
      ? []
      : [{ text: ' ' }, { text: ` REPLAY ${formatTime(replay.time)} `, role: 'badge' } as const]),
  ];
}

/** The kernel's IPVS by its version. */
export function versionText({ director: { info } }: View): string {
  return `IPVS ${info?.version ?? '?'}`;
}

/** How the director stands, and whether it can be edited from here. */
export function standingParts(state: ScreenState): Part[] {
  const { view, readOnly } = state;
  const mark: Part[] =
    readOnly === null || state.replay !== null
      ? []
      : [{ text: '  ' }, { text: ' READ-ONLY ', role: 'badge' }];
  return view === null ? mark : [stateSign(state, view.director.state), ...mark];
}

/** Tells that real servers are probed automatically, and how often each; nothing while they are not. */
export function probingParts({ probing }: ScreenState, isShort: boolean): Part[] {
  switch (probing.kind) {
    case 'off':
      return [];
    case 'on': {
      const asked = isShort ? '' : `${probing.realServers} `;
      return [{ text: `probing ${asked}every ${formatSpan(probing.round)}`, role: 'dim' }];
    }
    case 'failed':
      return [
        { text: isShort ? '▲ no probe, P tells why' : `▲ no probe: ${probing.reason}`, role: 'warning' },
      ];
  }
}

/** The states of this machine in keepalived's VRRP instances; nothing where there are none. */
export function vrrpParts({ manager }: ScreenState, isShort: boolean): Part[] {
  if (manager.kind !== 'keepalived' || manager.instances.length === 0) return [];
  const { instances } = manager;
  const counts = vrrpWords.flatMap(({ state, word }) => {
    const { length } = instances.filter((instance) => instance.state === state);
    return length === 0
      ? []
      : `${instances.length === 1 || length === instances.length ? '' : `${length} `}${word}`;
  });
  const isWrong = instances.some(
    ({ state, contradicted }) => state === 'fault' || state === 'partly' || contradicted !== null,
  );
  return [
    {
      text: `${isWrong ? '▲ ' : ''}VRRP ${counts.join(', ')}${isWrong && !isShort ? ': K' : ''}`,
      role: isWrong ? 'warning' : 'dim',
    },
  ];
}

const vrrpWords = [
  { state: 'master', word: 'master' },
  { state: 'backup', word: 'backup' },
  { state: 'fault', word: 'fault' },
  { state: 'partly', word: 'in part' },
  { state: 'unknown', word: '?' },
] as const;

/**
 * Whether the table is as its keeper has it, in how many places it differs, or why the keeper's files cannot be read;
 * nothing where nobody keeps it.
 */
export function driftParts({ manager }: ScreenState, isShort: boolean): Part[] {
  if (manager.kind === 'none') return [];
  if (manager.kind === 'unreadable') {
    return [
      { text: isShort ? 'keepalived ?' : `keepalived's files: ${visible(manager.reason)}`, role: 'dim' },
    ];
  }
  const { length } = manager.drifts;
  if (length === 0) return [{ text: isShort ? 'keepalived' : 'as keepalived has it', role: 'dim' }];
  const text = isShort ? `${length} drift: K` : `${count(length, 'difference')} from keepalived: K`;
  return [{ text: `▲ ${text}`, role: 'warning' }];
}

/** What is not saved; nothing where all is. */
export function unsavedParts({ unsaved }: ScreenState, isShort: boolean): Part[] {
  if (unsaved === null || unsaved === 0) return [];
  const text = isShort ? `${unsaved} not saved: S` : `${count(unsaved, 'change')} not saved, S saves`;
  return [{ text: `▲ ${text}`, role: 'warning' }];
}

/** How many services and real servers there are, and within which budget they are read in turn, where they are. */
export function countsText({ totals }: View, budget: number): string {
  return `${countsOf(totals)}${totals.oldest === null ? '' : `, in turn within ${budget}%`}`;
}

/** Milliseconds after which the age of the doctor's findings is told. */
const oldLook = 15_000;

/** How many errors and warnings there are, and their age where it is worth telling; hints are not counted. */
export function findingsParts({ marks, examination, view, now }: ScreenState, isShort: boolean): Part[] {
  const { count: findings, gravest } = marks;
  const since = examination === null || view === null ? 0 : momentOf({ now, view }) - examination.time;
  const age = since <= oldLook ? '' : `${formatSpan(since)} ago`;
  if (gravest === null) return age === '' ? [] : [{ text: `doctor ${age}`, role: 'dim' }];
  const seen = age === '' ? '' : ` ${age}`;
  const text = `${count(findings, 'finding')}${seen}${isShort ? ': !' : ', ! shows'}`;
  return [{ text: `${severitySigns[gravest]} ${text}`, role: severityRoles[gravest] }];
}

function stateSign(state: ScreenState, director: DirectorState): Part {
  if (state.replay !== null && director.kind === 'live')
    return { text: replayStanding(state.replay), role: 'warning' };
  if (director.kind === 'lost') return { text: '✗ LOST', role: 'error' };
  const age = state.view === null ? '' : ageOf(state, state.view.time);
  if (state.frozen) return { text: `‖ frozen${age === '' ? '' : ` ${age}`}, p goes on`, role: 'warning' };
  if (state.pace?.isPaused) return { text: '‖ paused', role: 'warning' };
  if (age !== '') return { text: `▲ ${age} old, no reading since`, role: 'warning' };
  if (director.kind === 'frozen-counters')
    return { text: `▲ ${state.interval}s, counters stand still`, role: 'warning' };
  const { speed = 1 } = state.pace ?? {};
  return { text: `● live ${state.interval}s${speed === 1 ? '' : ` ${formatSpeed(speed)}`}`, role: 'good' };
}

function countsOf({ services, realServers }: View['totals']): string {
  return `${services} ${services === 1 ? 'service' : 'services'} ${realServers} real ${realServers === 1 ? 'server' : 'servers'}`;
}
