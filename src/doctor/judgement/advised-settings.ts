import { formatTime } from '../../changes/undo/change-words.ts';
import { adviceForDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { type Finding, subjectKey } from '../finding.ts';

/** A setting and the value that it is to have. */
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
    // With slashes where an interface's name holds a dot.
    return value === undefined
      ? []
      : [{ path: name.includes('/') ? name : name.replaceAll('.', '/'), value }];
  });
}

/** What tells apart pieces of advice: of whom, and what was to be set. Real servers' set-up scripts have other keys. */
function adviceKey(subject: string, { path, value }: Wanted): string {
  return `sysctl ${path}=${value} ${subject}`;
}

/** The settings that findings advise against errors, as keys under which the time of it is kept. */
export function advisedSettings(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity === 'error')
    .flatMap(({ subject, mend }) =>
      mend.flatMap(settingsOf).map((wanted) => adviceKey(subjectKey(subject) ?? '', wanted)),
    );
}

/** Advice is looked back to for as long as this, milliseconds: what fails tomorrow has another cause. */
const longAgo = 3_600_000;
/** Milliseconds that a command has to be typed in. */
const typingTime = 30_000;

/**
 * What is said where a setting was advised here, is as it was advised, and what was seen since is as wrong as before.
 * `seen` is how many seconds ago the newest of it began.
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

/** A finding without commands for what is so already, which it says instead. */
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
