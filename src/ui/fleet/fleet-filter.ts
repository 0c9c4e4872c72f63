import { completeFilter } from '../../formats/filter/complete-filter.ts';
import type { FilterField, FilterSubject } from '../../formats/filter/filter-field.ts';
import { type FilterReading, readFilter } from '../../formats/filter/read-filter.ts';
import { parseService } from '../../ipvs/identity.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import { remembering } from '../kit/remembering.ts';
import { columnWords } from '../table/column-words.ts';
import {
  type FleetColumn,
  type FleetMoment,
  fleetColumns,
  standingOf,
  standingRoles,
} from './fleet-columns.ts';
import type { FleetRow } from './fleet-row.ts';

/** A row, with what its columns depend on besides it. */
export interface AskedFleetRow {
  readonly row: FleetRow;
  readonly moment: FleetMoment;
}

const bitsOfByte = 8;

const fields: readonly FilterField<AskedFleetRow>[] = fleetColumns
  .filter(({ id }) => id !== 'trend')
  .map(fieldOf);

/** What a text asks of rows; compiled once for as long as it stays the same. */
export const fleetFilter = remembering(
  (text: string): FilterReading<AskedFleetRow> => readFilter(text, { ...subject, fields }),
);

/** What a text could be completed to, each as the whole text. */
export function completeFleetFilter(text: string): readonly string[] {
  return completeFilter(text, fields);
}

const subject: Omit<FilterSubject<AskedFleetRow>, 'fields'> = {
  holds: ({ row }, word) => {
    const { director } = row;
    const own = row.kind === 'service' ? [row.service.id, row.service.scheduler] : [standingOf(director)];
    return [director.name, director.host ?? '', ...own].some((text) => text.toLowerCase().includes(word));
  },
  isWithin: ({ row }, { network, prefixLength }) => {
    if (row.kind === 'director') return false;
    const address = addressOf(row.service.id);
    return (
      address !== null &&
      address.includes(':') === network.includes(':') &&
      isInSubnet(address, network, prefixLength)
    );
  },
};

function addressOf(id: string): string | null {
  try {
    const identity = parseService(id);
    return identity.kind === 'address' ? identity.address : null;
  } catch {
    return null;
  }
}

function fieldOf(column: FleetColumn): FilterField<AskedFleetRow> {
  const { id } = column;
  const words = columnWords(column);
  if (id === 'state') {
    const values = Object.keys(standingRoles).map((word) => word.replace(' ', '-').toLowerCase());
    return {
      kind: 'word',
      words,
      values,
      isMoving: true,
      has: ({ row }, word) => standingOf(row.director).replace(' ', '-').toLowerCase() === word,
    };
  }
  if (column.isNumber !== true) {
    const of = ({ row, moment }: AskedFleetRow) => String(column.sortValue(row, moment)).toLowerCase();
    return { kind: 'text', words, isMoving: true, of };
  }
  const scale = column.isInBits === true ? bitsOfByte : 1;
  return {
    kind: 'number',
    words,
    isMoving: true,
    of: ({ row, moment }) => {
      const value = column.sortValue(row, moment);
      // A sort value below 0 is not known.
      return typeof value === 'string' || value < 0 ? null : value * scale;
    },
  };
}
