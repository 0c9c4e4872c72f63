import type { Scene } from '../../director/simulated/scenes/scene.ts';
import type { Demo } from '../context/demo.ts';

/** What was read: director, host, network and machine are of one scene, which is read once for all of them. */
const scenes = new WeakMap<Demo, Promise<Scene>>();

/** The scene behind `--demo=`; `null` for the ordinary simulated director. Rejects as `openScene` throws. */
export async function sceneOf(demo: Demo): Promise<Scene | null> {
  // What the ordinary one needs is loaded, and nothing else.
  if (demo.kind === 'usual') return null;
  const { openScene } = await import('./open-scene.ts');
  const scene = scenes.get(demo) ?? Promise.resolve(demo).then(openScene);
  scenes.set(demo, scene);
  return scene;
}
