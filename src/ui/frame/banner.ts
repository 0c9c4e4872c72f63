import type { DirectorState, View } from '../../sampling/view.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { formatSpan } from '../kit/number-format.ts';
import { type Line, textLine } from '../kit/page.ts';

/** Warns that counters, rates and edits are missing while lvstop lacks CAP_NET_ADMIN; no line otherwise. */
export function accessLines({ director: { access } }: View, width: number): Line[] {
  if (access === 'full') return [];
  return wrapText('▲ No CAP_NET_ADMIN: from /proc, without counters, rates and edits. Use sudo.', width).map(
    (line) => textLine(line, 'warning'),
  );
}

/** What has gone wrong with the director as a whole, in words. */
export function bannerLines(state: DirectorState, now: number, width: number): Line[] {
  switch (state.kind) {
    case 'live':
      return [];
    case 'frozen-counters':
      return wrapText(
        '▲ run_estimation is 0: the kernel holds counters and rates still. sysctl -w net.ipv4.vs.run_estimation=1',
        width,
      ).map((line) => textLine(line, 'warning'));
    case 'lost':
      return wrapText(
        `✗ no reading for ${formatSpan(now - state.since)}, what is shown is old: ${state.error.reason}; ${state.error.advice}. Trying on.`,
        width,
      ).map((line) => textLine(line, 'error'));
  }
}
