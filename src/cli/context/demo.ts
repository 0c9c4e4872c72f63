import { existsSync } from 'node:fs';
import { type SceneName, sceneNames } from '../../director/simulated/scenes/shipped-scenes.ts';

/** What is behind `--demo`: the ordinary simulated director, a scene that ships or one of a file, or what a recorder wrote. */
export type Demo =
  | { readonly kind: 'usual' }
  | { readonly kind: 'scene'; readonly name: SceneName }
  | { readonly kind: 'scene file'; readonly path: string }
  | { readonly kind: 'recording'; readonly path: string };

/** What `--demo` alone is. */
export const usualDemo: Demo = { kind: 'usual' };

/** Reads what stands behind `--demo=`; nothing for `--demo` alone. */
export function readDemo(text: string): Demo {
  if (text === '') return usualDemo;
  const name = sceneNames.find((known) => known === text);
  if (name !== undefined) return { kind: 'scene', name };
  return text.endsWith('.toml') ? { kind: 'scene file', path: text } : { kind: 'recording', path: text };
}

/** The recording that the screen is to play; `undefined` for a scene, and where there is no such file. */
export function recordingOf(demo: Demo | undefined): string | undefined {
  return demo?.kind === 'recording' && existsSync(demo.path) ? demo.path : undefined;
}

/**
 * The arguments with `--demo` written so that it does not take the word behind it, mostly a command, for its value.
 * Only the name or the file of a scene is joined to it, since such a word can mean nothing else.
 */
export function withDemoJoined(argv: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let place = 0; place < argv.length; place++) {
    const word = argv[place] ?? '';
    if (word === '--') return [...joined, ...argv.slice(place)];
    const next = argv[place + 1] ?? '';
    if (word !== '--demo') joined.push(word);
    else if (isScene(readDemo(next))) {
      joined.push(`--demo=${next}`);
      place++;
    } else joined.push('--demo=');
  }
  return joined;
}

function isScene({ kind }: Demo): boolean {
  return kind === 'scene' || kind === 'scene file';
}
