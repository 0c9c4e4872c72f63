/** Connections a second as text, with as many digits as are meaningful. */
export function rateText(perSecond: number): string {
  return perSecond < 9.95 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en');
}

/** A share, 0 to 1, as per cent: `3.4 %`, `51 %`. */
export function percentText(part: number): string {
  const percent = part * 100;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** A number of connections as text. */
export function countText(connections: number): string {
  return Math.round(connections).toLocaleString('en');
}
