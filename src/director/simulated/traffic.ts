import type { Timeouts } from '../../ipvs/director-info.ts';
import type { Clients } from './clients.ts';
import { admit } from './kernel/admission.ts';
import type { Amounts } from './kernel/amounts.ts';
import type { Closing, SimulatedRealServer } from './kernel/simulated-real-server.ts';
import type { SimulatedService } from './kernel/simulated-service.ts';
import { type Step, secondsToTicks, stepSeconds } from './kernel/tick.ts';
import type { Demand, Volume } from './sites/demand.ts';

/** What the traffic of every service depends on. */
export interface Conditions {
  readonly timeouts: Timeouts;
  /** `expire_quiescent_template`: weight 0 frees persistent clients too. */
  readonly expireQuiescentTemplate: boolean;
}

/**
 * The scheduler is asked so many times a tick at most; each answer then stands for several connections. Up to
 * 1,280 connections a second it is asked for every single one.
 */
const picksPerTick = 128;
/** And so many times in a coarser step, of which there are hundreds in a row. */
const picksPerCoarseStep = 40;

/**
 * Seconds in TIME_WAIT, in which a connection ends when the director sees both directions (`tcp_timeouts` in
 * `ip_vs_proto_tcp.c`).
 */
const timeWait = 120;
/** Seconds in SYN_RECV, where a connection waits for an answer that does not come, since the client's last SYN. */
const synReceived = 60;
/** Seconds in CLOSE, where an RST of the real server ends it. */
const closed = 10;
/** What a client sends that gets no answer: three SYNs within three seconds, and then it gives up. */
const unanswered: Volume = { inPackets: 3, outPackets: 0, inBytes: 180, outBytes: 0 };
const unansweredSeconds = 3;
/** What a refused client sends and gets. */
const refused: Volume = { inPackets: 1, outPackets: 1, inBytes: 60, outBytes: 40 };

/** Seconds in CLOSED (`IP_VS_SCTP_MAX_RTO` in `ip_vs_proto_sctp.c`). */
const sctpClosed = 61;

/** Lets a step of time pass for a service, its clients and its real servers. */
export function advanceService(
  service: SimulatedService,
  clients: Clients,
  step: Step,
  conditions: Conditions,
): void {
  const closing = closingOf(clients.demand, conditions.timeouts);
  service.statistics.beginStep();
  service.templates.expire(step.to);
  for (const server of service.realServers) {
    server.statistics.beginStep();
    advanceConnections(server, clients, step, closing);
  }
  const arriving = clients.arrivals(step);
  const picks = Math.min(arriving, step.to - step.from === 1 ? picksPerTick : picksPerCoarseStep);
  for (let pick = 0; pick < picks; pick++) {
    const count = Math.floor(arriving / picks) + (pick < arriving % picks ? 1 : 0);
    connect(service, clients, count, step, closing, conditions);
  }
  for (const server of service.realServers) {
    settle(service, server, clients, step, closing, conditions);
    carry(service, server, clients.demand.flowing, step);
  }
}

/** Lets a long step pass without new connections: what was there ends. */
export function skipService(
  service: SimulatedService,
  clients: Clients,
  step: Step,
  timeouts: Timeouts,
): void {
  service.templates.expire(step.to);
  const closing = closingOf(clients.demand, timeouts);
  for (const server of service.realServers) advanceConnections(server, clients, step, closing);
}

/** Runs the estimators that are due in a step, of the service and its real servers. */
export function estimateService(service: SimulatedService, step: Step): void {
  service.statistics.endStep(step);
  for (const server of service.realServers) server.statistics.endStep(step);
}

/** Lets a real server's connections end as time passes. */
function advanceConnections(
  server: SimulatedRealServer,
  clients: Clients,
  step: Step,
  closing: Closing,
): void {
  server.expire(step.to);
  server.finishSome(stepSeconds(step), step.to, closing, clients.random);
}

/** How connections of this demand end. */
function closingOf(demand: Demand, timeouts: Timeouts): Closing {
  if (demand.protocol === 'sctp') return { timeoutSeeing: sctpClosed, timeoutBlind: sctpClosed };
  // Where the director sees only the client's side, the client's FIN leads to FIN_WAIT, whose time-out can be set; that
  // of TIME_WAIT cannot.
  return { timeoutSeeing: timeWait, timeoutBlind: timeouts.tcpFin };
}

