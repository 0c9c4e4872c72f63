import { Box, Text } from 'ink';
import type { DirectorState, View } from '../sampling/view.ts';
import { formatAmount, formatBits, formatSpan } from './number-format.ts';
import type { ScreenState } from './screen-state.ts';

/** The lines above the table: who the director is, how it stands, and what all services carry together. */
export function Header({ state, width }: { state: ScreenState; width: number }) {
  const { view } = state;
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
          {view !== null && width >= 100 && `   ${countsOf(view)}`}
        </Text>
      </Box>
      <Text wrap="truncate">{view === null ? ' ' : trafficOf(view, width)}</Text>
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

function trafficOf(view: View, width: number): string {
  const { connections, rates } = view.totals;
  const parts = [
    ...(width < 100 ? [countsOf(view)] : []),
    `active ${formatAmount(connections.active)} inactive ${formatAmount(connections.inactive)}`,
    `${rates === null ? '…' : formatAmount(rates.connections)} conn/s`,
    `in ${rates === null ? '…' : formatBits(rates.inBytes)}bit/s`,
    `out ${rates === null ? '…' : formatBits(rates.outBytes)}bit/s`,
    `in ${rates === null ? '…' : formatAmount(rates.inPackets)} pkt/s`,
    `out ${rates === null ? '…' : formatAmount(rates.outPackets)} pkt/s`,
  ];
  let line = '';
  for (const part of parts) {
    const next = line === '' ? part : `${line}   ${part}`;
    if (next.length > width) break;
    line = next;
  }
  return line;
}
