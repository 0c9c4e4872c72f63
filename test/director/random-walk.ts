import { isDeepStrictEqual } from 'node:util';
import { sampleConnections } from '../../src/director/connection-sample.ts';
import { allRealServers, allServices, type Director } from '../../src/director/director.ts';
import { createRandom } from '../../src/director/simulated/random.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import {
  formatService,
  parseRealServer,
  parseService,
  type ServiceIdentity,
} from '../../src/ipvs/identity.ts';
import type { RealServer } from '../../src/ipvs/real-server.ts';
import type { Service } from '../../src/ipvs/service.ts';
import type { SyncDaemon } from '../../src/ipvs/sync-daemon.ts';
import type { TableWrite } from '../../src/ipvs/table-write.ts';
import { tunnelChecksums } from '../../src/ipvs/tunnel.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { entryContents } from '../ipvs/entry-contents.ts';

/** One call of the port, which every director gets alike. */
interface Call {
  readonly text: string;
  make(director: Director): unknown;
}

/** Where two directors parted. */
export interface Difference {
  readonly step: number;
  readonly call: string;
  readonly first: unknown;
  readonly second: unknown;
}

/** Steps after which the tables are compared whole, and not just what a call gives back. */
const stepsBetweenTables = 25;

/** One in so many steps starts or stops a sync daemon, which takes the kernel a second. */
const stepsBetweenDaemons = 250;

/**
 * Takes the same random steps through all that the port can do on two directors, and compares what every call gives
 * back or refuses, the tables, and what is set. Both must have an empty table, and are left with one. `daemons` are
 * the interfaces that both machines have.
 */
export function randomWalk(
  first: Director,
  second: Director,
  {
    seed,
    steps,
    interfaces,
  }: { readonly seed: number; readonly steps: number; readonly interfaces: readonly string[] },
): Difference[] {
  const choose = new Choice(seed, interfaces);
  const differences: Difference[] = [];
  const compare = (step: number, call: Call) => {
    const one = outcome(call, first);
    const other = outcome(call, second);
    if (isDeepStrictEqual(one, other)) return;
    differences.push({ step, call: call.text, first: one, second: other });
  };
  for (let step = 1; step <= steps; step++) {
    compare(step, choose.call(step));
    if (step % stepsBetweenTables === 0) compare(step, everything);
    if (step % 1000 === 0) compare(step, emptying);
  }
  compare(steps, { text: 'set time-outs back', make: (director) => director.setTimeouts(usualTimeouts) });
  compare(steps, stopping);
  compare(steps, emptying);
  compare(steps, everything);
  return differences;
}

const usualTimeouts = { tcp: 900, tcpFin: 120, udp: 300 };

function outcome(call: Call, director: Director): unknown {
  try {
    return call.make(director) ?? null;
  } catch (error) {
    if (error instanceof IpvsError) return told(error);
    throw error;
  }
}

function told({ code, errno, message }: IpvsError): unknown {
  return { code, errno, message };
}

/** All that can be read. The order of services is that of a hash with a salt, and differs from boot to boot. */
const everything: Call = {
  text: 'read everything',
  make: (director) => ({
    services: new Map(
      allServices(director).map((entry) => [
        formatService(entry.service.identity),
        [entryContents(entry), allRealServers(director, entry.service.identity).map(entryContents)],
      ]),
    ),
    timeouts: director.timeouts(),
    syncDaemons: director.syncDaemons(),
    connections: allAtOnce(sampleConnections(director, 10)).connections,
  }),
};

const emptying: Call = {
  text: 'delete all services',
  make(director) {
    for (const { service } of allServices(director)) {
      director.write([{ operation: 'delete service', identity: service.identity }]);
    }
  },
};

const stopping: Call = {
  text: 'stop all sync daemons',
  make(director) {
    for (const { state, syncId } of director.syncDaemons()) director.stopSyncDaemon(state, syncId);
  },
};

const services = [
  'tcp:203.0.113.10:80',
  'tcp:203.0.113.10:0',
  'udp:203.0.113.10:80',
  'sctp:203.0.113.10:80',
  'tcp:203.0.113.11:21',
  'tcp:[2001:db8::80]:80',
  'udp:[2001:db8::80]:53',
  'fwm:7',
  'fwm6:7',
  'fwm:4294967295',
].map(parseService);

/** Some that a kernel takes and some that it does not. */
const addresses = [
  ...['10.9.0.21', '10.9.0.22', '10.9.0.23', '10.9.0.24', '127.0.0.1', '127.255.255.255', '127.0.0.0'],
  ...[
    '0.0.0.0',
    '0.1.2.3',
    '224.0.0.5',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '255.255.255.254',
  ],
  ...['10.0.0.255', '10.0.0.0', '10.0.0.10', '10.0.0.100', '10.1.0.255', '10.1.0.0'],
  ...[
    '[2001:db8:1::21]',
    '[2001:db8:1::22]',
    '[::]',
    '[::1]',
    '[ff02::1]',
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
  ],
  ...['[::ffff:10.0.0.1]', '[::10.0.0.1]', '[fd00::10]', '[64:ff9b::1]'],
];

