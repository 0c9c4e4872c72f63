import { readSaveable } from '../../changes/saved/read-saveable.ts';
import { savedTableInMemory } from '../../changes/saved/saved-table-in-memory.ts';
import type { Director } from '../../director/director.ts';
import { savedStateAt } from '../../doctor/evidence/saved-state.ts';
import { savedTableAt } from '../files/saved-table-at.ts';

/** How the running table stands to the saved one; beside a simulated director what there is counts as saved. */
export async function savedStateOf(director: Director) {
  const running = await readSaveable(director);
  return savedStateAt(
    director.source === 'simulated' ? savedTableInMemory(running) : savedTableAt(),
    running,
  );
}
