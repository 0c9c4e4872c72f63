import type { Column, ColumnId } from '../table/columns.ts';
import { columnById, columns } from '../table/columns.ts';
import { candidateColumns } from '../table/place-columns.ts';

/** The name cannot be left out and stays first. */
const fixedColumn = 'name';

/** All columns in an order that the operator changes, each shown or not. */
export class ColumnList {
  #order: readonly ColumnId[];
  #shown: ReadonlySet<ColumnId>;
  #isAutomatic: boolean;

  /** The columns that were chosen, or `null` for automatic ones, of which `placed` are those that fit. */
  constructor(chosen: readonly ColumnId[] | null, placed: readonly ColumnId[]) {
    const first = candidateColumns(chosen).map(({ id }) => id);
    this.#isAutomatic = chosen === null;
    this.#order = chosen === null ? naturalOrder : [...new Set([...first, ...naturalOrder])];
    this.#shown = new Set(chosen === null ? placed : first);
  }

  /** The columns in their order. */
  get columns(): readonly Column[] {
    return this.#order.map(columnById).filter((column) => column !== undefined);
  }

  /** Whether no columns were chosen, and as many are shown as fit. */
  get isAutomatic(): boolean {
    return this.#isAutomatic;
  }

  /** Ids of the columns to show in their order; `null` while that is automatic. */
  get chosen(): readonly ColumnId[] | null {
    return this.#isAutomatic ? null : this.#order.filter((id) => this.#shown.has(id));
  }

  isShown(id: ColumnId): boolean {
    return this.#shown.has(id);
  }

  /** Shows the column or leaves it out; `false` for the name, which stays. */
  toggle(id: ColumnId): boolean {
    if (id === fixedColumn) return false;
    const shown = new Set(this.#shown);
    if (!shown.delete(id)) shown.add(id);
    this.#shown = shown;
    this.#isAutomatic = false;
    return true;
  }

  /** Moves the column past its neighbour; `false` where there is none that it can pass. */
  move(id: ColumnId, by: 1 | -1): boolean {
    const from = this.#order.indexOf(id);
    const neighbour = this.#order[from + by];
    if (id === fixedColumn || neighbour === undefined || neighbour === fixedColumn) return false;
    const order = [...this.#order];
    order[from] = neighbour;
    order[from + by] = id;
    this.#order = order;
    this.#isAutomatic = false;
    return true;
  }

  /** Goes back to automatic columns, of which `placed` are those that fit. */
  reset(placed: readonly ColumnId[]): void {
    this.#order = naturalOrder;
    this.#shown = new Set(placed);
    this.#isAutomatic = true;
  }
}

const naturalOrder: readonly ColumnId[] = columns.map(({ id }) => id);
