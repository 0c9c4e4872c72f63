import { IpvsError } from '../../ipvs/error.ts';
import {
  type IpvsadmOption,
  ipvsadmCommands,
  ipvsadmOptions,
  type LineDraft,
  type LineSubject,
  passedOverCommands,
} from './ipvsadm-options.ts';

const optionsByName: ReadonlyMap<string, IpvsadmOption> = byName(ipvsadmOptions);
const commandsByName = byName(ipvsadmCommands);
const passedOverByName = byName(passedOverCommands);

/** A line of ipvsadm's that does something to what is described above it. */
export interface IpvsadmLine {
  /** The word in the text. */
  readonly word: string;
  readonly command: (typeof ipvsadmCommands)[number];
  readonly fields: LineDraft;
  /** Words that no option takes. */
  readonly plain: readonly string[];
}

/** A line of ipvsadm's that changes nothing in the table. */
export interface PassedOverLine {
  readonly word: string;
  readonly reason: string;
  /** Whether services may be described behind it. */
  readonly hides: boolean;
}

/** Reads the words of a line, behind `ipvsadm`, as `popt` takes them. Throws an input `IpvsError`. */
export function readIpvsadmWords(words: readonly string[], begin: number): IpvsadmLine | PassedOverLine {
  const all = words.every(isPlainWord) ? words : words.flatMap(splitWord);
  const word = all[begin] ?? '';
  const passedOver = passedOverByName.get(word);
  if (passedOver !== undefined) return { word, ...passedOver };
  const command = commandsByName.get(word);
  if (command === undefined) {
    throw wrong(
      word === '' ? 'there is no command' : `"${word}" does not describe a table`,
      'a line begins with -A, -E, -a or -e',
    );
  }
  return { word, command, ...readOptions(all, begin + 1, command, word) };
}

/** Whether a word is what it looks like: neither several options in one, nor an option with its value. */
function isPlainWord(word: string): boolean {
  return word.charCodeAt(0) !== dash || optionsByName.has(word) || commandsByName.has(word);
}

const dash = 0x2d;

/** `-At` and `-mw3` as single options, and values that stand behind `=` or right behind their option as words. */
function splitWord(word: string): string[] {
  if (isPlainWord(word) || passedOverByName.has(word)) return [word];
  const long = /^(--[^=]+)=(.*)$/s.exec(word);
  if (long !== null) return [long[1] ?? '', long[2] ?? ''];
  if (word.startsWith('--') || /^-\d{2,}$/.test(word)) return [word];
  const parts: string[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = `-${word[at]}`;
    const option = optionsByName.get(name);
    if (option === undefined && !commandsByName.has(name)) return [word];
    parts.push(name);
    if (option === undefined || option.argument === 'none') continue;
    const value = word.slice(at + 1).replace(/^=/, '');
    return value === '' ? parts : [...parts, value];
  }
  return parts;
}

/** A bit for each thing that a line may say once. */
const bitOf: ReadonlyMap<IpvsadmOption, number> = (() => {
  const said = [...new Set(ipvsadmOptions.map(({ says, names }) => says ?? names[0]))];
  return new Map(ipvsadmOptions.map((option) => [option, 1 << said.indexOf(option.says ?? option.names[0])]));
})();

function readOptions(
  words: readonly string[],
  begin: number,
  { subject, does }: (typeof ipvsadmCommands)[number],
  command: string,
): { readonly fields: LineDraft; readonly plain: readonly string[] } {
  const fields: LineDraft = {};
  let plain: string[] | undefined;
  let seen = 0;
  for (let at = begin; at < words.length; at++) {
    const name = words[at] ?? '';
    const option = optionsByName.get(name);
    if (option === undefined) {
      if (subject === 'service' || subject === 'real server' || name.startsWith('-')) throw notAnOption(name);
      plain ??= [];
      plain.push(name);
      continue;
    }
    if (subject === null || !option.subjects.includes(subject) || (does === 'delete' && !names(option))) {
      throw wrong(`${name} does not go with ${command}`, belongsTo(option, subject));
    }
    const bit = bitOf.get(option) ?? 0;
    if ((seen & bit) !== 0) {
      if (option.says === undefined) throw wrong(`${name} is given twice`, 'give it once');
      throw wrong(`the ${option.says} is given twice, with ${name}`, 'give one of them');
    }
    seen |= bit;
    const next = words[at + 1];
    let value: string | undefined;
    if (next !== undefined && takesNext(option, next)) {
      value = next;
      at++;
    }
    if (option.argument === 'required' && (value ?? '') === '') {
      throw wrong(`${name} has no value`, `give one after ${name}`);
    }
    option.take(fields, value ?? '');
  }
  return { fields, plain: plain ?? none };
}

const none: readonly string[] = [];

/** Whether an option names a service or real server, which is all that a deletion takes. */
function names({ says, names: words }: IpvsadmOption): boolean {
  return says === 'service' || words[0] === '-r' || words[0] === '-6';
}

function belongsTo({ subjects }: IpvsadmOption, subject: LineSubject | null): string {
  const [owner = 'service'] = subjects;
  return owner === subject ? 'leave it out' : `leave it out, it belongs to a ${owner}`;
}

function notAnOption(word: string): IpvsError {
  if (/^--\w+-service/.test(word)) {
    const name = word.replace(/=.*$/s, '');
    return wrong(
      `${name} is what ipvsadm writes for a protocol that it has no option for`,
      'give -t, -u, --sctp-service or -f',
    );
  }
  if (word === '\\') {
    return wrong('ipvsadm -R does not go on in the next line', 'write the whole in one line, without "\\"');
  }
  return wrong(`"${word}" is not an option that describes a table`, 'see "man ipvsadm" for the options');
}

/** The value of `-f` may be negative, as `ipvsadm -S` writes large marks; otherwise one never looks like an option. */
function takesNext({ argument, names: words }: IpvsadmOption, next: string): boolean {
  if (argument === 'none') return false;
  if (next.charCodeAt(0) !== dash) return true;
  return words[0] === '-f' && /^-\d+$/.test(next) && next !== '-6';
}

function wrong(reason: string, advice: string): IpvsError {
  return IpvsError.input('bad-content', 'read', '', reason, advice);
}

function byName<Entry extends { readonly names: readonly string[] }>(
  entries: readonly Entry[],
): ReadonlyMap<string, Entry> {
  return new Map(entries.flatMap((entry) => entry.names.map((name) => [name, entry] as const)));
}
