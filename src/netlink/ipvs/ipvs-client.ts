import type { DirectorInfo, Timeouts } from '../../ipvs/director-info.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../../ipvs/real-server.ts';
import type { Service, ServiceEntry } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import type { TableWrite } from '../../ipvs/table-write.ts';
import type { AttributeReader } from '../wire/attribute-reader.ts';
import type { AttributeWriter } from '../wire/attribute-writer.ts';
import { findFamily } from '../wire/generic-family.ts';
import { NetlinkError } from '../wire/netlink-error.ts';
import {
  type JointAnswer,
  type JointRequest,
  NetlinkSocket,
  type ReadAnswer,
  rowsAtOnce,
} from '../wire/netlink-socket.ts';
import { commands, ipvsFamily } from './ipvs-constants.ts';
import { readInfo, readRealServer, readService, readSyncDaemon, readTimeouts } from './ipvs-decode.ts';
import {
  writeRealServer,
  writeRealServerIdentity,
  writeService,
  writeServiceIdentity,
  writeSyncDaemon,
  writeSyncDaemonState,
  writeTimeouts,
} from './ipvs-encode.ts';
import { movedRealServer, movedService, movingOfRealServer, movingOfService } from './moving-numbers.ts';
import { RowLayouts } from './row-layout.ts';
import { RowMemory, type RowReading } from './row-memory.ts';

/** The kernel has no IPVS family registered: the module is not loaded (any more). */
export class FamilyMissingError extends Error {
  override readonly name = 'FamilyMissingError';
}

/** What came of writes that were made together. */
export interface JointWrites {
  /** Why each was refused, in order; `null` for one that was done. */
  readonly errnos: readonly (string | null)[];
  /** The service that was looked at, just before the writes; `isWhole` where surely no real server is missing. */
  readonly look: {
    readonly service: Service | undefined;
    readonly realServers: readonly RealServer[];
    readonly isWhole: boolean;
  } | null;
}

/**
 * The kernel's IPVS commands over generic netlink. Throws `NetlinkError` for what the kernel or the socket
 * says, `FamilyMissingError` where there is no IPVS.
 *
 * A dump that is being read in slices has a socket of its own, so that writes, and other dumps, can come
 * between two slices: on one socket the kernel refuses a second dump with EBUSY.
 */
export class IpvsClient {
  readonly #open: () => NetlinkSocket;
  readonly #serviceLayouts = new RowLayouts(movingOfService);
  readonly #realServerLayouts = new RowLayouts(movingOfRealServer);
  #services: RowMemory<ServiceEntry> | undefined;
  /**
   * What is remembered of the real servers of each service that `services` gave: `null` before their first reading, and
   * while one goes on. A service from elsewhere is not remembered, since whoever asks for it will hardly ask again.
   */
  readonly #realServers = new WeakMap<ServiceIdentity, RowMemory<RealServerEntry> | null>();
  #requests: NetlinkSocket | undefined;
  /** Sockets whose dump was read to its end, ready for the next. */
  readonly #idle: NetlinkSocket[] = [];
  readonly #dumping = new Set<NetlinkSocket>();
  #family: number | undefined;

  /** `open` gives the sockets; tests give them a kernel of their own. */
  constructor(open: () => NetlinkSocket = () => new NetlinkSocket()) {
    this.#open = open;
  }

  info(): DirectorInfo {
    const [info] = this.#request('read IPVS information', commands.getInfo, undefined, readInfo);
    return info ?? { version: '0.0.0', connectionTableSize: 0 };
  }

  /** Rows that are the same as in the dump before are the same objects. */
  *services(): Generator<readonly ServiceEntry[], void, void> {
    const memory = this.#services ?? new RowMemory();
    // Taken away while this dump goes on, so that another one of the services cannot use it.
    this.#services = undefined;
    yield* this.#dump('read services', commands.getService, undefined, memory, {
      read: (top, before) => {
        const entry = readService(top, before);
        const identity = entry?.service.identity;
        if (identity !== undefined && !this.#realServers.has(identity)) this.#realServers.set(identity, null);
        return entry;
      },
      moving: { layouts: this.#serviceLayouts, move: movedService },
    });
    this.#services = memory;
  }

