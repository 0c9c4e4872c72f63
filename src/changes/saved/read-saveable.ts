import type { Director } from '../../director/director.ts';
import type { SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import { savedService } from '../../formats/ipvsadm/listing.ts';
import { compareRealServers, compareServices } from '../../ipvs/identity.ts';
import { type Sweep, settledSweep } from '../../sampling/sweep.ts';
import { systemClock } from '../../system/clock.ts';
import { inTurns, type Work } from '../../system/turns.ts';

/** The settings of the whole table as it is now, sorted by address. Rejects with the director's `IpvsError`. */
export async function readSaveable(director: Director): Promise<SavedService[]> {
  const sweep = await settledSweep(director);
  await systemClock.turn();
  return inTurns(saveable(sweep));
}

function* saveable({ services, realServers }: Sweep): Work<SavedService[]> {
  const saved: SavedService[] = [];
  for (const [place, { service }] of services.rows.entries.entries()) {
    const own = (realServers[place]?.rows.entries ?? [])
      .map(({ realServer }) => realServer)
      .sort((left, right) => compareRealServers(left.identity, right.identity));
    saved.push(savedService(service, own));
    yield own.length + 1;
  }
  return saved.sort((left, right) => compareServices(left.service.identity, right.service.identity));
}
