import { readFileSync } from 'node:fs';

/** The scenes that ship, in the order in which they are listed; each is `share/scenes/NAME.toml`. */
export const sceneNames = [
  'day',
  'surge',
  'draining',
  'dr-without-vip',
  'nat-wrong-gateway',
  'ten-thousand',
] as const;

/** One of `sceneNames`. */
export type SceneName = (typeof sceneNames)[number];

/** The text of a scene that ships; the bundle has them inside (esbuild.config.js). */
export function sceneText(name: SceneName): string {
  return readFileSync(new URL(`../../../../share/scenes/${name}.toml`, import.meta.url), 'utf8');
}
