import type { Drain } from '../../changes/drain/drain.ts';
import { drainLine } from '../../changes/drain/drain-line.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';

/** Asks before lvstop is left while drains run. */
export class LeaveDialog implements Dialog {
  readonly title = 'Leave while draining?';
  readonly keys = 'y leave   n Esc stay';
  readonly width = 76;
  readonly height = 10;
  readonly #desk: Desk;
  readonly #leave: () => void;

  constructor(desk: Desk, leave: () => void) {
    this.#desk = desk;
    this.#leave = leave;
  }

  onKey(key: KeyEvent): void {
    if (key.text === 'y') this.#leave();
    else if (key.text === 'n') this.#desk.closeDialog();
  }

  onView(): void {
    this.#desk.dialogChanged();
  }

  render(_width: number, height: number) {
    const { all, isKept } = this.#desk.drains;
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
