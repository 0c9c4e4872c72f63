import { Box, Text } from 'ink';
import { type Drain, drainProgress } from '../changes/drain.ts';
import { drainLine } from '../changes/drain-line.ts';
import { bar } from './bar.ts';

/** Lines for drains at most; the rest is counted. */
const longest = 3;
const barWidth = 12;

/** The drains under way, a line each: bar, numbers, rate and expected end. */
export function DrainLines({ drains }: { drains: readonly Drain[] }) {
  if (drains.length === 0) return null;
  const shown = drains.length > longest ? drains.slice(0, longest - 1) : drains;
  return (
    <Box flexDirection="column">
      {shown.map((drain) => (
        <Text key={`${drain.order.beganAt} ${drainLine(drain)}`} wrap="truncate" color="cyan">
          {`▽ ${bar(drainProgress(drain).progress, barWidth)} ${drainLine(drain)}`}
        </Text>
      ))}
      {shown.length < drains.length && (
        <Text wrap="truncate" color="cyan">{`▽ and ${drains.length - shown.length} more are draining`}</Text>
      )}
    </Box>
  );
}
