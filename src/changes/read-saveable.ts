import type { Director } from '../director/director.ts';
import type { SavedService } from '../formats/ipvsadm.ts';
import { savedService } from '../formats/listing.ts';
import { compareRealServers, compareServices } from '../ipvs/identity.ts';
import { settledSweep } from '../sampling/settled-sweep.ts';
import { systemClock } from '../system/clock.ts';
import { inSlices, type Work } from '../system/slices.ts';

/** Milliseconds that reading may hold the event loop at once. */
const slice = 4;

/** The settings of the whole table as it is now, by address. Rejects with the director's `IpvsError`. */
export async function readSaveable(director: Director): Promise<SavedService[]> {
  const pace = { now: systemClock.now, turn: systemClock.turn, slice };
  const { services, realServers } = await settledSweep(director, pace);
  await pace.turn();
  return inSlices(
    (function* (): Work<SavedService[]> {
      const saved: SavedService[] = [];
      for (const [place, { service }] of services.rows.entries.entries()) {
        const own = (realServers[place]?.rows.entries ?? [])
          .map(({ realServer }) => realServer)
          .sort((left, right) => compareRealServers(left.identity, right.identity));
        saved.push(savedService(service, own));
        yield;
      }
      return saved.sort((left, right) => compareServices(left.service.identity, right.service.identity));
    })(),
  );
}
