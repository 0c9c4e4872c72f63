import { useEffect, useState } from 'react';
import { readSaveable } from '../../changes/saved/read-saveable.ts';
import {
  describeSave,
  type SavedTablePlace,
  type SavedTableReading,
} from '../../changes/saved/saved-table-place.ts';
import { type UnsavedChange, unsavedChanges } from '../../changes/saved/unsaved-changes.ts';
import { count } from '../../changes/steps/describe.ts';
import type { Director } from '../../director/director.ts';
import { ipvsadmLimits, type SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { inTurns, type Work } from '../../system/turns.ts';
import { Box, Text } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import { useLiveState } from '../kit/use-live-state.ts';
import type { Desk } from '../state/desk.ts';
import { editObstacle } from '../state/edit-obstacle.ts';
import { useDesk, useDeskState, useKeys } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { MarkedText } from './marked-text.tsx';

/** Both tables at one moment. */
interface Comparison {
  readonly stamp: string;
  readonly saved: SavedTableReading;
  readonly running: readonly SavedService[];
  readonly changes: readonly UnsavedChange[];
  /** What of the running table ipvsadm cannot make again. */
  readonly limits: readonly string[];
}

/** The key that saves: Enter, or y where the saved table would be empty. */
const answerLabels = { enter: 'Enter save it', y: 'y save it all the same' } as const;

/** Shows what saving the running table would change of the saved one, and saves it. */
export function openSave(desk: Desk): void {
  desk.openDialog(<SaveDialog place={desk.savedTable} />);
}

function SaveDialog({ place }: { place: SavedTablePlace }) {
  const desk = useDesk();
  useDeskState();
  const shown = useLiveState<Comparison | IpvsError | null>(null);
  const isWorking = useLiveState(true);
  /** One of the tables had changed when it was to be saved: the new comparison is shown. */
  const [hasMoved, setHasMoved] = useState(false);
  useEffect(() => {
    void compare(desk.director, place).then((comparison) => {
      shown.set(comparison);
      isWorking.set(false);
    });
  }, [desk, place, shown, isWorking]);
  const obstacle = editObstacle(desk);
  const answerNow = () => (obstacle === undefined ? answerOf(shown.current) : null);

  /**
   * Saves what was shown and nothing else: where one of the tables has changed since, the new comparison is shown
   * instead.
   */
  async function save(before: Comparison): Promise<void> {
    const present = await compare(desk.director, place);
    if (present instanceof IpvsError || !(await isSameComparison(present, before))) {
      shown.set(present);
      setHasMoved(true);
      return;
    }
    try {
      const result = await inTurns(place.save(present.running, present.stamp));
      const text = describeSave(result, place.title, present.running);
      const kind = result.kind === 'saved' && result.doubt !== null ? 'refusal' : 'done';
      desk.update({ dialog: null, message: { kind, text } });
      desk.happenings.did(kind === 'done' ? 'saved' : 'not-done', text);
      desk.compareWithSaved();
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      shown.set(error);
    }
  }

  useKeys((key) => {
    const present = shown.current;
    const answer = answerNow();
    if (isWorking.current || present === null) return;
    if (answer === null || present instanceof IpvsError) {
      if (key.name === 'enter') desk.closeDialog();
    } else if (answer === 'enter' ? key.name === 'enter' : key.text === 'y') {
      isWorking.set(true);
      void save(present).finally(() => isWorking.set(false));
    }
  });
  const answer = answerNow();
  return (
    <DialogFrame
      title="Save the table for the next boot"
      keys={answer === null ? 'Esc close' : `${answerLabels[answer]}   Esc leave it`}
      width={100}
      height={16}
    >
      {(width, height) => {
        const present = shown.current;
        if (present === null) return <Styled as="dim">reading both tables …</Styled>;
        if (present instanceof IpvsError) return <Refusal error={present} />;
        const { saved, changes, limits } = present;
        if (cannotBeSaved(saved)) return <Refusal error={saved.error} />;
        const isSame = saved.kind === 'table' && changes.length === 0;
        const notes = [
          ...(hasMoved ? ['the tables have changed since they were shown; look again'] : []),
          ...(answer === 'y'
            ? ['the running table is empty: from this file nothing would be made at the next boot']
            : []),
          ...(isSame ? [] : limits),
          ...(obstacle === undefined ? [] : [`saving is off: ${obstacle}`]),
        ];
        return (
          <Box flexDirection="column">
            <Text wrap="wrap">{summary(place.title, saved, changes)}</Text>
            <UnsavedLines
              changes={saved.kind === 'table' ? changes : []}
              room={Math.max(2, height - 3 - notes.length)}
              width={width}
            />
            {notes.slice(0, Math.max(1, height - 4)).map((note) => (
              <MarkedText key={note} text={`▲ ${note}`} as="warning" />
            ))}
          </Box>
        );
      }}
    </DialogFrame>
  );
}

/** The key that saves; `null` where there is nothing to be saved, or no way. */
function answerOf(shown: Comparison | IpvsError | null): keyof typeof answerLabels | null {
  if (shown === null || shown instanceof IpvsError) return null;
  const { saved, running, changes } = shown;
  if (cannotBeSaved(saved) || changes.length === 0) return null;
  return running.length === 0 ? 'y' : 'enter';
}

function cannotBeSaved(
  saved: SavedTableReading,
): saved is Extract<SavedTableReading, { readonly error: IpvsError }> {
  return saved.kind === 'unreadable' || saved.kind === 'no place';
}

async function compare(director: Director, place: SavedTablePlace): Promise<Comparison | IpvsError> {
  try {
    const stamp = place.stamp();
    const saved = await place.read();
    const running = await readSaveable(director);
    const former = saved.kind === 'table' ? saved.services : [];
    const changes = await inTurns(unsavedChanges(former, running));
    return { stamp, saved, running, changes, limits: await inTurns(limitsOf(running)) };
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return error;
  }
}

function Refusal({ error }: { error: IpvsError }) {
  return (
    <Box flexDirection="column">
      <Styled as="error" wrap="wrap">
        {`✗ ${error.object === '' ? '' : `${error.object}: `}${error.reason}`}
      </Styled>
      <Text wrap="wrap">{`  ${error.advice}`}</Text>
    </Box>
  );
}

/** A service or real server that was edited is two lines, the saved one and the running one. */
function UnsavedLines({
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
        <Styled key={`${sign}${line}`} as={sign === '+' ? 'added' : 'removed'} wrap="truncate">
          {`${sign} ${line}`.slice(0, width)}
        </Styled>
      ))}
      {total > shown.length && (
        <Styled as="dim">{`… and ${total - shown.length} more lines; "lvstop diff" shows all`}</Styled>
      )}
    </>
  );
}

function summary(title: string, saved: SavedTableReading, changes: readonly UnsavedChange[]): string {
  if (saved.kind === 'nothing saved') {
    return changes.length === 0
      ? `${title} is not there yet, and the table is empty: there is nothing to save.`
      : `${title} is not there yet: the table, ${count(changes.length, 'line')}, is gone after a reboot, unless something else makes it.`;
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
    yield 1;
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
