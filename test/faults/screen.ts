/** The screen in a real terminal while calls on its files fail: what it says is so, and the terminal is whole afterwards. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Lvstop, openLvstop } from '../e2e/lvstop.ts';
import type { TestTerminal } from '../e2e/terminal.ts';
import { until } from '../until.ts';
import type { Ground } from './ground.ts';
import { type Disturbed, problemsAfter } from './judge.ts';
import { type Operation, operations } from './operations.ts';
import { failures } from './system-calls.ts';
import { callName, type Effect, isSameCall, readCalls, type SystemCall, tracing } from './traced-run.ts';
import { mostTries, prepare, type Verdict } from './try.ts';

/** What is done on the screen. */
export interface Scene {
  readonly name: string;
  /** The change that it makes to the table; none for one that only writes settings. */
  readonly operation: Operation | null;
  /** Presses the keys, as far as the screen lets them have an effect. */
  readonly play: (lvstop: Lvstop) => Promise<void>;
}

const edit = operations.find(({ name }) => name === 'edit') as Operation;

export const scenes: readonly Scene[] = [
  {
    name: 'settings',
    operation: null,
    play: async (lvstop) => {
      lvstop.press('f2');
      await lvstop.waitForDialog('[x] MODE');
      lvstop.press('down', 'space');
      await lvstop.waitForDialog('[ ] MODE');
      lvstop.press('enter');
    },
  },
  {
    name: 'weight',
    operation: edit,
    play: async (lvstop) => {
      await lvstop.select('10.9.0.1:80');
      lvstop.press('w');
      await lvstop.terminal.waitFor(() => lvstop.dialog() !== null || isAnswer(answerOf(lvstop)));
      if (lvstop.dialog() === null) return;
      lvstop.press('backspace', '9');
      await lvstop.waitForDialog('new 9');
      lvstop.press('enter');
    },
  },
];

/** What the screen answers: a line above the keys, or the question what to do without a journal. */
function answerOf(lvstop: Lvstop): string {
  const dialog = lvstop.dialogText();
  return dialog.includes('Nothing was done') ? `✗ ${dialog}` : lvstop.said();
}

const isAnswer = (said: string) => /^[✓✗·] (?!SIMULATED)/.test(said);

/** The settings that stand in the file before. */
const formerSettings = 'interval = 2\n';

/** A call that fails while a scene is played. */
export interface SceneCase {
  readonly scene: Scene;
  readonly call: SystemCall;
  readonly effect: Extract<Effect, { errno: string }>;
}

/** The name by which a case is repeated. */
export function sceneCaseName({ scene, call, effect }: SceneCase): string {
  return `screen ${scene.name}: ${callName(call)} ${effect.errno}${effect.isLasting ? '+' : ''}`;
}

/** Each error of each call that a scene makes on its files. */
export async function sceneCases(ground: Ground, scene: Scene): Promise<SceneCase[]> {
  const { calls, problems } = await played(ground, scene);
  if (problems.length > 0) throw new Error(`${scene.name} failed undisturbed: ${problems.join('\n')}`);
  return calls
    .filter(({ path }) => path !== null)
    .flatMap((call) =>
      (failures[call.name] ?? []).map((errno) => ({ scene, call, effect: { errno, isLasting: false } })),
    );
}

/** Plays a scene with a call that fails. */
export async function tryScene(ground: Ground, { scene, call, effect }: SceneCase): Promise<Verdict> {
  let sought = call;
  for (let time = 0; time < mostTries; time++) {
    const { calls, problems } = await played(ground, scene, { call: sought, effect });
    if (calls.some((one) => one.wasInjected && isSameCall(one, call)))
      return problems.length > 0 ? { kind: 'failed', problems } : { kind: 'held' };
    const again = calls.find((one) => isSameCall(one, call));
    if (again === undefined) break;
    sought = again;
  }
  return { kind: 'missed' };
}

async function played(
  ground: Ground,
  scene: Scene,
  inject?: { readonly call: SystemCall; readonly effect: Effect },
): Promise<{ readonly calls: readonly SystemCall[]; readonly problems: readonly string[] }> {
  await prepare(ground, scene.operation ?? edit);
  const config = join(ground.root, 'config/lvstop/config.toml');
  mkdirSync(dirname(config), { recursive: true, mode: 0o700 });
  writeFileSync(config, formerSettings, { mode: 0o600 });
  const place = mkdtempSync(join(tmpdir(), 'lvstop-strace-'));
  const log = join(place, 'calls');
  const traced = tracing(
    ground.program([]),
    log,
    Object.keys(failures),
    inject && { ...inject, root: ground.root },
  );
  const lvstop = await openLvstop({ program: traced.command, env: traced.env, patience: 60_000 });
  try {
    await scene.play(lvstop);
    await lvstop.terminal.waitFor(() => isAnswer(answerOf(lvstop)));
    const said = answerOf(lvstop);
    if (lvstop.dialog() !== null) await lvstop.cancel();
    const problems = await problemsOfTerminal(lvstop.terminal);
    // As the command of the same change would have ended.
    const ended: Disturbed = {
      exitCode: said.startsWith('✓') ? 0 : 4,
      out: '',
      err: `lvstop: ${said.toLowerCase()}\n`,
    };
    problems.push(
      ...(scene.operation === null
        ? problemsOfSettings(config, said)
        : await problemsAfter(ground, scene.operation, ended)),
    );
    return { calls: readCalls(readFileSync(log, 'utf8'), ground.root), problems };
  } finally {
    lvstop.terminal.close();
    rmSync(place, { recursive: true });
    rmSync(join(ground.root, 'config'), { recursive: true, force: true });
  }
}

/** Whether the shell has its terminal back as it was. */
async function problemsOfTerminal(terminal: TestTerminal): Promise<string[]> {
  // Right behind an Esc a key means another one, so it may take a second time.
  const { code, lineBefore, lineAfter } = await until(
    'the end of the program',
    () => {
      terminal.press('q');
      return terminal.ended(1000).catch(() => null);
    },
    30_000,
  );
  const modes = JSON.stringify(terminal.modes());
  const whole = JSON.stringify({
    alternateScreen: false,
    cursorVisible: true,
    bracketedPaste: false,
    mouse: 'none',
    wraparound: true,
    synchronizedUpdate: false,
  });
  return [
    ...(code === 0 ? [] : [`it ended with ${code}:\n${terminal.text()}`]),
    ...(lineAfter === lineBefore ? [] : ['the modes of the line are others']),
    ...(modes === whole ? [] : [`the terminal is left as ${modes}`]),
  ];
}

/** Whether the file is the whole old one or the whole new one, and the one that the screen said. */
function problemsOfSettings(config: string, said: string): string[] {
  const text = readFileSync(config, 'utf8');
  const isOld = text === formerSettings;
  const isNew = text.startsWith(formerSettings) && /^columns = \[[^\]]*\]\n$/m.test(text);
  if (!isOld && !isNew) return [`the file is neither old nor new: ${text}`];
  if (said.startsWith('✓') && !isNew) return [`it said "${said}", and the file is the old one`];
  if (/not saved/.test(said) && !isOld) return [`it said "${said}", and the file is the new one`];
  return [];
}
