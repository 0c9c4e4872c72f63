import type { ComponentProps } from 'react';
import { Text } from './ink.ts';
import { lookOfRole, type StyleRole } from './theme.ts';

/** Ink's `Text` in the look that the theme has for what it is. */
export function Styled({ as, ...props }: ComponentProps<typeof Text> & { as: StyleRole | undefined }) {
  return <Text {...props} {...(as !== undefined && lookOfRole(as))} />;
}
