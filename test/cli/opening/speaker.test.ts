import { describe, expect, it } from 'vitest';
import { Speaker } from '../../../src/cli/opening/speaker.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import type { Listing } from '../../../src/formats/ipvsadm/listing.ts';
import { zeroRates } from '../../../src/ipvs/counters.ts';
import { listingOfView } from '../../../src/sampling/listing-of-view.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';

async function demoListing(): Promise<Listing> {
  const director = createSimulatedDirector({ now: () => 0, seed: 1 });
  return listingOfView(await createSampler({ director, interval: 1 }).refresh());
}

/** The same listing with every service and real server at this many new connections a second. */
function atRate(listing: Listing, connections: number): Listing {
  const rates = { ...zeroRates, connections };
  return {
    ...listing,
    services: listing.services.map((service) => ({
      ...service,
      rates,
      realServers: service.realServers.map((realServer) => ({ ...realServer, rates })),
    })),
  };
}

describe('the plain lines', () => {
  it('tell everything at first, the director before the rest', async () => {
    const listing = await demoListing();
    const lines = new Speaker().tell(listing);
    expect(lines[0]).toMatch(
      /^Director lb-01 SIMULATED: 9 services, 27 real servers, \d+ active connections\.$/,
    );
    expect(lines).toHaveLength(1 + 9 + 27);
    expect(lines.find((line) => line.startsWith('Real server 10.0.0.24:8080'))).toContain(
      'weight 0, takes no new connections',
    );
  });

  it('say nothing while nothing worth a sentence has changed', async () => {
    const listing = atRate(await demoListing(), 100);
    const speaker = new Speaker();
    speaker.tell(listing);
    expect(speaker.tell(listing)).toEqual([]);
    expect(speaker.tell(atRate(listing, 140))).toEqual([]);
  });

  it('tell of rates that rose or fell by half, measured from what was told last', async () => {
    const listing = atRate(await demoListing(), 100);
    const speaker = new Speaker();
    speaker.tell(listing);
    speaker.tell(atRate(listing, 140));
    expect(speaker.tell(atRate(listing, 160)).length).toBe(1 + 9 + 27);
  });

  it('tell of what came, what went, and what was set', async () => {
    const listing = await demoListing();
    const [first, ...others] = listing.services;
    const speaker = new Speaker();
    speaker.tell({ ...listing, services: others });
    expect(speaker.tell(listing).slice(1)).toContainEqual(
      expect.stringMatching(/^Service tcp:198\.51\.100\.20:8443: /),
    );
    expect(speaker.tell({ ...listing, services: others })).toContain(
      'Service tcp:198.51.100.20:8443 is gone.',
    );
    const changed = { ...first!, service: { ...first!.service, scheduler: 'rr' } };
    speaker.tell(listing);
    expect(speaker.tell({ ...listing, services: [changed, ...others] })[1]).toContain('scheduler rr');
  });

  it('say when the director is lost, once', async () => {
    const listing = await demoListing();
    const lost: Listing = { ...listing, director: { ...listing.director, state: 'lost', error: 'no IPVS' } };
    const speaker = new Speaker();
    speaker.tell(listing);
    expect(speaker.tell(lost)).toEqual([
      expect.stringContaining('IPVS cannot be reached, what follows is old: no IPVS.'),
    ]);
    expect(speaker.tell(lost)).toEqual([]);
  });
});
