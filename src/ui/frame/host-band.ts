import type { FarHost } from '../../fleet/far-host.ts';
import type { HostColor } from '../../formats/settings/host-settings.ts';
import { visible } from '../../ipvs/visible.ts';
import { fitToWidth } from '../../terminal/width.ts';
import { type Line, textLine } from '../kit/page.ts';
import type { StyleRole } from '../kit/theme.ts';

const roles: Readonly<Record<HostColor, StyleRole>> = {
  red: 'hostRed',
  orange: 'hostOrange',
  yellow: 'hostYellow',
  green: 'hostGreen',
  cyan: 'hostCyan',
  violet: 'hostViolet',
};

/** The line over the whole width that tells which host this is, where its caller has a colour for it or it is in production. */
export function hostBand(far: FarHost | null, width: number): Line[] {
  if (far === null || (far.color === null && !far.production)) return [];
  const role = far.color === null ? 'hostRed' : roles[far.color];
  const text = ` ${far.production ? 'PRODUCTION  ' : ''}${visible(far.name)}`;
  return [textLine(fitToWidth(text, width), role)];
}

/** The same line below the screen of a host in production: together they are a frame that nobody overlooks. */
export function lowerBand(far: FarHost | null, width: number): Line[] {
  return far?.production === true ? hostBand(far, width) : [];
}
