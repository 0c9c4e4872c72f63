import { counterNames } from '../../../ipvs/counters.ts';

/** The five things that IPVS counts, in numbers that may change; bytes, not bits. */
export interface Amounts {
  connections: number;
  inPackets: number;
  outPackets: number;
  inBytes: number;
  outBytes: number;
}

/** All five as 0. */
export function noAmounts(): Amounts {
  return { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
}

/** Makes `target` equal to `source`. */
export function copyAmounts(target: Amounts, source: Readonly<Amounts>): void {
  for (const name of counterNames) target[name] = source[name];
}
