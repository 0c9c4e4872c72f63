import type { Timeouts } from '../../ipvs/director-info.ts';
import { formatRealServer, type RealServerName } from '../../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import { type Service, sameServiceSettings } from '../../ipvs/service.ts';
import { isDaemonAsWanted, type SyncDaemon } from '../../ipvs/sync-daemon.ts';
import { sameTimeouts } from '../../ipvs/timeouts.ts';
import {
  describeRealServer,
  describeRealServerChange,
  describeService,
  describeServiceChange,
  describeSyncDaemon,
  describeTimeoutChange,
  describeTimeouts,
} from './describe.ts';
import type { RealServerState } from './table-state.ts';

/**
 * A service with its real servers, or a director's time-outs and sync daemons, as read at one moment or as steps
 * leave them.
 */
export interface Picture {
  service: Service | undefined;
  /** By `formatRealServer`. */
  readonly realServers: Map<RealServerName, RealServerState>;
  timeouts: Timeouts | undefined;
  readonly syncDaemons: Map<SyncDaemon['state'], SyncDaemon>;
}

/** A picture of a service with its real servers; of nothing, without an argument. */
export function servicePicture(state?: {
  readonly service?: Service | undefined;
  readonly realServers?: Iterable<RealServerState>;
}): Picture {
  const realServers = new Map<RealServerName, RealServerState>();
  for (const row of state?.realServers ?? []) realServers.set(formatRealServer(row.realServer.identity), row);
  return { service: state?.service, realServers, timeouts: undefined, syncDaemons: new Map() };
}

/** The real servers in a picture, in its order. */
export function realServersIn({ realServers }: Picture): RealServer[] {
  return Array.from(realServers.values(), ({ realServer }) => realServer);
}

/** An object that a step writes. */
export type Thing = Service | RealServer | Timeouts | SyncDaemon;

/** What all objects of a kind have in common, and where a picture holds them. */
export interface ObjectKind<Of extends Thing> {
  isSame(left: Of, right: Of): boolean;
  /** All its settings in words. */
  words(thing: Of): string;
  /** The settings that differ, in words. */
  changes(before: Of, after: Of): string[];
  /** The object with the same identity in a picture; `undefined` where the picture has none. */
  find(picture: Picture, thing: Of): Of | undefined;
  put(picture: Picture, thing: Of): void;
  /** Removes it from a picture, with all that belongs to it. */
  remove(picture: Picture, thing: Of): void;
}

/** A virtual service. */
export const serviceKind: ObjectKind<Service> = {
  isSame: sameServiceSettings,
  words: describeService,
  changes: describeServiceChange,
  find: ({ service }) => service,
  put(picture, service) {
    picture.service = service;
  },
  remove(picture) {
    picture.service = undefined;
    picture.realServers.clear();
  },
};

/** A real server of a service. */
export const realServerKind: ObjectKind<RealServer> = {
  isSame: sameRealServerSettings,
  words: describeRealServer,
  changes: describeRealServerChange,
  find: ({ realServers }, { identity }) => realServers.get(formatRealServer(identity))?.realServer,
  put({ realServers }, realServer) {
    const key = formatRealServer(realServer.identity);
    const { active = 0, inactive = 0 } = realServers.get(key) ?? {};
    realServers.set(key, { realServer, active, inactive });
  },
  remove({ realServers }, { identity }) {
    realServers.delete(formatRealServer(identity));
  },
};

/** The time-outs of connections, which every director has. */
export const timeoutsKind: ObjectKind<Timeouts> = {
  isSame: sameTimeouts,
  words: describeTimeouts,
  changes: describeTimeoutChange,
  find: ({ timeouts }) => timeouts,
  put(picture, timeouts) {
    picture.timeouts = timeouts;
  },
  remove() {},
};

/** A sync daemon, one of each state. */
export const syncDaemonKind: ObjectKind<SyncDaemon> = {
  isSame: isDaemonAsWanted,
  words: describeSyncDaemon,
  changes: () => [],
  find: ({ syncDaemons }, { state }) => syncDaemons.get(state),
  put: ({ syncDaemons }, daemon) => void syncDaemons.set(daemon.state, daemon),
  remove: ({ syncDaemons }, { state }) => void syncDaemons.delete(state),
};
