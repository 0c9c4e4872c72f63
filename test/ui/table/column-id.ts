import { type ColumnId, columnById } from '../../../src/ui/table/columns.ts';

/** The column of that id, which must be there. */
export function columnId(text: string): ColumnId {
  return columnById(text)!.id;
}
