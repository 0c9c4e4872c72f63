import { readScene, sentenceOf } from '../../director/simulated/scenes/read-scene.ts';
import type { Scene } from '../../director/simulated/scenes/scene.ts';
import { sceneNames, sceneText } from '../../director/simulated/scenes/shipped-scenes.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { readPlainFile } from '../../system/plain-file.ts';
import { reasonOf } from '../../system/system-error.ts';
import type { Demo } from '../context/demo.ts';

/** Bytes of the longest scene that is read. */
const longestScene = 1_000_000;

/**
 * Opens the scene behind `--demo=`. Throws an input `IpvsError` where there is none of that name, the file cannot be
 * read, or something in it is wrong.
 */
export function openScene(demo: Exclude<Demo, { readonly kind: 'usual' }>): Scene {
  switch (demo.kind) {
    case 'scene':
      return readScene(demo.name, sceneText(demo.name));
    case 'scene file':
      return readScene(demo.path, fileText(demo.path));
    case 'recording':
      throw IpvsError.input(
        'bad-value',
        'read --demo',
        `"${demo.path}"`,
        'there is no such scene',
        `give ${sceneNames.join(', ')}, or a file that ends in .toml; a recording is played on the screen only`,
      );
  }
}

function fileText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readPlainFile(path, { longest: longestScene }));
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is no UTF-8 text' : reasonOf(error);
    throw IpvsError.input('bad-file', 'read the scene', path, reason, 'give a scene as docs/demo.md has it');
  }
}

/** The scenes that ship, each with its sentence. */
export function shippedScenes(): readonly { readonly name: string; readonly about: string }[] {
  return sceneNames.map((name) => ({ name, about: sentenceOf(name, sceneText(name)) }));
}
