import { forwardingWords } from '../../formats/keepalived/write.ts';
import { changedRealServerFields } from '../../ipvs/changed-fields.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { WordChange } from './word-edit.ts';

/**
 * The words of a `real_server` that have to change to turn `now` into `wanted`, in the order in which they are written.
 */
export function realServerWords(now: RealServer, wanted: RealServer): readonly WordChange[] {
  const fields = new Set(changedRealServerFields(now, wanted));
  const { weight, upperThreshold, lowerThreshold } = wanted;
  return [
    ...(fields.has('forwarding') || fields.has('tunnel')
      ? [{ names: ['lvs_method'] as const, value: forwardingWords(wanted) }]
      : []),
    ...(fields.has('weight') ? [{ names: ['weight'] as const, value: String(weight) }] : []),
    ...(fields.has('upperThreshold')
      ? [{ names: ['uthreshold'] as const, value: String(upperThreshold) }]
      : []),
    ...(fields.has('lowerThreshold')
      ? [{ names: ['lthreshold'] as const, value: String(lowerThreshold) }]
      : []),
  ];
}
