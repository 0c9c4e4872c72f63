import { type SplitChoice, splitChoices } from '../../formats/settings/settings.ts';
import { longestInterval, shortestInterval } from '../../sampling/sampler.ts';
import { openCopy } from '../dialogs/copy-dialog.tsx';
import { openInterval } from '../dialogs/interval-dialog.tsx';
import { openSettings } from '../dialogs/settings-dialog.tsx';
import { openSort } from '../dialogs/sort-dialog.tsx';
import type { Command } from '../state/command.ts';
import { textsOfRow } from '../state/copied-texts.ts';
import type { Desk } from '../state/desk.ts';
import {
  accessOf,
  isProbing,
  moveCursor,
  type ScreenState,
  selectedRow,
  toggled,
} from '../state/screen-state.ts';
import { orderedBy, sortByName, turnedRound } from '../state/sorting.ts';
import { hasRoom, nextSplit, splitIn, splitNeeds } from '../state/split-view.ts';
import { withAllTagged, withMachineTagged, withRangeTagged, withTagsInverted } from '../state/tagging.ts';
import { columnWords } from '../table/column-words.ts';
import { type ColumnId, columns } from '../table/columns.ts';
import { placeColumns } from '../table/place-columns.ts';
import { inGroup, nothingSelected, table, withSelected } from './entry.ts';
import { filterBy, tableFilterLine } from './filter-line.ts';
import { playedOf } from './played.ts';

/** Commands that choose what the table shows, and what is beside it. */
export const tableCommands: readonly Command[] = inGroup('Table', [
  {
    id: 'filter',
    help: 'show only: words, 10.0.0.0/24, mode:dr, state:full, conn/s>100, share!=due, and or ! ( )',
    keys: ['/', 'f4'],
    bar: 'filter',
    argument: {
      name: 'TEXT',
      run: filterBy,
    },
    run: (desk) => desk.update({ typed: tableFilterLine(desk) }),
  },
  {
    id: 'clear-filter',
    help: 'show everything again',
    keys: ['\\'],
    run: (desk) => desk.update({ filter: '' }),
  },
  {
    id: 'sort',
    help: 'sort by a column; without one, by address',
    keys: [],
    argument: {
      name: 'COLUMN',
      values: () => columns.flatMap((column) => columnWords(column).slice(0, 1)),
      run: sortByName,
    },
    run: (desk) => desk.update(orderedBy(null)),
  },
  {
    id: 'sort-menu',
    help: 'sort by a column, a letter for each',
    keys: ['o', 'f6'],
    bar: 'sort',
    run: openSort,
  },
  table('sort-left', 'sort by the column to the left', ['<', ','], (state, desk) =>
    orderedBy(neighbourColumn(state, desk.tableWidth, -1)),
  ),
  table('sort-right', 'sort by the column to the right', ['>', '.'], (state, desk) =>
    orderedBy(neighbourColumn(state, desk.tableWidth, 1)),
  ),
  table('reverse', 'sort the other way round, by this column', ['I'], turnedRound),
  {
    id: 'split',
    title: 'split view',
    help: 'the detail of the row beside the table, below it, or not',
    keys: ['v'],
    argument: {
      name: 'WHERE',
      values: () => splitChoices,
      run: (desk, text) => {
        const split = splitChoices.find((choice) => choice === text);
        if (split === undefined) desk.say('hint', `split view is one of ${splitChoices.join(', ')}`);
        else showSplit(desk, split);
      },
    },
    run: (desk) => showSplit(desk, null),
  },
  table('flat', 'all real servers in one list, or under their services', ['t', 'f5'], (state) => ({
    flat: !state.flat,
  })),
  {
    id: 'tag',
    help: 'tag the row, so that an edit goes to all tagged ones',
    keys: ['space'],
    obstacle: nothingSelected,
    run: (desk) => {
      const state = desk.getState();
      if (state.cursorKey === undefined) return;
      desk.update({ tagged: toggled(state.tagged, state.cursorKey), ...moveCursor(state, 1) });
    },
  },
  table('tag-all', 'tag all real servers that are shown, too', ['A'], withAllTagged),
  table('tag-range', 'tag from the row that was tagged last to this one', ['T'], withRangeTagged),
  table('tag-invert', 'tag what is shown and not tagged, untag the rest', ['~'], withTagsInverted),
  {
    id: 'tag-machine',
    help: 'tag the machine: all real servers with this address, in all services',
    keys: ['H'],
    obstacle: (desk) =>
      nothingSelected(desk) ??
      (selectedRow(desk.getState())?.kind === 'service'
        ? 'that is a service; select a real server'
        : undefined),
    run: (desk) => withSelected(desk, (row) => desk.update(withMachineTagged(desk.getState(), row))),
  },
  table('untag', 'untag all', ['U'], () => ({ tagged: new Set() })),
  {
    id: 'copy',
    help: 'copy the address, the line for ipvsadm or lvstop, or what mends a finding, by the terminal',
    keys: ['Y'],
    obstacle: nothingSelected,
    run: (desk) =>
      withSelected(desk, (row) =>
        openCopy(desk, textsOfRow(row, desk.getState().examination?.findings ?? [])),
      ),
  },
  {
    id: 'freeze',
    help: 'hold the screen still, or let it go on; a recording and the demo’s time too',
    keys: ['p'],
    run: (desk) => {
      const played = playedOf(desk);
      if (played === undefined) desk.setFrozen(!desk.getState().frozen);
      else played.play();
    },
  },
  {
    id: 'interval',
    title: 'refresh interval',
    help: `seconds between readings, ${shortestInterval} to ${longestInterval}`,
    keys: ['d'],
    argument: {
      name: 'SECONDS',
      run: openInterval,
    },
    run: (desk) => openInterval(desk),
  },
  {
    id: 'settings',
    title: 'columns and settings',
    help: 'choose columns and their order, and what holds at the next start',
    keys: ['f2'],
    bar: 'columns',
    run: openSettings,
  },
]);

/**
 * Shows the detail at the wanted place or, for `null`, at the next one that has room; says so where there is no room.
 */
function showSplit(desk: Desk, wanted: SplitChoice | null): void {
  const { split: present } = desk.getState();
  const area = desk.wholeArea;
  const choice = wanted ?? nextSplit(present, area);
  const split = splitIn(choice, area);
  const { width, height } = area;
  const stays = wanted === null && split === splitIn(present, area);
  if (split === 'off' ? stays : !hasRoom(split, area)) {
    desk.say('hint', `split view: ${splitNeeds}; there are ${width} columns and ${height} rows`);
  } else desk.update({ split: choice });
}

/** The column beside the present one, of those that are in sight. */
function neighbourColumn(state: ScreenState, width: number, by: 1 | -1): ColumnId | null {
  const { sortColumn: present, columns: chosen, nameWidth } = state;
  const ids = placeColumns(width, nameWidth, chosen, accessOf(state), null, isProbing(state)).map(
    ({ column }) => column.id,
  );
  // A column that is not shown, since it was named on the command line, has no neighbours.
  const index = present === null ? -1 : ids.indexOf(present);
  if (index < 0) return (by === 1 ? ids[0] : ids.at(-1)) ?? null;
  // Past either end comes the order by address.
  return ids[index + by] ?? null;
}
