import { formatTime } from '../../changes/undo/change-words.ts';
import { adviceForDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { type Finding, subjectKey } from '../finding.ts';

/** A kernel setting and the value advised for it. */
interface Wanted {
  /** Below `/proc/sys`. */
  readonly path: string;
  readonly value: string;
}

const command = /^sysctl -w (.+)$/;

/** The settings that a command sets; none of any other command. */
function settingsOf({ kind, on, text }: Pick<Remedy, 'kind' | 'on' | 'text'>): Wanted[] {
  const [, words = ''] = (kind === 'command' && on === 'director' && command.exec(text)) || [];
  return words.split(' ').flatMap((word) => {
    const [name = '', value] = word.replaceAll("'", '').split('=');
    // A name has slashes where an interface's name holds a dot.
    return value === undefined
      ? []
      : [{ path: name.includes('/') ? name : name.replaceAll('.', '/'), value }];
  });
}

/** The key of a piece of advice: its subject and what was to be set. It differs from the keys of set-up scripts. */
function adviceKey(subject: string, { path, value }: Wanted): string {
  return `sysctl ${path}=${value} ${subject}`;
}

/** The settings that findings advise against errors, as keys for noting when they were advised. */
export function advisedSettings(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity === 'error')
    .flatMap(({ subject, mend }) =>
      mend.flatMap(settingsOf).map((wanted) => adviceKey(subjectKey(subject) ?? '', wanted)),
    );
}

/** Milliseconds after which advice is forgotten: what fails tomorrow has another cause. */
const longAgo = 3_600_000;
/** Milliseconds that typing an advised command may take. */
const typingTime = 30_000;

/**
 * What to say where a setting was advised here and has been set as advised, but what was seen since is as wrong as
 * before. `seen`: how many seconds ago the newest trouble began.
 */
export function settingsInVain(
  { setUps, time, machine }: PublicEvidence,
  service: PublicServiceView,
  row: PublicRealServerView,
  seen: number,
): Remedy[] {
  const subjects = ['', service.key, row.key];
  return [...setUps].flatMap(([key, advised]) => {
    const [, path = '', value = '', subject = ''] = /^sysctl (\S+?)=(\S*) (.*)$/.exec(key) ?? [];
    if (path === '' || !subjects.includes(subject) || machine.sysctl(path) !== value) return [];
    const began = time - seen * 1000;
    if (began - advised < typingTime || time - advised > longAgo) return [];
    return [
      adviceForDirector(
        `${path.replaceAll('/', '.')} was to be ${value} at ${formatTime(advised)}, and is; what began after that fails as before, so that it was not this, or not this alone. "tcpdump -ni any host ${row.realServer.identity.address}" on this machine shows next how far requests and answers get`,
      ),
    ];
  });
}

/** The finding with each command whose settings already hold replaced by advice that says so. */
export function withoutDone(finding: Finding, { machine }: PublicEvidence): Finding {
  const isDone = (remedy: Remedy) => {
    const wanted = settingsOf(remedy);
    return wanted.length > 0 && wanted.every(({ path, value }) => machine.sysctl(path) === value);
  };
  if (!finding.mend.some(isDone)) return finding;
  return {
    ...finding,
    mend: finding.mend.map((remedy) =>
      isDone(remedy)
        ? adviceForDirector(`${remedy.text.replace(command, '$1')} is set already, and does not suffice`)
        : remedy,
    ),
  };
}
