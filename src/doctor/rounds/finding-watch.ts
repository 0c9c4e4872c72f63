import type { TableEvent } from '../../changes/events/event.ts';
import { notSaved } from '../checks/not-saved.ts';
import { type Finding, formatSubject, subjectKey } from '../finding.ts';
import type { Examination } from './rounds.ts';

/** At most this many findings that came or went are told one by one; the rest are counted. */
const mostTold = 20;

/** Tells which errors and warnings of an examination are new, and which are gone, from the second one on. */
export class FindingWatch {
  #before: ReadonlyMap<string, Finding> | undefined;

  /** Takes an examination and gives what is new in it. */
  take({ findings, time }: Pick<Examination, 'findings' | 'time'>): TableEvent[] {
    const before = this.#before;
    const now = new Map<string, Finding>();
    for (const finding of findings) {
      // Hints come last and are not told.
      if (finding.severity === 'hint') break;
      // Every edit would cause this finding, and the save that ends it is an event of its own.
      if (finding.check === notSaved.id) continue;
      const name = `${finding.check} ${subjectKey(finding.subject) ?? ''}`;
      if (!now.has(name)) now.set(name, finding);
    }
    this.#before = now;
    if (before === undefined) return [];
    const came = [...now].filter(([name]) => !before.has(name)).map(([, finding]) => finding);
    const gone = [...before].filter(([name]) => !now.has(name)).map(([, finding]) => finding);
    return [
      ...told(came, time, (finding) => ({
        kind: finding.severity === 'error' ? 'error-found' : 'warning-found',
        time,
        about: subjectKey(finding.subject),
        text: `${formatSubject(finding.subject)}: ${finding.found}`,
        by: null,
      })),
      ...told(gone, time, (finding) => ({
        kind: 'finding-gone',
        time,
        about: subjectKey(finding.subject),
        text: `${formatSubject(finding.subject)}: ${finding.check} is not found any more`,
        by: null,
      })),
    ];
  }
}

function told(
  findings: readonly Finding[],
  time: number,
  eventOf: (finding: Finding) => TableEvent,
): TableEvent[] {
  const events = findings.slice(0, mostTold).map(eventOf);
  const [last] = events.slice(-1);
  const more = findings.length - mostTold;
  if (more <= 0 || last === undefined) return events;
  return [...events, { ...last, time, about: null, text: `and ${more} more like that` }];
}
