import { createRandom } from '../src/director/simulated/random.ts';

/** So many of them, drawn by the seed; all in their order where there are not more. */
export function drawn<Thing>(things: readonly Thing[], count: number, seed: number): Thing[] {
  if (things.length <= count) return [...things];
  const random = createRandom(seed).uniform;
  const left = [...things];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}
