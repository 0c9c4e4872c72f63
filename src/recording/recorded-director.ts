import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { systemClock } from '../system/clock.ts';
import type { RecordingOrigin } from './recorded-json.ts';

/**
 * Stands in for the director of a recording: it has its host name and source, no rows, and refuses whatever would ask
 * or change it.
 */
export function recordedDirector({ hostName, source }: RecordingOrigin): Director {
  return {
    access: 'full',
    source,
    hostName,
    clock: systemClock,
    info: refuse,
    serviceBatches: () => [],
    realServerBatches: () => [],
    findService: () => undefined,
    totals: () => null,
    *readConnections() {
      yield refuse();
    },
    setting: () => undefined,
    write: refuse,
    zero: refuse,
    timeouts: refuse,
    setTimeouts: refuse,
    syncDaemons: refuse,
    startSyncDaemon: refuse,
    stopSyncDaemon: refuse,
    close() {},
  };
}

function refuse(): never {
  throw new IpvsError({
    code: 'read-only',
    operation: 'ask the director',
    object: '',
    reason: 'this is a recording',
    advice: 'run lvstop on the director itself',
  });
}
