import { adviceForDirector, adviceForRealServer, type Remedy } from '../../forwarding/diagnosis.ts';
import type { KnownAnswer } from '../../probe/known-answers.ts';
import { faultWords, type ProbeWord } from '../../probe/verdict.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';
import { isCutOff } from './cut-off.ts';
import { setUpRealServer } from './set-up.ts';
import { ofRealServer, realServerWords } from './subjects.ts';

/** What a real server answered to a probe of the virtual address, while the answer is recent enough to count. */
export function probedAnswer(
  { answers, time }: PublicEvidence,
  { key, realServer }: PublicRealServerView,
): KnownAnswer | undefined {
  const answer = answers.of(key, realServer);
  return answer !== undefined && answer.countsUntil >= time ? answer : undefined;
}

/** Whether a real server answered for the virtual address: then the cause of what fails is elsewhere. */
export function isAnswering(evidence: PublicEvidence, row: PublicRealServerView): boolean {
  return probedAnswer(evidence, row)?.word === 'answers';
}

/**
 * A clause saying that a probe was answered, to append to what connections show; empty where it was not, or there was
 * none.
 */
export function answeringWords(evidence: PublicEvidence, row: PublicRealServerView): string {
  return isAnswering(evidence, row)
    ? '; asked for the virtual address by a probe of this director, it answers'
    : '';
}

/** Whether a probe found a fault in a real server. */
export function isProbeFault(evidence: PublicEvidence, row: PublicRealServerView): boolean {
  const answer = probedAnswer(evidence, row);
  return answer !== undefined && faultWords.has(answer.word);
}

/** What happens to clients that are sent to such a real server. */
const consequences: Readonly<Partial<Record<ProbeWord, string>>> = {
  silent: 'clients that are sent there wait in vain, whatever a check of its own address says',
  refused: 'clients that are sent there are refused',
  unreachable: 'what clients send does not arrive',
  gone: 'what clients send does not arrive',
  astray:
    'clients take answers from the virtual address only, which they get on their way through this director',
};

/**
 * A finding about a real server that failed a probe; `undefined` where it did not, was not probed, or another check
 * reports the cause.
 */
export function probeFinding(
  check: string,
  evidence: PublicEvidence,
  service: PublicServiceView,
  row: PublicRealServerView,
): Finding | undefined {
  const answer = probedAnswer(evidence, row);
  const matters = answer && consequences[answer.word];
  if (answer === undefined || matters === undefined || isCutOff(evidence, service, row)) return undefined;
  const { identity, weight } = row.realServer;
  return {
    check,
    // The scheduler sends nobody to a real server at weight 0.
    severity: weight === 0 ? 'hint' : 'error',
    subject: ofRealServer(service, row),
    lookedAt: `a probe of this director, ${ageOf(evidence.time - answer.time)}`,
    found: seenBy(answer),
    matters,
    mend: [
      ...(canBeSetUp(answer, service) ? [setUpRealServer(service, row)] : []),
      ...answer.causes.map((cause) => adviceForRealServer(identity.address, `see whether ${cause}`)),
      adviceForDirector(
        `then ask again: "lvstop probe ${realServerWords(service, row)}", or P on the screen`,
      ),
    ] satisfies Remedy[],
  };
}

/**
 * Whether a set-up script may mend it: a missing address, tunnel or gateway, but not a missing machine or program.
 */
function canBeSetUp({ word }: KnownAnswer, { service }: PublicServiceView): boolean {
  // Which addresses a firewall mark stands for is not known here.
  return (
    service.identity.kind === 'address' && (word === 'silent' || word === 'unreachable' || word === 'astray')
  );
}

/** What a probe saw, as a clause of its own. */
export function seenBy({ word, said }: KnownAnswer): string {
  return word === 'unreachable' || word === 'gone' ? said : `it ${said}`;
}

/** `12 s ago`. */
export function ageOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}
