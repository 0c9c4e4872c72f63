import type { Demand } from '../../director/simulated/sites/demand.ts';
import { demoSite } from '../../director/simulated/sites/demo-site.ts';
import type { Site, SiteService } from '../../director/simulated/sites/site.ts';
import type { VrrpRole } from '../../formats/metrics/measured.ts';

/** A director of the demo, and what becomes of it. */
export interface SimulatedMember {
  readonly name: string;
  readonly site: Site;
  readonly vrrp: readonly VrrpRole[] | null;
  /** Name of the one that it makes a pair with; `null` for none. */
  readonly partner: string | null;
  /** Seconds after the start in which it falls silent; never where it is left out. */
  readonly silentAfter?: number;
}

/** Places of the demo: what part of the demo's services is there, and how much of its traffic. */
const places = [
  { place: 'ams', services: [0, 1, 2, 4, 6, 7], traffic: 1 },
  { place: 'fra', services: [0, 1, 3, 5, 8], traffic: 0.7 },
  { place: 'lon', services: [1, 2, 3], traffic: 0.45 },
  { place: 'nyc', services: [0, 1, 2, 3, 4, 5, 6, 7, 8], traffic: 1.4 },
] as const;

/** The directors of the demo: four pairs and one by itself; one pair is not set alike, and one backup falls silent. */
export const simulatedMembers: readonly SimulatedMember[] = [
  ...places.flatMap(({ place, services, traffic }): SimulatedMember[] => {
    const [master, backup] = [`lb-${place}-1`, `lb-${place}-2`];
    const site = partOf(services, traffic);
    return [
      { name: master, site: { ...site, hostName: master }, vrrp: role('master'), partner: backup },
      {
        name: backup,
        site: { ...site, services: waiting(site, place === 'nyc'), hostName: backup },
        vrrp: role('backup'),
        partner: master,
        ...(place === 'lon' && { silentAfter: 25 }),
      },
    ];
  }),
  { name: 'lb-lab', site: { ...partOf([4, 8], 0.1), hostName: 'lb-lab' }, vrrp: null, partner: null },
];

function role(state: string): readonly VrrpRole[] {
  return [{ name: 'VI_1', state }];
}

function partOf(services: readonly number[], traffic: number): Site {
  return {
    ...demoSite,
    services: services.flatMap((index) => {
      const service = demoSite.services[index];
      return service === undefined ? [] : [{ ...service, ...carrying(service.demand, traffic) }];
    }),
  };
}

function carrying(demand: Demand | undefined, traffic: number): Pick<SiteService, 'demand'> {
  return demand === undefined
    ? {}
    : { demand: { ...demand, connectionsPerSecond: demand.connectionsPerSecond * traffic } };
}

/** The services of a backup, without clients; with `isOther` one weight differs from the master's. */
function waiting({ services }: Site, isOther: boolean): readonly SiteService[] {
  return services.map(({ service, realServers: [first, ...more] }, place) => {
    const isChanged = isOther && place === 0 && first !== undefined;
    const changed = isChanged
      ? [{ ...first, realServer: { ...first.realServer, weight: first.realServer.weight + 1 } }]
      : [];
    return { service, realServers: [...(isChanged ? changed : first === undefined ? [] : [first]), ...more] };
  });
}