/** Has the scheduler place `wanted` connections of one client. What no real server takes is rejected and counted nowhere. */
function connect(
  service: SimulatedService,
  clients: Clients,
  wanted: number,
  step: Step,
  closing: Closing,
  { timeouts, expireQuiescentTemplate }: Conditions,
): void {
  const arrival = clients.next(service.settings.schedulerFlags);
  const livesUntil = (server: SimulatedRealServer) => {
    const as = lifeOf(service, server, clients.demand);
    if (as === 'one-packet') return step.to;
    const closed = server.seesResponses ? closing.timeoutSeeing : closing.timeoutBlind;
    return (
      step.to +
      secondsToTicks(
        as === 'inactive' ? inactiveSeconds(server, clients.demand, timeouts) : clients.lifetime() + closed,
      )
    );
  };
  for (let left = wanted; left > 0; ) {
    const server = admit(service, arrival, { tick: step.to, expireQuiescentTemplate, livesUntil });
    if (server === undefined) return;
    // A persistent client goes to its server even when that is over its threshold.
    const accepted = server.room > 0 ? Math.min(left, server.room) : left;
    server.accept(accepted, lifeOf(service, server, clients.demand));
    left -= accepted;
  }
}

/**
 * What new connections are to the kernel: never active over UDP, nor without an answer; under one-packet scheduling
 * none is kept.
 */
function lifeOf(
  service: SimulatedService,
  server: SimulatedRealServer,
  demand: Demand,
): 'active' | 'inactive' | 'one-packet' {
  if (demand.protocol !== 'udp') return server.serves ? 'active' : 'inactive';
  return service.settings.onePacket ? 'one-packet' : 'inactive';
}

/** Counts the connections that a real server has accepted in this step, and settles how long they live. */
function settle(
  service: SimulatedService,
  server: SimulatedRealServer,
  clients: Clients,
  step: Step,
  closing: Closing,
  conditions: Conditions,
): void {
  const accepted = server.takeAccepted();
  if (accepted === 0) return;
  const { demand } = clients;
  const life = lifeOf(service, server, demand);
  // Under one-packet scheduling the kernel keeps nothing by which it would know the response.
  const seesResponses = server.seesResponses && life !== 'one-packet';
  count(service, server, openingOf(server, demand), accepted, accepted, seesResponses);
  switch (life) {
    case 'active':
      settleActive(server, clients, accepted, step, closing);
      break;
    case 'inactive':
      server.settleInactive(accepted, step.to, inactiveSeconds(server, demand, conditions.timeouts));
      break;
  }
}

/** What a new connection carries at its beginning. */
function openingOf(server: SimulatedRealServer, { protocol, opening }: Demand): Volume {
  if (server.serves) return opening;
  if (protocol === 'udp') return { ...opening, outPackets: 0, outBytes: 0 };
  return isRefusing(server) ? refused : unanswered;
}

/** How long a connection stays that never becomes active. */
function inactiveSeconds(server: SimulatedRealServer, { protocol }: Demand, timeouts: Timeouts): number {
  if (protocol === 'udp') return timeouts.udp;
  return isRefusing(server) ? closed : synReceived + unansweredSeconds;
}

/** Whether the director sees the real server refuse. */
export function isRefusing({ fault, seesResponses }: SimulatedRealServer): boolean {
  return fault === 'port closed' && seesResponses;
}

/** Divides new connections over the demand's lifetimes; in a long step some end before it does. */
function settleActive(
  server: SimulatedRealServer,
  clients: Clients,
  accepted: number,
  step: Step,
  closing: Closing,
): void {
  const { demand, random } = clients;
  const seconds = stepSeconds(step);
  let left = accepted;
  let shareLeft = 1;
  for (const lifetime of demand.lifetimes) {
    const part = shareLeft > lifetime.share ? random.binomial(left, lifetime.share / shareLeft) : left;
    left -= part;
    shareLeft -= lifetime.share;
    server.settleActive(part, lifetime.seconds);
    const surviving = (lifetime.seconds / seconds) * (1 - Math.exp(-seconds / lifetime.seconds));
    server.finish(random.binomial(part, 1 - surviving), lifetime.seconds, step.to, closing);
  }
}

/** Counts what a real server's active connections carry in a step. */
function carry(service: SimulatedService, server: SimulatedRealServer, volume: Volume, step: Step): void {
  for (const seesResponses of [true, false]) {
    const active = server.activeBySight(seesResponses);
    if (active > 0) count(service, server, volume, 0, active * stepSeconds(step), seesResponses);
  }
}

/** Counts traffic for a real server and its service. Responses count only where they pass through the director. */
function count(
  service: SimulatedService,
  server: SimulatedRealServer,
  volume: Volume,
  connections: number,
  times: number,
  seesResponses: boolean,
): void {
  const amounts: Amounts = {
    connections,
    inPackets: volume.inPackets * times,
    outPackets: seesResponses ? volume.outPackets * times : 0,
    inBytes: volume.inBytes * times,
    outBytes: seesResponses ? volume.outBytes * times : 0,
  };
  server.statistics.add(amounts, 1);
  service.statistics.add(amounts, 1);
}
