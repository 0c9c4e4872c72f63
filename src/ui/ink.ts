import { createElement, type ReactNode } from 'react';

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

/** Ink's `Text`, for what is rendered once `loadInk` is done. */
export function Text(props: Parameters<Ink['Text']>[0]): ReactNode {
  return createElement(loaded().Text, props);
}

function loaded(): Ink {
  if (ink === undefined) throw new Error('a dialog was drawn before Ink was loaded');
  return ink;
}
