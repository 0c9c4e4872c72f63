import { count } from '../../changes/steps/describe.ts';
import { stepLine } from '../../changes/steps/step-kinds.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Preview } from '../state/preview.ts';

/** No dialog has room for more warnings, and each costs its layout: a table of thousands of services can raise as many. */
const mostWarnings = 8;

/** The ipvsadm lines that an edit equals, its warnings, or why it is refused; `undefined` is worked out yet. */
export function PlanPreview({ preview, limit = 6 }: { preview: Preview | undefined; limit?: number }) {
  if (preview === undefined) return <Text dimColor>working out what would change …</Text>;
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
      const { steps, warnings } = preview.plan;
      const shown = steps.slice(0, limit).map(stepLine);
      return (
        <Box flexDirection="column">
          {shown.map((line) => (
            <Text key={line} wrap="wrap" color="cyan">
              {line}
            </Text>
          ))}
          {steps.length > shown.length && (
            <Text dimColor>{`… and ${steps.length - shown.length} more lines`}</Text>
          )}
          {warnings.slice(0, mostWarnings).map((warning) => (
            <Text key={warning} wrap="wrap" color="yellow">{`▲ ${warning}`}</Text>
          ))}
          {warnings.length > mostWarnings && (
            <Text color="yellow">{`▲ and ${count(warnings.length - mostWarnings, 'more warning')}`}</Text>
          )}
        </Box>
      );
    }
  }
}
