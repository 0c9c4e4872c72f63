import { formatService } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import type { JournalledChange } from '../journal/journalled-change.ts';
import { count } from '../steps/describe.ts';
import {
  type ObjectKind,
  realServerKind,
  serviceKind,
  syncDaemonKind,
  type Thing,
  timeoutsKind,
} from '../steps/objects.ts';
import { andMoreSteps, changedFields, describeStep, stepObjectText } from '../steps/step-kinds.ts';
import { netEffect, type ObjectEffect } from './net-effect.ts';
import { type SettingEffects, settingEffects } from './undo-settings.ts';

/** The state of a change, in a word or two: `done`, `undone by 1f2e3d4c`, `partly done 3/5`. */
export function describeState(change: JournalledChange): string {
  const { state, done, steps, undoneBy, confirmation } = change;
  if (undoneBy !== null) return `undone by ${undoneBy}`;
  if (confirmation?.verdict === null && state !== 'failed')
    return `${stateWords(state, done, steps.length)}, to be confirmed by ${formatTime(confirmation.by)}`;
  return stateWords(state, done, steps.length);
}

function stateWords(state: JournalledChange['state'], done: number, all: number): string {
  switch (state) {
    case 'done':
    case 'failed':
    case 'under way':
      return state;
    case 'partly done':
    case 'interrupted':
      return `${state} ${done}/${all}`;
    case 'unfinished':
      return `cut off ${done}+/${all}`;
  }
}

/** What a change does, in one line that begins with the essential: `weight 3 → 7 on 10.0.0.21:80 of tcp:…`. */
export function describeBriefly({ steps }: Pick<JournalledChange, 'steps'>): string {
  const [first] = steps;
  if (first === undefined) return 'nothing';
  const isEdit = first.kind === 'set service' || first.kind === 'set real server';
  const text = isEdit
    ? `${changedFields(first).join(', ')} on ${stepObjectText(first)}`
    : describeStep(first);
  return andMoreSteps(text, steps.length);
}

/**
 * The file in which a change was made permanent, as a clause to append; empty where it was made in the table only.
 */
export function lastingWords({ file }: Pick<JournalledChange, 'file'>): string {
  return file === null ? '' : `; lasting, in ${visible(file.path)}`;
}

/** An object that a change touched, in words, before and after it. */
export interface ObjectWords {
  /** As the operator writes it. */
  readonly name: string;
  /** `not there` where it did not exist. */
  readonly before: string;
  readonly after: string;
  /** The fields that differ, if it existed before and after; empty otherwise. */
  readonly fields: readonly string[];
}

/** The objects that a change was to touch, in words. */
export function* describeObjects({ steps }: Pick<JournalledChange, 'steps'>): Work<ObjectWords[]> {
  const objects: ObjectWords[] = [];
  for (const { identity, service, realServers } of yield* netEffect(steps)) {
    const name = formatService(identity);
    if (service !== null) objects.push(wordsOf(name, service, serviceKind));
    for (const [key, effect] of realServers)
      objects.push(wordsOf(`${key} of ${name}`, effect, realServerKind));
    yield realServers.size + 1;
  }
  objects.push(...settingWords(settingEffects(steps)));
  const zeroed = steps.filter(({ kind }) => kind === 'zero').length;
  if (zeroed === 0) return objects;
  const counters = { name: 'counters', before: 'not kept', after: `zeroed by ${count(zeroed, 'step')}` };
  return [...objects, { ...counters, fields: [] }];
}

function wordsOf<Of extends Thing>(
  name: string,
  { before, after }: ObjectEffect<Of>,
  kind: ObjectKind<Of>,
): ObjectWords {
  const words = (thing: Of | null) => (thing === null ? 'not there' : kind.words(thing));
  const fields = before === null || after === null ? [] : kind.changes(before, after);
  return { name, before: words(before), after: words(after), fields };
}

function settingWords(effects: SettingEffects | null): ObjectWords[] {
  if (effects === null) return [];
  const { timeouts, syncDaemons } = effects;
  return [
    ...[...syncDaemons].map(([state, effect]) => wordsOf(`sync daemon, ${state}`, effect, syncDaemonKind)),
    ...(timeouts === null ? [] : [wordsOf('time-outs', timeouts, timeoutsKind)]),
  ];
}

/** Local time as `2026-01-07 14:03:05`. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
