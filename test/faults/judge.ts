/** What must hold after lvstop was disturbed, whatever it was that disturbed it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Ground, sortedLines } from './ground.ts';
import type { Operation } from './operations.ts';

/** How the disturbed command ended. */
export interface Disturbed {
  /** `null` when it was killed. */
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** More changes than any operation records. */
const mostChanges = 4;

/** Everything that does not hold, in sentences; none when all does. Leaves the table as undo has left it. */
export async function problemsAfter(
  ground: Ground,
  operation: Operation,
  ended: Disturbed,
): Promise<string[]> {
  const problems = [
    ...problemsOfWords(ended),
    ...(operation.kind === 'save'
      ? problemsOfFile(ground, operation, ended)
      : await problemsOfChange(ground, operation, ended)),
    ...(ended.exitCode === null ? [] : leftovers(ground, ended)),
  ];
  return problems;
}

/** Whether it said how it ended, as something that can happen and not as a defect. */
function problemsOfWords({ exitCode, err }: Disturbed): string[] {
  if (exitCode === null || exitCode === 0) return [];
  if (exitCode === 70 || err.includes('this is a defect'))
    return [`it ended as by a defect: ${exitCode} ${err}`];
  return /^lvstop: .+/m.test(err) ? [] : [`it ended with ${exitCode} and did not say why`];
}

/** Whether what it said of the table is so, and the journal knows as much as the table. */
async function problemsOfChange(ground: Ground, operation: Operation, ended: Disturbed): Promise<string[]> {
  const problems: string[] = [];
  const [before, after, undone] = [operation.before, operation.after, operation.undone].map(sortedLines);
  const table = ground.table();
  const says = ended.err.replace(/^warning: .*/gm, '');
  if (ended.exitCode === 0 && table !== after) problems.push(`it ended with 0, and the table is:\n${table}`);
  if (ended.exitCode !== 0 && ended.exitCode !== null) {
    if (/nothing was (done|written)/.test(says) && table !== before)
      problems.push(`it said that nothing was done, and the table is:\n${table}`);
    if (/\bis made\b/.test(says) && table !== after)
      problems.push(`it said that the change is made, and the table is:\n${table}`);
  }

  const journal = await ground.call('journal --json -n 9');
  if (journal.exitCode !== 0) return [...problems, `the journal cannot be read: ${journal.err}`];
  const { damages, problem } = JSON.parse(journal.out) as {
    damages: { kind: string }[];
    problem: string | null;
  };
  if (problem !== null) problems.push(`the journal says: ${problem}`);
  const allowed = ended.exitCode === null ? ['torn'] : [];
  for (const { kind } of damages) if (!allowed.includes(kind)) problems.push(`a record is ${kind}`);

  if (ended.exitCode === null && table === before) problems.push(...(await phantomUndo(ground, operation)));
  const said: string[] = [];
  for (let change = 0; change < mostChanges; change++) {
    let undo = await ground.call('undo --yes');
    // What lvstop did not see done it takes back only when it is named.
    const named = /"lvstop (undo [0-9a-f]{8} --yes)" takes it back/.exec(undo.err)?.[1];
    if (named !== undefined) undo = await ground.call(named);
    said.push(`${undo.exitCode} ${undo.err}`);
    if (undo.exitCode !== 0) break;
  }
  if (ground.table() !== undone)
    problems.push(`undo does not lead back; it said\n${said.join('')}and the table is:\n${ground.table()}`);
  // A warning that nothing is left to be said of must come to an end.
  await ground.call('journal');
  const { err } = await ground.call('journal');
  if (err.includes('was cut off')) problems.push(`it goes on to warn of what is undone: ${err}`);
  return problems;
}

/** Cut off before anything was done: what another hand then does in the same words is its own, and stays. */
async function phantomUndo(ground: Ground, { before, after, earlier }: Operation): Promise<string[]> {
  if (earlier.length > 0) return [];
  ground.become(after);
  const { out, err } = await ground.call('undo');
  const isTouched = ground.table() !== sortedLines(after);
  ground.become(before);
  return isTouched
    ? [`undo took back, unasked, what another hand did after lvstop was killed: ${out}${err}`]
    : [];
}

/** Whether each file is a whole old one or a whole new one, and what was said of them is so. */
function problemsOfFile(ground: Ground, operation: Operation, ended: Disturbed): string[] {
  const problems: string[] = [];
  const contents = (name: string) => {
    const path = join(ground.files, name);
    return existsSync(path) ? sortedLines(readFileSync(path, 'utf8')) : null;
  };
  const [current, previous] = ['table.rules', 'table.rules.previous'].map((name) => contents(name));
  const [old, older, new_] = [operation.file ?? '', olderFile, operation.before].map(sortedLines);
  if (current !== old && current !== new_) problems.push(`the file is neither old nor new: ${current}`);
  const told = /what it was before is in (\S+?)[.:;,]*(?:\s|$)/.exec(ended.err)?.[1];
  const former = told === undefined ? previous : contents(basename(told));
  if (previous !== old && previous !== older)
    problems.push(`.previous is neither of its versions: ${previous}`);
  if (current === new_ && former !== old) problems.push('the version that was replaced is gone');
  if (ended.exitCode === 0 && current !== new_) problems.push('it ended with 0, and the file is the old one');
  if (ended.exitCode !== 0 && ended.exitCode !== null) {
    const saysNothing = ended.err.includes('nothing was done');
    if (saysNothing && (current !== old || previous !== older))
      problems.push(
        `it said that nothing was done, and ${current === old ? '.previous' : 'the file'} is another`,
      );
    if (/\bis saved\b/.test(ended.err) && current !== new_)
      problems.push(`it said that it is saved, and the file is the old one: ${ended.err}`);
  }
  if (ground.table() !== sortedLines(operation.before)) problems.push('the table was touched');
  return problems;
}

/** What stands as `.previous` before a save. */
export const olderFile = '-A -f 3 -s rr\n';

/** Temporary files that stay behind and are not told. */
function leftovers({ files, state }: Ground, { err }: Disturbed): string[] {
  const expected = /^(?:table\.rules(?:\.previous)?|changes\.[\w.]*journal|drains\.json|[\w-]+\.lock)$/;
  return [files, state]
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => !expected.test(name) && !err.includes(name))
    .map((name) => `${name} is left behind`);
}
