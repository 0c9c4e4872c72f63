import { Children, createElement, type ReactNode } from 'react';
import { boundUnits, released } from '../../terminal/wrap-text.ts';

type Ink = typeof import('ink');

let ink: Ink | undefined;

/** Loads Ink, which takes as long as all else at the start: the table is on the screen before. */
export async function loadInk(): Promise<void> {
  ink ??= await import('ink');
}

/** Ink's `Box`, for what is rendered once `loadInk` is done. */
export function Box(props: Parameters<Ink['Box']>[0]): ReactNode {
  return createElement(loaded().Box, props);
}

/**
 * Ink's `Text`, for what is rendered once `loadInk` is done. Where it breaks between words, a number stays with its
 * unit, and no line begins with the blank.
 */
export function Text(props: Parameters<Ink['Text']>[0]): ReactNode {
  if (props.wrap !== 'wrap') return createElement(loaded().Text, props);
  const children = Children.map(props.children, (child) =>
    typeof child === 'string' ? boundUnits(child) : child,
  );
  return createElement(
    loaded().Transform,
    { transform: unbroken },
    createElement(loaded().Text, { ...props, children }),
  );
}

/** What Ink breaks at the very edge begins with the blank between the words, behind the codes of its colour. */
function unbroken(line: string, index: number): string {
  const whole = released(line);
  return index === 0 ? whole : whole.replace(/^((?:\x1b\[[\d;]*m)*) +/, '$1');
}

function loaded(): Ink {
  if (ink === undefined) throw new Error('a dialog was drawn before Ink was loaded');
  return ink;
}
