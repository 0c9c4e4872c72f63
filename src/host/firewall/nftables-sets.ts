import type { NftData } from '../../netlink/network/nftables-expressions.ts';
import type { NftElement, NftSet } from '../../netlink/network/nftables-ruleset.ts';

/** A range of a set's keys, with what it leads to. */
export interface NftRange {
  /** First and last key; `null` for all keys that are in no other element. */
  readonly key: readonly [{ readonly first: Uint8Array; readonly last: Uint8Array }] | null;
  readonly data: NftData | null;
}

/** The elements of a set as ranges; the one for all other keys comes last. */
export function rangesOf({ hasRanges, elements }: NftSet): NftRange[] {
  const others = elements.filter(({ key }) => key === null).map(({ data }) => ({ key: null, data }));
  const isOfPairs = hasRanges && elements.every(({ last }) => last === null);
  const own = isOfPairs ? pairs(elements) : elements.flatMap(single);
  return [...own, ...others];
}

function single({ key, last, data }: NftElement): NftRange[] {
  return key === null ? [] : [{ key: [{ first: key, last: last ?? key }], data }];
}

/**
 * Ranges of keys of one field: the kernel gives where each begins, and in a further element the first key behind it
 * (`NFT_SET_ELEM_INTERVAL_END`). For keys of several fields it gives both ends in one element.
 */
function pairs(elements: readonly NftElement[]): NftRange[] {
  const ranges: NftRange[] = [];
  const ends: { readonly key: Uint8Array; readonly endsRange: boolean; readonly data: NftData | null }[] = [];
  for (const element of elements) {
    const { key, endsRange, data } = element;
    if (key !== null) ends.push({ key, endsRange, data });
  }
  ends.sort(
    (left, right) => Buffer.compare(left.key, right.key) || Number(right.endsRange) - Number(left.endsRange),
  );
  let begun: (typeof ends)[number] | undefined;
  const close = (last: Uint8Array) => {
    if (begun !== undefined) ranges.push({ key: [{ first: begun.key, last }], data: begun.data });
    begun = undefined;
  };
  for (const end of ends) {
    if (begun !== undefined) close(before(end.key));
    if (!end.endsRange) begun = end;
  }
  if (begun !== undefined) close(new Uint8Array(begun.key.length).fill(0xff));
  return ranges;
}

/** The key before another one. */
function before(key: Uint8Array): Uint8Array {
  const less = Uint8Array.from(key);
  for (let place = less.length - 1; place >= 0; place--) {
    const byte = less[place] ?? 0;
    less[place] = (byte + 255) % 256;
    if (byte > 0) break;
  }
  return less;
}
