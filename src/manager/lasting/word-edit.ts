import { wordOf } from '../../formats/keepalived/checks.ts';
import type { Statement } from '../../formats/keepalived/statements.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import { bytesOf, linesOf } from '../file-lines.ts';
import {
  type ManagedConfiguration,
  placeText,
  readingManagedConfiguration,
} from '../managed-configuration.ts';
import { endOf, indentOf, removeWordLine, replaceWord } from './block-lines.ts';
import { refusal } from './edit-refusal.ts';

/** A change to one word of a block. */
export interface WordChange {
  /** How it is written, and the words that keepalived takes for the same. */
  readonly names: readonly [string, ...string[]];
  /** What stands behind it, `''` for nothing; `null` takes the word out. */
  readonly value: string | null;
  /** Words that it has to come after, where its meaning to keepalived depends on them. */
  readonly behind?: readonly string[];
}

/**
 * Changes the lines of the file in which a statement stands, and reads all again. `change` gets them with the index of
 * the statement's own line.
 */
export function* changeLines(
  managed: ManagedConfiguration,
  { line }: Statement,
  change: (lines: string[], from: number) => void,
): Work<ManagedConfiguration> {
  const place = managed.placeOf(line);
  const lines = linesOf(managed.files.get(place.path) ?? Buffer.alloc(0));
  change(lines, place.line - 1);
  yield;
  const files = new Map([...managed.files, [place.path, bytesOf(lines)] as const]);
  return yield* readingManagedConfiguration(managed.keepalived, files);
}

/**
 * Changes one word of a block, which `find` gives in what was read last. Throws an input `IpvsError` where the lines do
 * not allow it.
 */
export function* changeWord(
  managed: ManagedConfiguration,
  find: (now: ManagedConfiguration) => Statement,
  word: WordChange,
): Work<ManagedConfiguration> {
  const statement = find(managed);
  const present = wordOf(statement, ...word.names);
  if (word.value !== null) return yield* changeLines(managed, statement, set(managed, statement, word));
  if (present === undefined) return managed;
  const place = managed.placeOf(present.line);
  const rest = yield* changeLines(managed, present, (lines, from) =>
    removeWordLine(lines, from, present.words[0], placeText(place)),
  );
  // The same word further up counts now, so that goes, too.
  return yield* changeWord(rest, find, word);
}

/**
 * Gives a word of a block another value, or adds it: after the word that it has to follow, else before the first word
 * of the block.
 */
function set(
  managed: ManagedConfiguration,
  statement: Statement,
  { names, value, behind = [] }: WordChange,
): (lines: string[], from: number) => void {
  const head = managed.placeOf(statement.line);
  const present = wordOf(statement, ...names);
  const text = value === '' ? names[0] : `${names[0]} ${value}`;
  return (lines, from) => {
    if (present !== undefined) {
      const place = managed.placeOf(present.line);
      if (place.path !== head.path) throw elsewhere(place.path);
      const index = place.line - 1;
      lines[index] = replaceWord(lines[index] ?? '', present.words[0], value ?? '', placeText(place));
      return;
    }
    const before = wordOf(statement, ...behind);
    const [inner = undefined] = before === undefined ? (statement.block ?? []) : [before];
    const innerPlace = inner && managed.placeOf(inner.line);
    const own = lines[from] ?? '';
    const end = managed.placeOf(statement.end);
    if (end.path !== head.path) throw elsewhere(end.path);
    if (innerPlace !== undefined && innerPlace.path === head.path && innerPlace.line > head.line) {
      const index = innerPlace.line - 1;
      const added = `${indentOf(lines[index])}${text}${endOf(lines[index])}`;
      lines.splice(before === undefined ? index : index + 1, 0, added);
    } else if (inner === undefined && end.line > head.line) {
      const indent = `${indentOf(own)}${indentOf(own).includes('\t') ? '\t' : '    '}`;
      lines.splice(end.line - 1, 0, `${indent}${text}${endOf(own)}`);
    } else if (inner === undefined && own.includes('{')) {
      lines[from] = own.replace(/\{\s*/, `{ ${text} `);
    } else {
      throw refusal(placeText(head), 'its block does not have its words on lines of their own');
    }
  };
}

function elsewhere(path: string): Error {
  return refusal(visible(path), 'the block goes on in a file that it includes');
}
