import { formatTime } from '../../changes/undo/change-words.ts';
import { adviceForRealServer, onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import { realServerKey } from '../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { realServerWords } from './subjects.ts';

/** The command that gives a real server all that its part in a service takes. It is typed on the director, which has lvstop. */
export function setUpRealServer(service: PublicServiceView, row: PublicRealServerView): Remedy {
  return onDirector(
    `lvstop setup ${realServerWords(service, row)} | ssh root@${row.realServer.identity.address} sh`,
  );
}

/** Milliseconds that a script has to get to its machine and to end there. */
const scriptTime = 30_000;

/**
 * What is said where the script was printed here before, and what was seen since is as wrong as it was. `seen` is how
 * many seconds ago the newest of it began.
 */
export function setUpInVain(
  { setUps, time }: PublicEvidence,
  service: PublicServiceView,
  { realServer: { identity } }: PublicRealServerView,
  seen: number,
): Remedy[] {
  const printed = setUps.get(realServerKey(service.service.identity, identity));
  if (printed === undefined || time - seen * 1000 - printed < scriptTime) return [];
  return [
    adviceForRealServer(
      identity.address,
      `its set-up script was printed here at ${formatTime(printed)}, and what began after that fails as before. Where it was run there, the cause is another one: "lvstop setup … --check" tells whether it was; otherwise look at the program, its port and the firewall there, and at what is between the two machines`,
    ),
  ];
}
