import { Box, Text } from '../ink.ts';
import type { Preview } from '../preview.ts';

/** The ipvsadm lines that an edit equals, its warnings, or why it is refused. */
export function PlanPreview({ preview, limit = 6 }: { preview: Preview; limit?: number }) {
  switch (preview.kind) {
    case 'nothing':
      return <Text dimColor>nothing would change</Text>;
    case 'refusal':
      return (
        <Box flexDirection="column">
          <Text color="redBright" wrap="wrap">{`✗ ${preview.error.reason}`}</Text>
          <Text wrap="wrap">{`  ${preview.error.advice}`}</Text>
        </Box>
      );
    case 'plan': {
      const { lines, warnings } = preview.plan;
      const shown = lines.slice(0, limit);
      return (
        <Box flexDirection="column">
          {shown.map((line) => (
            <Text key={line} wrap="wrap" color="cyan">
              {line}
            </Text>
          ))}
          {lines.length > shown.length && (
            <Text dimColor>{`… and ${lines.length - shown.length} more lines`}</Text>
          )}
          {warnings.map((warning) => (
            <Text key={warning} wrap="wrap" color="yellow">{`▲ ${warning}`}</Text>
          ))}
        </Box>
      );
    }
  }
}
