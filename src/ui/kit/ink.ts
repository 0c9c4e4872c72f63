import { Children, createElement, type ReactNode } from 'react';
import { boundUnits, released } from '../../terminal/wrap-text.ts';

type Ink = typeof import('ink');

let ink: Ink | undefined;

/** Loads Ink. That takes as long as all the rest of the start, so it is done once the table is on the screen. */
export async function loadInk(): Promise<void> {
  ink ??= await import('ink');
}

/** Ink's `Box`, for what is rendered once `loadInk` is done. */
export function Box(props: Parameters<Ink['Box']>[0]): ReactNode {
  return createElement(loaded().Box, props);
}

/**
 * Ink's `Text`, for what is rendered once `loadInk` is done. Where Ink wraps, a number stays with its unit, and no line
 * begins with a blank.
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

/**
 * Undoes what binds numbers to their units, and removes the blank between words that Ink leaves at the beginning of a
 * line, behind the colour codes, when a word ends exactly at the edge.
 */
function unbroken(line: string, index: number): string {
  const whole = released(line);
  return index === 0 ? whole : whole.replace(/^((?:\x1b\[[\d;]*m)*) +/, '$1');
}

function loaded(): Ink {
  if (ink === undefined) throw new Error('a dialog was drawn before Ink was loaded');
  return ink;
}
