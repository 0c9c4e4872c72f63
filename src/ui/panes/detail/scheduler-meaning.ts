import { formatRealServer } from '../../../ipvs/identity.ts';
import { findScheduler, type Scheduler, schedulerFlagNames } from '../../../ipvs/scheduler.ts';
import { isWholeService } from '../../../ipvs/service.ts';
import type { PublicRealServerView, PublicServiceView } from '../../../sampling/view.ts';
import { formatShare } from '../../kit/number-format.ts';
import type { Statement } from './statement.ts';

/** Up to this many real servers, weights are listed one by one. */
const fewRealServers = 8;

/** What a service's scheduler, its flags and its persistence mean with the real servers that it has. */
export function schedulerMeaning(view: PublicServiceView): Statement[] {
  const { service, realServers } = view;
  const scheduler = findScheduler(service.scheduler);
  const statements: Statement[] = [];
  if (realServers.length === 0) {
    statements.push({ text: 'There is no real server: every client is rejected.', warning: true });
  } else if (!realServers.some(takesNew)) {
    statements.push({
      text: 'No real server takes new connections: every new client is rejected.',
      warning: true,
    });
  }
  if (scheduler === undefined) {
    statements.push({
      text: `${service.scheduler}: a scheduler that lvstop does not know; what each real server should get cannot be told.`,
    });
  } else {
    statements.push({
      text: `${service.scheduler}, ${scheduler.longName}: ${scheduler.meaning}.${weightMeaning(scheduler, realServers)}`,
    });
    for (const flag of scheduler.flags) {
      if (isWholeService(service) && (service.schedulerFlags & flag.bit) !== 0)
        statements.push({ text: `${flag.name}: ${flag.meaning}.` });
    }
    statements.push(...unavailableMeaning(scheduler, view));
    if (scheduler.looksAtConnections && scheduler.weight !== 'bound') {
      statements.push({
        text: 'It looks at the connections that each has, so a new real server gets a flood until it has caught up: an upper threshold for a time holds it off, or, where weights are large, a low one that is raised in steps.',
      });
    }
  }
  statements.push(...persistenceMeaning(view));
  if (service.onePacket) {
    statements.push({ text: 'One-packet scheduling: each datagram is scheduled anew, whoever sent it.' });
  }
  return statements;
}

/** Why a real server gets the share that it is due, in its service. */
export function dueMeaning(view: PublicServiceView, server: PublicRealServerView): Statement {
  const { scheduler: name } = view.service;
  const { due, share, realServer, overloaded } = server;
  if (overloaded) {
    return { text: 'It is over its upper threshold and takes no new connections.', warning: true };
  }
  if (realServer.weight === 0) {
    const held = view.service.persistence === null ? '' : ', but for clients that persistence holds to it';
    return { text: `Its weight is 0: it takes no new connections${held}.`, warning: true };
  }
  const kind = findScheduler(name)?.due;
  if (due === null || kind === undefined) {
    return { text: `Its due share cannot be told: under ${name} it depends on what clients ask for.` };
  }
  const got = share === null ? '' : ` It got ${formatShare(share)} % in the last minute.`;
  const percent = `Due ${formatShare(due)} %:`;
  if (kind === 'weights') {
    const sum = view.realServers
      .filter(takesNew)
      .reduce((total, other) => total + other.realServer.weight, 0);
    return {
      text: `${percent} weight ${realServer.weight} of ${sum} among those that take new connections, under ${name}.${got}`,
    };
  }
  if (kind === 'alike') {
    return {
      text: `${percent} one of ${view.realServers.filter(takesNew).length} that take new connections; ${name} does not look at weights.${got}`,
    };
  }
  return {
    text:
      due > 0
        ? `${percent} it has the highest weight that is available, and ${name} gives that one everything.${got}`
        : `${percent} another has a higher weight, and ${name} gives that one everything.${got}`,
  };
}

/** Whether new clients may go to a real server. */
export function takesNew({ realServer, overloaded }: PublicRealServerView): boolean {
  return realServer.weight > 0 && !overloaded;
}

function weightMeaning({ weight }: Scheduler, realServers: readonly PublicRealServerView[]): string {
  const available = realServers.filter(takesNew);
  if (available.length === 0) return '';
  const weights = available.map(({ realServer }) => realServer.weight);
  const highest = Math.max(...weights);
  switch (weight) {
    case 'share': {
      const sum = weights.reduce((total, one) => total + one, 0);
      if (weights.every((one) => one === highest)) return ' The weights are all the same.';
      return weights.length <= fewRealServers
        ? ` The weights here: ${weights.join(', ')}, of ${sum}.`
        : ` The weights here: ${Math.min(...weights)} to ${highest}, of ${sum}.`;
    }
    case 'zero-only':
      return weights.every((one) => one === highest)
        ? ''
        : ' It does not look at weights, though they differ here; only 0 takes a real server out.';
    case 'preference': {
      const first = available.filter(({ realServer }) => realServer.weight === highest);
      const [only] = first;
      return first.length === 1 && only !== undefined
        ? ` Now that is ${formatRealServer(only.realServer.identity)}.`
        : ` ${first.length} share the highest weight; one of them takes all.`;
    }
    case 'bound':
      return ` Together they take ${weights.reduce((total, one) => total + one, 0)} active connections.`;
  }
}

/** What becomes of the clients of a real server that takes none, where they are not simply passed on. */
function unavailableMeaning(scheduler: Scheduler, { service, realServers }: PublicServiceView): Statement[] {
  if (scheduler.unavailable === 'others') return [];
  const fallback = `${scheduler.name}-fallback`;
  // Whether the fallback is set may not be read, so nothing can be said.
  if (scheduler.unavailable === 'rejected-unless-fallback' && !isWholeService(service)) return [];
  if (
    isWholeService(service) &&
    scheduler.unavailable === 'rejected-unless-fallback' &&
    schedulerFlagNames(service.scheduler, service.schedulerFlags).includes(fallback)
  ) {
    return [];
  }
  const reason = scheduler.unavailable === 'rejected' ? '' : `, since ${fallback} is not set`;
  const out = realServers.filter((server) => !takesNew(server)).length;
  return out > 0
    ? [
        {
          text: `${out} of ${realServers.length} ${out === 1 ? 'takes' : 'take'} no new connections, and the clients that hash to ${out === 1 ? 'it' : 'them'} are rejected${reason}.`,
          warning: true,
        },
      ]
    : [
        {
          text: `A real server at weight 0 or over its threshold would reject its share of the clients${reason}.`,
        },
      ];
}

function persistenceMeaning({ service, realServers }: PublicServiceView): Statement[] {
  const { persistence } = service;
  if (persistence === null) return [];
  const engine = isWholeService(service) ? service.engine : null;
  const drained = realServers.some(({ realServer }) => realServer.weight === 0);
  return [
    {
      text: `Persistence: ${engine === null ? 'a client' : `what the engine ${engine} takes for one client`} stays with its real server for ${persistence.timeout} s after each visit, and as long as one of its connections is in the table, whatever the scheduler, so shares can differ from what is due.`,
    },
    ...(drained
      ? [{ text: 'Weight 0 still lets persistent clients in unless expire_quiescent_template is 1.' }]
      : []),
  ];
}
