import { onDirector, type Remedy } from '../forwarding/diagnosis.ts';
import type { PublicRealServerView, PublicServiceView } from '../sampling/view.ts';
import { realServerWords } from './subjects.ts';

/** The command that gives a real server all that its part in a service takes. It is typed on the director, which has lvstop. */
export function setUpRealServer(service: PublicServiceView, row: PublicRealServerView): Remedy {
  return onDirector(
    `lvstop setup ${realServerWords(service, row)} | ssh root@${row.realServer.identity.address} sh`,
  );
}
