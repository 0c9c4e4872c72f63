import type { HeldTable, TablesOfMachine } from '../../fleet/held-tables.ts';

/** The IPVS tables of other network namespaces of this machine. */
export interface Elsewhere {
  /** Looks for tables. */
  find(): Promise<TablesOfMachine>;
  /** Leaves this screen for that of another table; `null` where it can, else the reason why it cannot. */
  go(table: HeldTable): string | null;
}
