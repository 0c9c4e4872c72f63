import { hostname } from 'node:os';
import { IpvsError } from '../../ipvs/error.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { TableWrite } from '../../ipvs/table-write.ts';
import { visible } from '../../ipvs/visible.ts';
import { FamilyMissingError, IpvsClient } from '../../netlink/ipvs/ipvs-client.ts';
import { NetlinkError, netlinkReason } from '../../netlink/wire/netlink-error.ts';
import { systemClock } from '../../system/clock.ts';
import { systemErrorReason } from '../../system/system-error.ts';
import type { Director, WriteReport } from '../director.ts';
import { kernelError, missingIpvsError, type Request, requestObject } from '../kernel-error.ts';
import { procConnections } from '../proc-connections.ts';
import { readSetting } from '../proc-file.ts';

/** This kernel's IPVS in the present network namespace. Nothing is asked of the kernel before the first call. */
export function openKernelDirector(client: IpvsClient = new IpvsClient()): Director {
  function ask<Result>(request: Request, run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      throw translate(request, error);
    }
  }

  function* askInBatches<Row>(request: Request, batches: () => Iterable<Row>): Generator<Row, void, void> {
    try {
      yield* batches();
    } catch (error) {
      throw translate(request, error);
    }
  }

  function write(writes: readonly TableWrite[], look?: ServiceIdentity, place?: number): WriteReport {
    const [first] = writes;
    if (first === undefined) return { refusals: [], before: null };
    const { errnos, look: before } = ask(first, () => client.write(writes, look, place));
    const refusals = writes.map((request, index) => {
      const errno = errnos[index] ?? null;
      return errno === null ? null : kernelError(request, errno);
    });
    return { refusals, before };
  }

  return {
    access: 'full',
    source: 'kernel',
    hostName: visible(hostname()),
    clock: systemClock,
    info: () => ask({ operation: 'read IPVS information' }, () => client.info()),
    serviceBatches: () => askInBatches({ operation: 'read services' }, () => client.services()),
    realServerBatches: (identity) =>
      askInBatches({ operation: 'read real servers of', identity }, () => client.realServers(identity)),
    totals: () => null,
    findService: (identity) => findService(client, identity),
    write,
    zero: (identity) =>
      ask(
        identity === undefined
          ? { operation: 'zero all counters' }
          : { operation: 'zero counters of service', identity },
        () => client.zero(identity),
      ),
    timeouts: () => ask({ operation: 'read time-outs' }, () => client.timeouts()),
    setTimeouts: (timeouts) => ask({ operation: 'set time-outs' }, () => client.setTimeouts(timeouts)),
    syncDaemons: () => ask({ operation: 'read sync daemons' }, () => client.syncDaemons()),
    startSyncDaemon: (daemon) =>
      ask({ operation: 'start sync daemon', daemon }, () => client.newSyncDaemon(daemon)),
    stopSyncDaemon: (state, syncId) =>
      ask({ operation: 'stop sync daemon', daemon: { state, syncId } }, () =>
        client.deleteSyncDaemon(state, syncId),
      ),
    readConnections: (table) => procConnections(table),
    setting: readSetting,
    close: () => client.close(),
  };
}

function findService(client: IpvsClient, identity: ServiceIdentity): ReturnType<Director['findService']> {
  try {
    return client.service(identity);
  } catch (error) {
    if (error instanceof NetlinkError && error.failure.kind === 'answer' && error.failure.errno === 'ESRCH')
      return undefined;
    throw translate({ operation: 'read service', identity }, error);
  }
}

function translate(request: Request, error: unknown): unknown {
  if (error instanceof FamilyMissingError) return missingIpvsError(request.operation);
  if (!(error instanceof NetlinkError)) return error;
  const { failure } = error;
  if (failure.kind === 'answer') return kernelError(request, failure.errno);
  return new IpvsError(
    {
      code: 'no-answer',
      operation: request.operation,
      object: requestObject(request),
      reason:
        failure.kind === 'system'
          ? `the netlink socket failed at "${failure.operation}": ${systemErrorReason(failure.errno)}`
          : netlinkReason(failure),
      advice: 'try again; if it stays so, report it with LVSTOP_DEBUG=1',
      ...(failure.kind === 'system' && { errno: failure.errno }),
    },
    { cause: error },
  );
}
