import { IpvsError } from '../../ipvs/error.ts';
import { startLaterBySystemd, startOnItsOwn } from '../../system/own-program.ts';
import type { Wait } from '../../system/turns.ts';
import type { CommandContext } from '../context/context.ts';
import { enteredNamespace } from '../context/entered-namespace.ts';
import type { UnconfirmedUndo } from '../context/unconfirmed-undo.ts';

/**
 * Sees to it that a change is taken back unless it is confirmed, whatever becomes of this process, its terminal and its
 * connection: by a timer of systemd's, or else by a process of its own that waits for the time. Throws an input
 * `IpvsError` where neither can be started; nothing was written yet.
 */
export function armUndo({ armUndo: arm = armProcess }: CommandContext, undo: UnconfirmedUndo): Wait {
  return {
    atOnce() {
      throw notArmed(undo.id, new Error('it cannot be waited for here'));
    },
    async meanwhile() {
      try {
        await arm(undo);
      } catch (error) {
        throw notArmed(undo.id, error);
      }
    },
  };
}

/** The arguments of the lvstop that the operating system starts to take a change back when its time is over. */
export function unconfirmedUndoWords({ id, config }: UnconfirmedUndo): readonly string[] {
  const namespace = enteredNamespace();
  return [
    ...(config === undefined ? [] : ['--config', config]),
    ...(namespace === null ? [] : ['--netns', namespace.file]),
    'undo',
    id,
    '--yes',
    '--unless-confirmed',
  ];
}

async function armProcess(undo: UnconfirmedUndo): Promise<void> {
  const words = unconfirmedUndoWords(undo);
  const isTimed = await startLaterBySystemd({
    words,
    after: undo.confirmBy - Date.now(),
    unit: `lvstop-undo-${undo.id}`,
    description: `lvstop takes change ${undo.id} back unless it is confirmed`,
  });
  if (!isTimed) await startOnItsOwn(words);
}

function notArmed(id: string, error: unknown): IpvsError {
  return IpvsError.input(
    'not-armed',
    'have taken back unless it is confirmed',
    `change ${id}`,
    error instanceof Error ? error.message : String(error),
    'nothing was written; leave --confirm-within out to make it without that',
  );
}
