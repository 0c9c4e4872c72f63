import type { Drain } from '../../changes/drain.ts';
import { drainLine } from '../../changes/drain-line.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { Box, Text } from '../ink.ts';

/** Asks before lvstop is left while drains run. */
export class LeaveDialog implements Dialog {
  readonly title = 'Leave while draining?';
  readonly keys = 'y leave   n Esc stay';
  readonly width = 76;
  readonly height = 10;
  readonly #controller: Controller;
  readonly #leave: () => void;

  constructor(controller: Controller, leave: () => void) {
    this.#controller = controller;
    this.#leave = leave;
  }

  onKey(key: KeyEvent): void {
    if (key.text === 'y') this.#leave();
    else if (key.text === 'n') this.#controller.closeDialog();
  }

  onView(): void {
    this.#controller.dialogChanged();
  }

  render(_width: number, height: number) {
    const { all, isKept } = this.#controller.drains;
    return (
      <Box flexDirection="column">
        {all.slice(0, Math.max(1, height - 5)).map((drain: Drain) => (
          <Text key={drainLine(drain)} wrap="truncate">{`▽ ${drainLine(drain)}`}</Text>
        ))}
        <Text wrap="wrap">
          {`They stay at weight 0, and nothing ends them while lvstop is not running. ${
            isKept
              ? 'The next start finds them, and asks before it deletes one or gives a weight back.'
              : 'They are not kept: the next start knows nothing of them.'
          }`}
        </Text>
      </Box>
    );
  }
}
