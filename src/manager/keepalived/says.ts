import type { OutlinedRealServer, OutlinedService } from '../../formats/keepalived/outline.ts';
import {
  type DatedSaying,
  type Saying,
  saidRealServer,
  saidService,
} from '../../formats/keepalived/saying.ts';
import { formatService, type RealServerKey, realServerKey, type ServiceKey } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import type { ManagedConfiguration } from '../managed-configuration.ts';

/** What keepalived itself says of a real server. */
export interface SaidOfRealServer {
  readonly state: 'up' | 'down' | 'inhibited';
  /** Milliseconds since 1970 at which it came into that state; `null` where it was asked and its log does not tell. */
  readonly since: number | null;
  /** The check that failed last before, by the configuration's word; `null` where none was told. */
  readonly check: string | null;
  /** The weight that keepalived gives it now, where it has told one. */
  readonly weight: number | null;
}

/** What keepalived itself says of a VRRP instance. */
export interface SaidOfInstance {
  readonly state: Extract<Saying, { readonly kind: 'vrrp' }>['state'];
  readonly since: number | null;
  /** Address of the machine that is master, where it was asked and that is another one. */
  readonly master: string | null;
}

/** What keepalived itself says, by its log and by its dump, of the objects of its configuration. */
export interface KeepalivedSays {
  readonly realServers: ReadonlyMap<RealServerKey, SaidOfRealServer>;
  /** Whether a service has lost its quorum, and since when. */
  readonly quorums: ReadonlyMap<ServiceKey, { readonly isLost: boolean; readonly since: number | null }>;
  readonly instances: ReadonlyMap<string, SaidOfInstance>;
}

/** What it says where nothing is known of it. */
export const saysNothing: KeepalivedSays = {
  realServers: new Map(),
  quorums: new Map(),
  instances: new Map(),
};

/** What keepalived said when it was asked. */
export interface Asked {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly sayings: readonly Saying[];
  /** When each VRRP instance came into its state. */
  readonly transitions: ReadonlyMap<string, number>;
}

/** Puts together what the log says, the oldest first, and what came of asking, and finds the objects that it is about. */
export function* keepalivedSays(
  { reading: { outline } }: ManagedConfiguration,
  logged: readonly DatedSaying[],
  asked: Asked | null,
): Work<KeepalivedSays> {
  const reader = new SayingReader();
  for (const saying of logged) {
    reader.take(saying, saying.time);
    yield 1;
  }
  if (asked !== null) {
    for (const saying of asked.sayings) {
      if (saying.kind === 'vrrp') reader.take(saying, asked.transitions.get(saying.instance) ?? null);
      else reader.confirm(saying);
      yield 1;
    }
  }
  const realServers = new Map<RealServerKey, SaidOfRealServer>();
  const quorums = new Map<ServiceKey, { isLost: boolean; since: number | null }>();
  for (const service of outline.services) {
    const key = formatService(service.identity);
    const name = nameOfService(service);
    const quorum = reader.quorums.get(name);
    if (quorum !== undefined) quorums.set(key, quorum);
    for (const realServer of service.realServers) {
      const said = namesOfRealServer(realServer).flatMap(
        (each) => reader.realServers.get(`${name} ${each}`) ?? [],
      )[0];
      if (said !== undefined) realServers.set(realServerKey(service.identity, realServer.identity), said);
      yield 1;
    }
  }
  return { realServers, quorums, instances: reader.instances };
}

class SayingReader {
  /** By the names of service and real server. */
  readonly realServers = new Map<string, SaidOfRealServer>();
  readonly quorums = new Map<string, { readonly isLost: boolean; readonly since: number | null }>();
  readonly instances = new Map<string, SaidOfInstance>();
  /** Checks that failed and have led to nothing yet, by the name of the real server. */
  readonly #failed = new Map<string, string>();

  take(saying: Saying, time: number | null): void {
    switch (saying.kind) {
      case 'check failed':
        this.#failed.set(saying.realServer, saying.check);
        return;
      case 'quorum':
        this.quorums.set(saying.service, { isLost: saying.isLost, since: time });
        return;
      case 'vrrp': {
        const { instance, state, master } = saying;
        const before = this.instances.get(instance);
        // A dump does not always tell since when; then the time from before stays where the state is the same.
        const since = time ?? (before?.state === state ? before.since : null);
        this.instances.set(instance, { state, since, master });
        return;
      }
      case 'weight':
        this.#keep(saying, { weight: saying.weight });
        return;
      case 'real server': {
        const check = saying.state === 'up' ? null : (this.#failed.get(saying.realServer) ?? null);
        this.#keep(saying, { state: saying.state, since: time, check });
      }
    }
  }

  /** Takes what a dump says is so now. What the log told, with its time, stays where the state is the same. */
  confirm(saying: Saying): void {
    if (saying.kind === 'real server') {
      const before = this.realServers.get(keyOf(saying));
      if (before?.state !== saying.state)
        this.#keep(saying, { state: saying.state, since: null, check: null });
    } else if (saying.kind === 'quorum') {
      const before = this.quorums.get(saying.service);
      if (before?.isLost !== saying.isLost) this.take(saying, null);
    } else this.take(saying, null);
  }

  #keep(
    saying: Extract<Saying, { readonly kind: 'real server' | 'weight' }>,
    more: Partial<SaidOfRealServer>,
  ): void {
    const key = keyOf(saying);
    const before = this.realServers.get(key) ?? { state: 'up', since: null, check: null, weight: null };
    this.realServers.set(key, { ...before, ...more });
  }
}

function keyOf({ service, realServer }: { readonly service: string; readonly realServer: string }): string {
  return `${service} ${realServer}`;
}

function nameOfService({ identity, statement }: OutlinedService): string {
  const [, first, name = ''] = statement.words;
  if (first === 'group') return saidService({ kind: 'group', name });
  return saidService(identity);
}

/**
 * The names of a real server in keepalived's words: with the port that it has in the table, and with the one that the
 * configuration gives it.
 */
function namesOfRealServer({ identity, statement }: OutlinedRealServer): readonly string[] {
  const { address, port } = identity;
  return [saidRealServer(address, port), saidRealServer(address, Number(statement.words[2] ?? 0))];
}
