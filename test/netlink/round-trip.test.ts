import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readRealServer,
  readService,
  readSyncDaemon,
  readTimeouts,
} from '../../src/netlink/ipvs/ipvs-decode.ts';
import {
  writeRealServer,
  writeRealServerIdentity,
  writeService,
  writeServiceIdentity,
  writeSyncDaemon,
  writeSyncDaemonState,
  writeTimeouts,
} from '../../src/netlink/ipvs/ipvs-encode.ts';
import {
  counters,
  family,
  narrowCounters,
  narrowRates,
  rates,
  realServer,
  realServerIdentity,
  service,
  serviceIdentity,
  syncDaemon,
} from './arbitraries.ts';
import { nestPayload, readerOf, requestAttributes, statistics } from './kernel-answers.ts';
import { attribute, nest, u32 } from './kernel-bytes.ts';

describe('what is written and read back from the kernel is the same', () => {
  test('a service with its statistics of 64 bits', () => {
    fc.assert(
      fc.property(service, counters, rates, (written, counted, averages) => {
        const sent = nestPayload(requestAttributes((writer) => writeService(writer, written)));
        const answer = nest(
          1,
          sent,
          statistics(10, false, zero, zero),
          statistics(12, true, counted, averages),
        );
        expect(readService(readerOf(answer))).toEqual({
          service: written,
          counters: counted,
          kernelRates: averages,
        });
      }),
    );
  });

  test('a service with statistics of 32 bits only, as old kernels give them', () => {
    fc.assert(
      fc.property(service, narrowCounters, narrowRates, (written, counted, averages) => {
        const sent = nestPayload(requestAttributes((writer) => writeService(writer, written)));
        const answer = nest(1, sent, statistics(10, false, counted, averages));
        expect(readService(readerOf(answer))).toEqual({
          service: written,
          counters: counted,
          kernelRates: averages,
        });
      }),
    );
  });

  test('a real server with its connections and statistics, whatever the family of its service', () => {
    const u32s = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(
        realServer,
        family,
        fc.record({ active: u32s, inactive: u32s, persistent: u32s }),
        counters,
        rates,
        (written, serviceFamily, connections, counted, averages) => {
          const sent = nestPayload(requestAttributes((writer) => writeRealServer(writer, written)));
          const answer = nest(
            2,
            sent,
            attribute(7, u32(connections.active)),
            attribute(8, u32(connections.inactive)),
            attribute(9, u32(connections.persistent)),
            statistics(10, false, zero, zero),
            statistics(12, true, counted, averages),
          );
          expect(readRealServer(readerOf(answer), serviceFamily)).toEqual({
            realServer: written,
            ...connections,
            counters: counted,
            kernelRates: averages,
          });
        },
      ),
    );
  });

  test('a sync daemon', () => {
    fc.assert(
      fc.property(syncDaemon, (written) => {
        const sent = requestAttributes((writer) => writeSyncDaemon(writer, written));
        expect(readSyncDaemon(readerOf(sent))).toEqual(written);
      }),
    );
  });

  test('time-outs', () => {
    const seconds = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.record({ tcp: seconds, tcpFin: seconds, udp: seconds }), (written) => {
        const sent = requestAttributes((writer) => writeTimeouts(writer, written));
        expect(readTimeouts(readerOf(sent))).toEqual(written);
      }),
    );
  });
});

describe('an identity alone', () => {
  test('of a service names the service that the whole would', () => {
    fc.assert(
      fc.property(serviceIdentity, (identity) => {
        const sent = requestAttributes((writer) => writeServiceIdentity(writer, identity));
        expect(readService(readerOf(sent))?.service.identity).toEqual(identity);
      }),
    );
  });

  test('of a real server names the real server that the whole would', () => {
    fc.assert(
      fc.property(realServerIdentity, family, (identity, serviceFamily) => {
        const sent = requestAttributes((writer) => writeRealServerIdentity(writer, identity));
        expect(readRealServer(readerOf(sent), serviceFamily)?.realServer.identity).toEqual(identity);
      }),
    );
  });

  test('of a sync daemon is its state and its id', () => {
    const sent = requestAttributes((writer) => writeSyncDaemonState(writer, 'backup', 7));
    expect(readSyncDaemon(readerOf(sent))).toMatchObject({ state: 'backup', syncId: 7 });
  });
});

describe('what a sync daemon leaves to the kernel is not sent', () => {
  test('length, group, port and hops', () => {
    const sent = requestAttributes((writer) =>
      writeSyncDaemon(writer, {
        state: 'master',
        interface: 'eth0',
        syncId: 0,
        maxLength: 0,
        group: null,
        port: 0,
        ttl: 0,
      }),
    );
    const daemon = readerOf(sent);
    daemon.next();
    const types: number[] = [];
    for (const nested = daemon.nest(); nested.next(); ) types.push(nested.type);
    expect(types).toEqual([1, 2, 3]);
  });
});

const zero = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
