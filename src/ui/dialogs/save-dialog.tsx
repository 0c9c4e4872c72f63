import { readSaveable } from '../../changes/saved/read-saveable.ts';
import {
  describeSave,
  type SavedTablePlace,
  type SavedTableReading,
} from '../../changes/saved/saved-table-place.ts';
import { type UnsavedChange, unsavedChanges } from '../../changes/saved/unsaved-changes.ts';
import { count } from '../../changes/steps/describe.ts';
import { ipvsadmLimits, type SavedService } from '../../formats/ipvsadm.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { inTurns, type Work } from '../../system/turns.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import { editObstacle } from '../state/edit-obstacle.ts';

/** Both tables at one moment. */
interface Comparison {
  readonly stamp: string;
  readonly saved: SavedTableReading;
  readonly running: readonly SavedService[];
  readonly changes: readonly UnsavedChange[];
  /** What of the running table ipvsadm cannot make again. */
  readonly limits: readonly string[];
}

/** What saves: Enter, or y where nothing would be left. */
const answerLabels = { enter: 'Enter save it', y: 'y save it all the same' } as const;

/** Shows what saving the running table would change of the saved one, and saves it. */
export class SaveDialog implements Dialog {
  readonly title = 'Save the table for the next boot';
  readonly width = 100;
  readonly height = 16;
  readonly #desk: Desk;
  readonly #place: SavedTablePlace;
  #shown: Comparison | IpvsError | null = null;
  /** The tables were other ones when they were to be saved: what is shown is new. */
  #hasMoved = false;
  #isWorking = false;

