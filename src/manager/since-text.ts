const day = 86_400_000;

/** A moment of the past as people say it: `03:12`, and with its date where that is more than a day ago. */
export function sinceText(time: number, now: number): string {
  const date = new Date(time);
  const clock = date.toTimeString().slice(0, 5);
  if (Math.abs(now - time) < day) return clock;
  return `${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')} ${clock}`;
}