const schedulers = [
  ...['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'sh', 'mh', 'dh', 'lblc', 'lblcr', 'fo', 'ovf'],
  ...['none', 'nonsense', '', 'RR', 'x'.repeat(15), 'x'.repeat(16), 'ä'.repeat(8), 'wlc '],
];

const engines = [
  null,
  null,
  null,
  '',
  'sip',
  'nonsense',
  'x'.repeat(15),
  'x'.repeat(16),
  'x'.repeat(17),
  'ü'.repeat(9),
];

const settings = [
  ...[
    'am_droprate',
    'amemthresh',
    'backup_only',
    'cache_bypass',
    'conn_reuse_mode',
    'conntrack',
    'drop_entry',
  ],
  ...['drop_packet', 'expire_nodest_conn', 'expire_quiescent_template', 'ignore_tunneled', 'lblc_expiration'],
  ...['lblcr_expiration', 'nat_icmp_send', 'pmtu_disc', 'run_estimation', 'schedule_icmp', 'secure_tcp'],
  ...['sloppy_sctp', 'sloppy_tcp', 'snat_reroute', 'sync_persist_mode', 'sync_ports', 'sync_refresh_period'],
  ...[
    'sync_retries',
    'sync_sock_size',
    'sync_threshold',
    'sync_version',
    'no_such_setting',
    '',
    '../vs',
    'Conntrack',
  ],
];

/** Numbers around the bounds of what fits into the kernel's fields. */
const edges = [
  ...[0, 0, 0, 1, 1, 2, 3, 10, 100, 255, 256, 257, 65_535, 65_536, 65_537, -1, -2],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 99.5],
];

/** Seconds around the bounds of what fits into the kernel's ticks, of which there may be 100, 250, 300 or 1,000 in one. */
const secondsAround = [100, 250, 300, 1000].flatMap((ticks) =>
  [2 ** 31 - 1, 2 ** 32 - 1].flatMap((bound) =>
    [-1, 0, 1, 2].map((more) => Math.floor(bound / ticks) + more),
  ),
);

class Choice {
  readonly #random: ReturnType<typeof createRandom>;
  readonly #interfaces: readonly string[];

  constructor(seed: number, interfaces: readonly string[]) {
    this.#random = createRandom(seed);
    this.#interfaces = interfaces;
  }

  call(step: number): Call {
    if (step % stepsBetweenDaemons === 0) return this.#daemon();
    const kind = this.#whole(100);
    if (kind < 45) return this.#write(1);
    if (kind < 60) return this.#write(this.#whole(9));
    if (kind < 66) return this.#zero();
    if (kind < 74) return this.#timeouts();
    if (kind < 78) return this.#refusedDaemon();
    if (kind < 82) {
      const name = this.#of(settings);
      return { text: `setting ${name}`, make: (director) => director.setting(name) };
    }
    const identity = this.#service();
    if (kind < 90) {
      return {
        text: `read service ${formatService(identity)}`,
        make: (director) => {
          const entry = director.findService(identity);
          return entry && entryContents(entry);
        },
      };
    }
    return {
      text: `read real servers of ${formatService(identity)}`,
      make: (director) => allRealServers(director, identity).map(entryContents),
    };
  }

  #write(count: number): Call {
    const writes = Array.from({ length: count }, () => this.#tableWrite());
    const look = this.#whole(3) === 0 ? this.#service() : undefined;
    return {
      text: `write ${JSON.stringify(writes)}${look === undefined ? '' : ` with a look at ${formatService(look)}`}`,
      make(director) {
        const { refusals, before } = director.write(writes, look);
        return { refusals: refusals.map((refusal) => refusal && told(refusal)), before };
      },
    };
  }

