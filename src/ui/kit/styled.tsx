import { type ComponentProps, createContext, useContext } from 'react';
import { Text } from './ink.ts';
import { createTheme, type StyleRole, type Theme } from './theme.ts';

/** The theme that dialogs are drawn in. */
export const ThemeContext = createContext<Theme>(createTheme({ name: 'mono', depth: 'none' }));

/** Ink's `Text` in the look that the theme has for the role `as`. */
export function Styled({ as, ...props }: ComponentProps<typeof Text> & { as: StyleRole | undefined }) {
  const { looks } = useContext(ThemeContext);
  return <Text {...props} {...(as !== undefined && looks[as])} />;
}
