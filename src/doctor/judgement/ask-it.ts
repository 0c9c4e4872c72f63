import { adviceForDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import { realServerWords } from './subjects.ts';

/** Advises a probe, which narrows down the cause before anything is mended. */
export function askIt(service: PublicServiceView, row: PublicRealServerView): Remedy {
  return adviceForDirector(
    `first ask it as a client would: "lvstop probe ${realServerWords(service, row)}" tells whether it answers, and which of these causes are left`,
  );
}
