import { formatTime } from '../../changes/undo/change-words.ts';
import { adviceForRealServer, onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import { realServerKey } from '../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { realServerWords } from './subjects.ts';

/** The command that sets up a real server for a service. It is typed on the director, since lvstop is there. */
export function setUpRealServer(service: PublicServiceView, row: PublicRealServerView): Remedy {
  return onDirector(
    `lvstop setup ${realServerWords(service, row)} | ssh root@${row.realServer.identity.address} sh`,
  );
}

/** Milliseconds that copying and running the script may take. */
const scriptTime = 30_000;

/**
 * What to say where the script was printed here, but what was seen since is as wrong as before. `seen`: how many
 * seconds ago the newest trouble began.
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