  /**
   * The real servers of a service, a datagram at a time. Rows that are as they were at the reading before keep their
   * objects, as long as the identity is the very one that `services` gave.
   */
  *realServers(service: ServiceIdentity): Generator<readonly RealServerEntry[], void, void> {
    const known = this.#realServers.get(service);
    const memory = known === undefined ? null : (known ?? new RowMemory<RealServerEntry>());
    if (memory !== null) this.#realServers.set(service, null);
    const write = (writer: AttributeWriter) => writeServiceIdentity(writer, service);
    yield* this.#dump('read real servers', commands.getDestination, write, memory, {
      read: (top, before) => readRealServer(top, service.family, before),
      moving: { layouts: this.#realServerLayouts, move: movedRealServer },
    });
    if (memory !== null) this.#realServers.set(service, memory);
  }

  service(identity: ServiceIdentity): ServiceEntry | undefined {
    const [entry] = this.#request(
      'read service',
      commands.getService,
      (writer) => writeServiceIdentity(writer, identity),
      (top) => readService(top),
    );
    return entry;
  }

  /**
   * Performs the writes, in order and in one system call, and reads the service `look` just before the first of them,
   * with its real servers up to the one at `place` and some further ones. A refusal comes back as its error's name;
   * throws when nothing is known of the writes.
   */
  write(writes: readonly TableWrite[], look: ServiceIdentity | undefined, place = 0): JointWrites {
    let service: Service | undefined;
    const realServers: RealServer[] = [];
    const writeIdentity = (writer: AttributeWriter) => look && writeServiceIdentity(writer, look);
    const lookAtService: IpvsRequest = {
      operation: 'read service',
      command: commands.getService,
      write: writeIdentity,
      read: (top) => {
        service = readService(top)?.service;
      },
    };
    const lookAtRealServers: IpvsRequest = {
      operation: 'read real servers',
      command: commands.getDestination,
      isDump: true,
      write: writeIdentity,
      read: (top) => {
        const entry = readRealServer(top, look?.family ?? 'inet');
        if (entry !== undefined) realServers.push(entry.realServer);
      },
    };
    const looks =
      look === undefined
        ? []
        : place < rowsAtOnce
          ? [lookAtService, lookAtRealServers]
          : [lookAtRealServers, lookAtService];
    const answers = this.#requestTogether([...looks, ...writes.map(requestOfWrite)], place);
    const isWhole = answers[looks.indexOf(lookAtRealServers)]?.isWhole === true;
    return {
      errnos: answers.slice(looks.length).map(({ errno }) => errno),
      look: look === undefined ? null : { service, realServers, isWhole },
    };
  }

  zero(service?: ServiceIdentity): void {
    this.#request(
      'zero counters',
      commands.zero,
      service === undefined ? undefined : (writer) => writeServiceIdentity(writer, service),
    );
  }

  timeouts(): Timeouts {
    const [timeouts] = this.#request('read time-outs', commands.getConfig, undefined, readTimeouts);
    return timeouts ?? { tcp: 0, tcpFin: 0, udp: 0 };
  }

  setTimeouts(timeouts: Timeouts): void {
    this.#request('set time-outs', commands.setConfig, (writer) => writeTimeouts(writer, timeouts));
  }

  syncDaemons(): SyncDaemon[] {
    const reading = { read: readSyncDaemon };
    const dump = this.#dump('read sync daemons', commands.getDaemon, undefined, null, reading);
    return [...dump].flat();
  }

  newSyncDaemon(daemon: SyncDaemon): void {
    this.#request('start sync daemon', commands.newDaemon, (writer) => writeSyncDaemon(writer, daemon));
  }

  deleteSyncDaemon(state: SyncDaemon['state'], syncId: number): void {
    try {
      this.#request('stop sync daemon', commands.deleteDaemon, (writer) =>
        writeSyncDaemonState(writer, state, syncId),
      );
    } catch (error) {
      // A daemon that has not run yet is stopped with EINTR (`kthread_stop`), which netlink does not pass on.
      const unanswered = error instanceof NetlinkError && error.failure.kind === 'unanswered';
      if (!unanswered || this.syncDaemons().some((daemon) => daemon.state === state)) throw error;
    }
  }

  close(): void {
    for (const socket of [this.#requests, ...this.#idle, ...this.#dumping]) socket?.close();
    this.#requests = undefined;
    this.#idle.length = 0;
    this.#dumping.clear();
  }

  #request<Row>(
    operation: string,
    command: number,
    write?: (writer: AttributeWriter) => void,
    read?: ReadAnswer<Row>,
  ): Row[] {
    return this.#withFamily((family) =>
      this.#requestSocket().request(
        { operation, family, command, version: ipvsFamily.version, ...(write && { write }) },
        read,
      ),
    );
  }

  /**
   * Where the family's id is no longer valid, the kernel has refused all requests, so one more try with the new id is
   * safe.
   */
  #requestTogether(requests: readonly IpvsRequest[], place: number): JointAnswer[] {
    const send = (family: number) => {
      const socket = this.#requestSocket();
      try {
        const { version } = ipvsFamily;
        return socket.requestTogether(
          requests.map((request) => ({ ...request, family, version })),
          place,
        );
      } catch (error) {
        // Answers that were left over would be taken for those of the next request.
        socket.close();
        this.#requests = undefined;
        throw error;
      }
    };
    const family = this.#family ?? this.#lookUpFamily();
    const answers = send(family);
    if (!answers.every(({ errno }) => errno === 'ENOENT' || errno === 'EOPNOTSUPP')) return answers;
    const present = this.#lookUpFamily();
    return present === family ? answers : send(present);
  }

  *#dump<Row extends object>(
    operation: string,
    command: number,
    write: ((writer: AttributeWriter) => void) | undefined,
    memory: RowMemory<Row> | null,
    reading: RowReading<Row>,
  ): Generator<readonly Row[], void, void> {
    const socket = this.#idle.pop() ?? this.#open();
    this.#dumping.add(socket);
    const readRow = (top: AttributeReader) =>
      memory === null ? reading.read(top, undefined) : memory.next(top, reading);
    const begin = (family: number) => {
      memory?.begin();
      const { version } = ipvsFamily;
      const dump = socket.dump({ operation, family, command, version, ...(write && { write }) }, readRow);
      return { dump, first: dump.next() };
    };
    let complete = false;
    try {
      const { dump, first } = this.#withFamily(begin);
      for (let step = first; !step.done; step = dump.next()) yield step.value;
      memory?.end();
      complete = true;
    } finally {
      // The rest of a dump that was not read to its end would be taken for the next one's.
      if (this.#dumping.delete(socket) && complete) this.#idle.push(socket);
      else socket.close();
    }
  }

  /**
   * Runs with the family's id. The id may have changed when the module was reloaded: a kernel that does not
   * know it answers ENOENT and has done nothing, so one more try with the new id is safe.
   */
  #withFamily<Result>(run: (family: number) => Result): Result {
    const family = this.#family ?? this.#lookUpFamily();
    try {
      return run(family);
    } catch (error) {
      if (!isAnswer(error, 'ENOENT') && !isAnswer(error, 'EOPNOTSUPP')) throw error;
      const present = this.#lookUpFamily();
      if (present === family) throw error;
      return run(present);
    }
  }

  #lookUpFamily(): number {
    this.#family = findFamily(this.#requestSocket(), ipvsFamily.name);
    if (this.#family === undefined) throw new FamilyMissingError('the kernel has no IPVS family');
    return this.#family;
  }

  #requestSocket(): NetlinkSocket {
    this.#requests ??= this.#open();
    return this.#requests;
  }
}

type IpvsRequest = Omit<JointRequest, 'family' | 'version'>;

function requestOfWrite(write: TableWrite): IpvsRequest {
  const { operation } = write;
  switch (write.operation) {
    case 'add service':
    case 'edit service': {
      const command = write.operation === 'add service' ? commands.newService : commands.setService;
      return { operation, command, write: (writer) => writeService(writer, write.service) };
    }
    case 'delete service':
      return {
        operation,
        command: commands.deleteService,
        write: (writer) => writeServiceIdentity(writer, write.identity),
      };
    case 'add real server':
    case 'edit real server':
      return {
        operation,
        command: write.operation === 'add real server' ? commands.newDestination : commands.setDestination,
        write(writer) {
          writeServiceIdentity(writer, write.identity);
          writeRealServer(writer, write.realServer);
        },
      };
    case 'delete real server':
      return {
        operation,
        command: commands.deleteDestination,
        write(writer) {
          writeServiceIdentity(writer, write.identity);
          writeRealServerIdentity(writer, write.realServer.identity);
        },
      };
  }
}

function isAnswer(error: unknown, errno: string): boolean {
  return error instanceof NetlinkError && error.failure.kind === 'answer' && error.failure.errno === errno;
}