  constructor(desk: Desk, place: SavedTablePlace) {
    this.#desk = desk;
    this.#place = place;
    void this.#whileWorking(async () => {
      this.#shown = await this.#compare();
    });
  }

  get keys(): string {
    return this.#answer === null ? 'Esc close' : `${answerLabels[this.#answer]}   Esc leave it`;
  }

  onKey(key: KeyEvent): void {
    const answer = this.#answer;
    const shown = this.#shown;
    if (this.#isWorking || shown === null) return;
    if (answer === null || shown instanceof IpvsError) {
      if (key.name === 'enter') this.#desk.closeDialog();
    } else if (answer === 'enter' ? key.name === 'enter' : key.text === 'y') {
      void this.#whileWorking(() => this.#save(shown));
    }
  }

  render(width: number, height: number) {
    const shown = this.#shown;
    if (shown === null) return <Text dimColor>reading both tables …</Text>;
    if (shown instanceof IpvsError) return <Refusal error={shown} />;
    const { saved, changes, limits } = shown;
    if (saved.kind === 'unreadable') return <Refusal error={saved.error} />;
    const obstacle = editObstacle(this.#desk);
    const isSame = saved.kind === 'table' && changes.length === 0;
    const notes = [
      ...(this.#hasMoved ? ['the tables have changed since they were shown; look again'] : []),
      ...(this.#answer === 'y' ? ['the running table is empty: nothing would be made at the next boot'] : []),
      ...(isSame ? [] : limits),
      ...(obstacle === undefined ? [] : [`saving is off: ${obstacle}`]),
    ];
    const room = Math.max(2, height - 3 - notes.length);
    return (
      <Box flexDirection="column">
        <Text wrap="wrap">{summary(this.#place.title, saved, changes)}</Text>
        <ChangeLines changes={saved.kind === 'table' ? changes : []} room={room} width={width} />
        {notes.slice(0, Math.max(1, height - 4)).map((note) => (
          <Text key={note} wrap="wrap" color="yellow">{`▲ ${note}`}</Text>
        ))}
      </Box>
    );
  }

  /** The key that saves; `null` where there is nothing to be saved, or no way. */
  get #answer(): keyof typeof answerLabels | null {
    const shown = this.#shown;
    if (shown === null || shown instanceof IpvsError || editObstacle(this.#desk) !== undefined) return null;
    const { saved, running, changes } = shown;
    if (saved.kind === 'unreadable') return null;
    if (changes.length === 0) return null;
    return running.length === 0 ? 'y' : 'enter';
  }

  /** Saves what was shown and nothing else: where one of the tables is another by now, that is shown instead. */
  async #save(shown: Comparison): Promise<void> {
    const present = await this.#compare();
    if (present instanceof IpvsError || !(await isSameComparison(present, shown))) {
      this.#shown = present;
      this.#hasMoved = true;
      return;
    }
    try {
      const result = await inTurns(this.#place.save(present.running, present.stamp));
      const text = describeSave(result, this.#place.title, present.running);
      const kind = result.kind === 'saved' && result.doubt !== null ? 'refusal' : 'done';
      this.#desk.update({ dialog: null, message: { kind, text } });
      this.#desk.compareWithSaved();
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      this.#shown = error;
    }
  }

  async #compare(): Promise<Comparison | IpvsError> {
    try {
      const stamp = this.#place.stamp();
      const saved = await this.#place.read();
      const running = await readSaveable(this.#desk.director);
      const former = saved.kind === 'table' ? saved.services : [];
      const changes = await inTurns(unsavedChanges(former, running));
      return { stamp, saved, running, changes, limits: await inTurns(limitsOf(running)) };
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      return error;
    }
  }

  async #whileWorking(work: () => Promise<void>): Promise<void> {
    this.#isWorking = true;
    try {
      await work();
    } finally {
      this.#isWorking = false;
      this.#desk.dialogChanged();
    }
  }
}

function Refusal({ error }: { error: IpvsError }) {
  return (
    <Box flexDirection="column">
      <Text color="redBright" wrap="wrap">
        {`✗ ${error.object === '' ? '' : `${error.object}: `}${error.reason}`}
      </Text>
      <Text wrap="wrap">{`  ${error.advice}`}</Text>
    </Box>
  );
}

/** A service or real server that was edited is two lines, the saved one and the running one. */
function ChangeLines({
  changes,
  room,
  width,
}: {
  changes: readonly UnsavedChange[];
  room: number;
  width: number;
}) {
  const total = changes.reduce(
    (sum, { saved, running }) => sum + (saved === null || running === null ? 1 : 2),
    0,
  );
  const shown = changes
    .slice(0, room)
    .flatMap(({ saved, running }) => [
      ...(saved === null ? [] : [{ sign: '-', line: saved }]),
      ...(running === null ? [] : [{ sign: '+', line: running }]),
    ])
    .slice(0, total > room ? room - 1 : room);
  return (
    <>
      {shown.map(({ sign, line }) => (
        <Text key={`${sign}${line}`} color={sign === '+' ? 'green' : 'redBright'} wrap="truncate">
          {`${sign} ${line}`.slice(0, width)}
        </Text>
      ))}
      {total > shown.length && (
        <Text dimColor>{`… and ${total - shown.length} more lines; "lvstop diff" shows all`}</Text>
      )}
    </>
  );
}

function summary(title: string, saved: SavedTableReading, changes: readonly UnsavedChange[]): string {
  if (saved.kind === 'nothing saved') {
    return changes.length === 0
      ? `${title} is not there yet, and the table is empty: there is nothing to save.`
      : `${title} is not there yet: the table, ${count(changes.length, 'line')}, would be lost at a reboot.`;
  }
  if (changes.length === 0) return `${title} has this table already.`;
  const added = changes.filter(({ saved: line }) => line === null).length;
  const removed = changes.filter(({ running: line }) => line === null).length;
  const numbers = [
    [added, 'new'],
    [changes.length - added - removed, 'changed'],
    [removed, 'removed'],
  ] as const;
  const parts = numbers.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return `${title}: ${parts.join(', ')}. The version that is there now is kept.`;
}

function* limitsOf(services: readonly SavedService[]): Work<string[]> {
  const limits: string[] = [];
  for (const service of services) {
    limits.push(...ipvsadmLimits([service]));
    yield;
  }
  return limits;
}

async function isSameComparison(left: Comparison, right: Comparison): Promise<boolean> {
  return (
    left.stamp === right.stamp &&
    left.saved.kind === right.saved.kind &&
    (await inTurns(unsavedChanges(left.running, right.running))).length === 0
  );
}
