import type { Director } from '../director/director.ts';
import type { Network, NetworkPicture } from '../forwarding/network.ts';
import { type NetworkFacts, networkFacts, unknownNetwork } from '../forwarding/network-facts.ts';
import type { Machine, MachineSampler } from '../host/machine.ts';
import type { ConnectionSample } from '../ipvs/connection.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { ServiceView } from '../sampling/view.ts';
import { elsewhere } from './elsewhere.ts';
import type { AddressHolder, Evidence, SavedState } from './evidence.ts';

/** Where the doctor looks. */
export interface Sources {
  readonly director: Director;
  readonly network: Network;
  readonly machine: MachineSampler;
  /** Asks on the links who else has the virtual addresses; only where the operator wants packets to be sent. */
  readonly holders?: (
    network: NetworkFacts,
    services: readonly ServiceView[],
  ) => Promise<readonly AddressHolder[]>;
  /** Milliseconds for reading connections; a few when not given, so that a screen goes on. */
  readonly patience?: number;
  /** How the table stands to the saved one. */
  readonly saved: () => SavedState | Promise<SavedState>;
}

/** Enough for an even sample; the kernel lists them in the order of a random hash. */
const connectionsLookedAt = 1000;

/** What was gathered, and what could not be. */
export interface Gathered {
  readonly evidence: Evidence;
  /** One clause for each thing that could not be looked at; safe to show. */
  readonly unseen: readonly string[];
}

/**
 * Looks everything up that the checks ask for about these services. What cannot be looked at is left out and told.
 * Throws an `unreachable` `IpvsError` when the director itself cannot be read.
 */
export async function gather(sources: Sources, services: readonly ServiceView[]): Promise<Gathered> {
  const { director } = sources;
  const unseen: string[] = [];
  const machine = rememberingMachine(await sources.machine.sample(), director);
  const picture = await attempt<NetworkPicture>(unseen, unknownNetwork, () =>
    sources.network.picture([elsewhere, ...addressesOf(services)]),
  );
  const network = networkFacts(picture, machine.sysctl);
  return {
    evidence: {
      info: director.info(),
      services,
      network,
      machine,
      syncDaemons: director.syncDaemons(),
      connections: await attempt<ConnectionSample>(unseen, { connections: [], isWhole: false }, () =>
        director.connections(connectionsLookedAt, sources.patience),
      ),
      timeouts: director.timeouts(),
      holders: await attempt<Evidence['holders']>(
        unseen,
        null,
        () => sources.holders?.(network, services) ?? null,
      ),
      saved: await attempt<SavedState>(unseen, { kind: 'unknown' }, () => sources.saved()),
    },
    unseen,
  };
}

/** The virtual and real addresses of services, each once. */
function addressesOf(services: readonly ServiceView[]): string[] {
  const addresses = new Set<string>();
  for (const { service, realServers } of services) {
    if (service.identity.kind === 'address') addresses.add(service.identity.address);
    for (const { realServer } of realServers) addresses.add(realServer.identity.address);
  }
  return [...addresses];
}

async function attempt<Result>(
  unseen: string[],
  otherwise: Result,
  look: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    unseen.push(`${error.operation}: ${error.reason}`);
    return otherwise;
  }
}

/** Asks for each setting once, and for those of IPVS at the director that is looked at. */
function rememberingMachine(machine: Machine, director: Director): Machine {
  const ipvs = 'net/ipv4/vs/';
  const remembered = new Map<string, string | undefined>();
  return {
    sysctl(path) {
      if (!remembered.has(path)) {
        remembered.set(
          path,
          path.startsWith(ipvs) ? director.setting(path.slice(ipvs.length)) : machine.sysctl(path),
        );
      }
      return remembered.get(path);
    },
    module: (name) => machine.module(name),
    running: (names) => machine.running(names),
    firewallTracksConnections: () => machine.firewallTracksConnections(),
  };
}