  #tableWrite(): TableWrite {
    const identity = this.#service();
    switch (this.#whole(12)) {
      case 0:
      case 1:
        return { operation: 'add service', service: this.#serviceWith(identity) };
      case 2:
      case 3:
        return { operation: 'edit service', service: this.#serviceWith(identity) };
      case 4:
        return { operation: 'delete service', identity };
      case 5:
      case 6:
      case 7:
      case 8:
        return { operation: 'add real server', identity, realServer: this.#realServer() };
      case 9:
      case 10:
        return { operation: 'edit real server', identity, realServer: this.#realServer() };
      default:
        return { operation: 'delete real server', identity, realServer: this.#realServer() };
    }
  }

  #zero(): Call {
    const identity = this.#whole(3) === 0 ? undefined : this.#service();
    return {
      text: `zero ${identity === undefined ? 'all' : formatService(identity)}`,
      make: (director) => director.zero(identity),
    };
  }

  #timeouts(): Call {
    const seconds = () => (this.#whole(2) === 0 ? this.#of(edges) : this.#of(secondsAround));
    const timeouts = { tcp: seconds(), tcpFin: seconds(), udp: seconds() };
    const odd = this.#of(['tcp', 'tcpFin', 'udp', undefined] as const);
    // Most of the time only one is odd, since one that is refused refuses all three.
    const kept = odd === undefined ? timeouts : { tcp: 900, tcpFin: 120, udp: 300, [odd]: timeouts[odd] };
    return {
      text: `set time-outs ${JSON.stringify(kept)}`,
      make(director) {
        director.setTimeouts(kept);
        return director.timeouts();
      },
    };
  }

  #refusedDaemon(): Call {
    const daemon = this.#syncDaemon(
      this.#of(['lvstop-none', '', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(40)]),
    );
    return this.#whole(3) === 0 ? stop(daemon) : start(daemon);
  }

  #daemon(): Call {
    const daemon = this.#syncDaemon(this.#of(this.#interfaces));
    return this.#whole(2) === 0 ? stop(daemon) : start(daemon);
  }

  #syncDaemon(name: string): SyncDaemon {
    return {
      state: this.#of(['master', 'backup']),
      interface: name,
      syncId: this.#of([...edges, 0, 7]),
      maxLength: this.#of([0, 0, 1, 30, 1024, 1472, 1500, 9000, 65_507, 65_535]),
      group: this.#of([
        null,
        null,
        '224.0.0.90',
        'ff02::81',
        'ff05::81',
        '10.0.0.1',
        '2001:db8::1',
        '0.0.0.0',
      ]),
      port: this.#of([0, 0, 8850, 65_535]),
      ttl: this.#of([0, 0, 5, 255]),
    };
  }

  #service(): ServiceIdentity {
    return this.#of(services);
  }

  #serviceWith(identity: ServiceIdentity): Service {
    const isSound = this.#whole(2) === 0;
    const masks =
      identity.family === 'inet'
        ? [0xffffffff, 0xffffff00, 0, 0xff00ff00, 1]
        : [128, 64, 1, 0, 129, 2 ** 32 - 1];
    return {
      identity,
      scheduler: isSound ? this.#of(schedulers.slice(0, 13)) : this.#of(schedulers),
      schedulerFlags: this.#whole(9),
      onePacket: this.#whole(4) === 0,
      persistence:
        this.#whole(2) === 0
          ? null
          : {
              timeout: this.#of([...edges, ...secondsAround]),
              netmask: isSound ? masks[0]! : this.#of(masks),
            },
      engine: isSound ? null : this.#of(engines),
    };
  }

  #realServer(): RealServer {
    const isSound = this.#whole(2) === 0;
    const address = isSound
      ? this.#of([...addresses.slice(0, 4), ...addresses.slice(20, 22)])
      : this.#of(addresses);
    const upperThreshold = this.#of(edges);
    return {
      identity: parseRealServer(`${address}:${this.#of([80, 80, 0, 65_535])}`),
      forwarding: this.#of([
        'nat',
        'tun',
        'tun',
        'dr',
        'local',
        'bypass',
        'method-6',
        'method-7',
        'method-11',
        'method-2147483650',
      ]),
      weight: isSound ? this.#whole(6) : this.#of(edges),
      upperThreshold: isSound ? 0 : upperThreshold,
      lowerThreshold: isSound ? 0 : this.#of([0, upperThreshold, ...edges]),
      tunnel: {
        type: isSound
          ? 'ipip'
          : this.#of(['ipip', 'gue', 'gre', 'type-3', 'type-9', 'type-255', 'type-256', 'type-257']),
        port: isSound ? 0 : this.#of([0, 0, 6080, 65_535]),
        checksum: this.#of(tunnelChecksums),
      },
    };
  }

  /** A whole number from 0 and below `bound`. */
  #whole(bound: number): number {
    return Math.floor(this.#random.uniform() * bound);
  }

  #of<Value>(values: readonly Value[]): Value {
    return values[this.#whole(values.length)] as Value;
  }
}

function start(daemon: SyncDaemon): Call {
  return {
    text: `start sync daemon ${JSON.stringify(daemon)}`,
    make: (director) => director.startSyncDaemon(daemon),
  };
}

function stop({ state, syncId }: SyncDaemon): Call {
  return {
    text: `stop sync daemon ${state} ${syncId}`,
    make: (director) => director.stopSyncDaemon(state, syncId),
  };
}
