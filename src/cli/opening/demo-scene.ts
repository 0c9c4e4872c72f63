import type { Scene } from '../../director/simulated/scenes/scene.ts';
import type { Demo } from '../context/demo.ts';

/** The scenes that were read: director, network and machine of one scene come from one reading. */
const scenes = new WeakMap<Demo, Promise<Scene>>();

/** The scene behind `--demo=`; `null` for the ordinary simulated director. Rejects as `openScene` throws. */
export async function sceneOf(demo: Demo): Promise<Scene | null> {
  // The ordinary director needs no scene, so nothing is loaded for one.
  if (demo.kind === 'usual') return null;
  const { openScene } = await import('./open-scene.ts');
  const scene = scenes.get(demo) ?? Promise.resolve(demo).then(openScene);
  scenes.set(demo, scene);
  return scene;
}
