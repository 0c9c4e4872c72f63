import { Box, Text } from 'ink';
import type { DirectorState, View } from '../sampling/view.ts';
import { hostParts } from './host-line.ts';
import { formatAmount, formatBits, formatSpan } from './number-format.ts';
import type { ScreenState } from './screen-state.ts';

/** Cells from which on the first line has room for the numbers of services and real servers. */
const widthForCounts = 100;
/** On lower screens the rows of the table are worth more than the host's line. */
const lowestWithHost = 18;

/** The lines above the table: who the director is, how it stands, and what all services carry together. */
export function Header({ state, width, rows }: { state: ScreenState; width: number; rows: number }) {
  const { view } = state;
  const traffic = view === null ? [] : trafficParts(view, width);
  const host = state.host === null || rows < lowestWithHost ? [] : hostParts(state.host);
  const fitsOneLine = joined([...host, ...traffic]).length <= width;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box>
        <Text wrap="truncate">
          <Text bold>lvstop</Text>
          {view === null ? ' reading …' : ` ${view.director.hostName}`}
          {view?.director.source === 'simulated' && (
            <>
              {' '}
              <Text inverse>{' SIMULATED '}</Text>
            </>
          )}
          {view !== null && width >= 60 && `   IPVS ${view.director.info?.version ?? '?'}`}
          {view !== null && '   '}
          {view !== null && <StateSign state={state} director={view.director.state} />}
          {state.readOnly && <Text inverse>{' READ-ONLY '}</Text>}
          {view !== null && width >= widthForCounts && `   ${countsOf(view)}`}
        </Text>
      </Box>
      {host.length > 0 && !fitsOneLine && <Text wrap="truncate">{asManyAsFit(host, width)}</Text>}
      <Text wrap="truncate">{asManyAsFit(fitsOneLine ? [...host, ...traffic] : traffic, width) || ' '}</Text>
      {view !== null && <Banner state={view.director.state} now={view.time} />}
    </Box>
  );
}

function StateSign({ state, director }: { state: ScreenState; director: DirectorState }) {
  if (director.kind === 'lost') return <Text color="redBright">✗ LOST</Text>;
  if (state.frozen) return <Text color="yellow">‖ frozen, p goes on</Text>;
  if (director.kind === 'frozen-counters')
    return <Text color="yellow">{`▲ ${state.interval}s, counters stand still`}</Text>;
  return <Text color="green">{`● live ${state.interval}s`}</Text>;
}

/** What has gone wrong with the director as a whole, in words. */
function Banner({ state, now }: { state: DirectorState; now: number }) {
  switch (state.kind) {
    case 'live':
      return null;
    case 'frozen-counters':
      return (
        <Text wrap="wrap" color="yellow">
          ▲ run_estimation is 0: the kernel holds counters and rates still. sysctl -w
          net.ipv4.vs.run_estimation=1
        </Text>
      );
    case 'lost':
      return (
        <Text wrap="wrap" color="redBright">
          {`✗ no reading for ${formatSpan(now - state.since)}, what is shown is old: ${state.error.reason}; ${state.error.advice}. Trying on.`}
        </Text>
      );
  }
}

function countsOf({ totals }: View): string {
  return `${totals.services} ${totals.services === 1 ? 'service' : 'services'} ${totals.realServers} real ${totals.realServers === 1 ? 'server' : 'servers'}`;
}

function trafficParts(view: View, width: number): string[] {
  const { connections, rates } = view.totals;
  const rate = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? '…' : format(value);
  return [
    ...(width < widthForCounts ? [countsOf(view)] : []),
    `active ${formatAmount(connections.active)} inactive ${formatAmount(connections.inactive)}`,
    `${rate(rates?.connections, formatAmount)} conn/s`,
    `in ${rate(rates?.inBytes, formatBits)}bit/s`,
    `out ${rate(rates?.outBytes, formatBits)}bit/s`,
    `in ${rate(rates?.inPackets, formatAmount)} pkt/s`,
    `out ${rate(rates?.outPackets, formatAmount)} pkt/s`,
  ];
}

const gap = '   ';

function joined(parts: readonly string[]): string {
  return parts.join(gap);
}

/** The first parts, as many as the line holds whole. */
function asManyAsFit(parts: readonly string[], width: number): string {
  let count = parts.length;
  while (count > 1 && joined(parts.slice(0, count)).length > width) count--;
  return joined(parts.slice(0, count));
}
