/** Slowest and fastest that a recording plays, as multiples of the time in which it was made. */
export const replaySpeeds = { least: 0.1, greatest: 3600 } as const;
