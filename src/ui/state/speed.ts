/** Between which speeds something can pass, as multiples of the machine's time. */
export interface SpeedRange {
  readonly least: number;
  readonly greatest: number;
}

/** Something that passes at a speed that the operator chooses, and that can be held. */
export interface Played {
  /** Lets it go on, or holds it while it does. */
  play(): void;
  /** How fast it passes, or will once it goes on. */
  speed: number;
  readonly speeds: SpeedRange;
}

/** A speed within a range, or the end of the range that it is beyond. */
export function speedWithin({ least, greatest }: SpeedRange, speed: number): number {
  return Math.min(greatest, Math.max(least, speed));
}

/** `×8`, `×0.25`. */
export function formatSpeed(speed: number): string {
  return `×${Number(speed.toPrecision(3))}`;
}
