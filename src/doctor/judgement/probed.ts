import { adviceForDirector, adviceForRealServer, type Remedy } from '../../forwarding/diagnosis.ts';
import type { KnownAnswer } from '../../probe/known-answers.ts';
import { faultWords, type ProbeWord } from '../../probe/verdict.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';
import { isCutOff } from './cut-off.ts';
import { setUpRealServer } from './set-up.ts';
import { ofRealServer, realServerWords } from './subjects.ts';

/** What a real server answered when it was asked for the virtual address, as long as that counts for now. */
export function probedAnswer(
  { answers, time }: PublicEvidence,
  { key, realServer }: PublicRealServerView,
): KnownAnswer | undefined {
  const answer = answers.of(key, realServer);
  return answer !== undefined && answer.countsUntil >= time ? answer : undefined;
}

/** Whether a real server answered for the virtual address: then what fails has its cause elsewhere. */
export function isAnswering(evidence: PublicEvidence, row: PublicRealServerView): boolean {
  return probedAnswer(evidence, row)?.word === 'answers';
}

/** That it answered, as a clause to put behind what connections show; empty where it did not, or was not asked. */
export function answeringWords(evidence: PublicEvidence, row: PublicRealServerView): string {
  return isAnswering(evidence, row)
    ? '; asked for the virtual address by a probe of this director, it answers'
    : '';
}

/** Whether a real server did not answer when it was asked. */
export function isProbeFault(evidence: PublicEvidence, row: PublicRealServerView): boolean {
  const answer = probedAnswer(evidence, row);
  return answer !== undefined && faultWords.has(answer.word);
}

/** What becomes of clients that are sent there. */
const consequences: Readonly<Partial<Record<ProbeWord, string>>> = {
  silent: 'clients that are sent there wait in vain, whatever a check of its own address says',
  refused: 'clients that are sent there are refused',
  unreachable: 'what clients send does not arrive',
  gone: 'what clients send does not arrive',
  astray:
    'clients take answers from the virtual address only, which they get on their way through this director',
};

/** What is certain of a real server that did not answer; `undefined` where it did, was not asked, or another check tells why. */
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
    // Nobody is sent to one at weight 0.
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

/** What a set-up script may mend: an address, a tunnel or a gateway that is missing; not a machine that is, nor a program. */
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
