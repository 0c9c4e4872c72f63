import { addressKind } from '../../ipvs/address.ts';
import type { Endpoint } from '../../ipvs/connection.ts';
import type { Family } from '../../ipvs/family.ts';
import { forwardingMethodFacts, forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatEndpoint } from '../../ipvs/identity.ts';
import { protocolNumber } from '../../ipvs/protocol.ts';
import { isWholeRealServer, type PublicRealServer } from '../../ipvs/real-server.ts';
import type { PublicService } from '../../ipvs/service.ts';
import { brokenModeRule } from '../mode-rules.ts';
import { type Route, type RoutedPacket, type RouteQuestion, routeKey } from '../network.ts';
import type { NetworkFacts } from '../network-facts.ts';
import { brokenNetworkRules } from '../network-rules.ts';
import { tunnelOverhead } from '../tunnel-overhead.ts';
import {
  arrivalFrom,
  arrivalLink,
  describeDeadEnd,
  frameIn,
  frameOut,
  type NextHop,
  nextHopTo,
} from './surroundings.ts';
import type { OuterHeader, Packet, Station, Walk, WalkEndpoints, WalkStep } from './walk.ts';

/** What is needed to take a walk. */
export interface WalkQuestion {
  readonly service: PublicService;
  readonly realServer: PublicRealServer;
  readonly endpoints: WalkEndpoints;
  /** With the routes that `walkRoutes` asks for. */
  readonly network: NetworkFacts;
  /** The request as it comes in, if its route was looked up too. */
  readonly request?: RoutedPacket;
}

/** The routes that a walk needs: to its addresses, and that of the response. */
export function walkRoutes({ realServer, endpoints }: Omit<WalkQuestion, 'network'>): RouteQuestion[] {
  return [
    endpoints.client.address,
    endpoints.virtual.address,
    realServer.identity.address,
    responsePacket(endpoints),
  ];
}

/** The response as it leaves the director, with all that policy rules and several default routes may depend on. */
function responsePacket({ protocol, client, virtual }: WalkEndpoints): RoutedPacket {
  return {
    to: client.address,
    from: virtual.address,
    flow: { protocol: protocolNumber(protocol), fromPort: virtual.port, toPort: client.port },
  };
}

/** The request as it comes in, once the network tells the interface; `undefined` where it does not. */
export function requestPacket(
  { service, endpoints: { client, virtual } }: Pick<WalkQuestion, 'service' | 'endpoints'>,
  network: NetworkFacts,
  mark?: number,
): RoutedPacket | undefined {
  const inLink = arrivalLink(network, virtual.address, client.address);
  const ownMark = service.identity.kind === 'fwmark' ? service.identity.fwmark : mark;
  return inLink === undefined
    ? undefined
    : {
        to: virtual.address,
        from: client.address,
        inLink,
        ...(ownMark !== undefined && { mark: ownMark }),
      };
}

/** Follows a request from the client to the real server, and its response back. */
export function takeWalk(question: WalkQuestion): Walk {
  return {
    service: question.service.identity,
    realServer: question.realServer.identity,
    forwarding: question.realServer.forwarding,
    endpoints: question.endpoints,
    ...new Follower(question).follow(),
    obstacles: obstaclesOf(question),
  };
}

type Ways = Pick<Walk, 'request' | 'response' | 'sight'>;

/** How the packet goes on from the director. */
interface Onward {
  /** What the director does after taking the packet in. */
  readonly does: readonly string[];
  readonly steps: readonly WalkStep[];
  /** Whether it reaches the real server. */
  readonly arrives: boolean;
}

class Follower {
  readonly #service: PublicService;
  readonly #realServer: PublicRealServer;
  readonly #network: NetworkFacts;
  readonly #client: Endpoint;
  readonly #virtual: Endpoint;
  /** Where the real server's program listens under NAT. */
  readonly #real: Endpoint;
  readonly #endpoints: WalkEndpoints;
  /** The last hop of the request's way in, and the next hop of the response's way out. */
  readonly #fromClient: NextHop | undefined;
  readonly #toClient: NextHop | undefined;
  readonly #taken: Route | undefined;
  readonly #toReal: NextHop | undefined;
  readonly #isLocal: boolean;

  constructor({ service, realServer, endpoints, network, request }: WalkQuestion) {
    this.#service = service;
    this.#realServer = realServer;
    this.#network = network;
    this.#client = endpoints.client;
    this.#virtual = endpoints.virtual;
    const { address, port } = realServer.identity;
    this.#real = { address, port: port || endpoints.virtual.port };
    this.#endpoints = endpoints;
    this.#fromClient = arrivalFrom(network, endpoints.virtual.address, endpoints.client.address);
    this.#toClient = nextHopTo(network, endpoints.client.address, responsePacket(endpoints));
    this.#taken =
      (request && network.routes.get(routeKey(request))) ?? network.routes.get(endpoints.virtual.address);
    this.#toReal = nextHopTo(network, address);
    this.#isLocal = realServer.forwarding === 'local' || network.routes.get(address)?.kind === 'local';
  }

  follow(): Ways {
    const onward = this.#onward();
    const request: WalkStep[] = [
      ...this.#arrival(),
      {
        kind: 'station',
        place: 'director',
        address: null,
        does: [this.#taking(), this.#choosing(), ...onward.does],
      },
      ...onward.steps,
    ];
    if (!onward.arrives)
      return { request, response: [], sight: ['The request, which ends here.', ...this.#believed()] };
    const isNat = this.#realServer.forwarding === 'nat';
    if (isNat && this.#service.onePacket === true && !this.#isLocal)
      return { request, response: this.#responseUnchanged(), sight: [...onePacketSight] };
    return {
      request,
      response: isNat ? this.#responseThroughDirector() : this.#responseOfItsOwn(),
      sight: [...sightOf(isNat, this.#isLocal), ...this.#believed()],
    };
  }

  /** Sentences about what is drawn but was not seen. */
  #believed(): string[] {
    return this.#fromClient?.gateway == null
      ? []
      : ['By which router the request comes is not seen: drawn is the one that leads back to the client.'];
  }

  /** The steps from the client to the director. */
  #arrival(): WalkStep[] {
    const header = { source: this.#client, destination: this.#virtual, outer: null, changed: [], mtu: null };
    const hop = this.#fromClient;
    const last: Packet = {
      kind: 'packet',
      ...header,
      link: hop?.link ?? null,
      isSeen: true,
      frame: hop === undefined ? null : frameIn(hop),
    };
    const client: Station = { kind: 'station', place: 'client', address: this.#client.address, does: [] };
    if (hop?.gateway == null) return [client, last];
    return [
      client,
      { kind: 'packet', ...header, link: null, isSeen: true, frame: null },
      { kind: 'station', place: 'router', address: hop.gateway, does: [] },
      last,
    ];
  }

  #taking(): string {
    const { address } = this.#virtual;
    const route = this.#taken;
    if (this.#service.identity.kind === 'fwmark' && this.#endpoints.isVirtualExample)
      return 'takes what the firewall marks, as far as it is for an address of its own or a table takes it in';
    if (route === undefined || route.kind === 'local') {
      const held = this.#network.addresses.find((own) => own.address === address);
      return `takes ${address} as its own${held === undefined ? '' : `, which ${held.link} has`}`;
    }
    return route.kind === 'none' && sourceRefusals.has(route.reason)
      ? `drops it for its source (${route.reason}), so that IPVS never sees it`
      : `does not take ${address} as its own, so that IPVS never sees the packet`;
  }

  #choosing(): string {
    const { weight } = this.#realServer;
    const name = formatEndpoint(this.#realServer.identity);
    return weight === 0
      ? `IPVS: ${name} has weight 0, so that the scheduler chooses it for nobody; connections that it has, and persistent clients, go on`
      : `IPVS: ${this.#service.scheduler} may choose ${name}, weight ${weight}`;
  }

  /** The steps from the director to the real server. */
  #onward(): Onward {
    const { forwarding } = this.#realServer;
    if (this.#isLocal) return this.#localDelivery();
    if (forwarding !== 'nat' && forwarding !== 'tun' && forwarding !== 'dr') {
      const meaning = forwardingMethodFacts(forwarding)?.meaning ?? 'not a method that the kernel knows';
      return { does: [`${forwardingMethodLabel(forwarding)}: ${meaning}`], steps: [], arrives: false };
    }
    const hop = this.#toReal;
    if (hop === undefined) {
      const { address } = this.#real;
      const reason = describeDeadEnd(this.#network.routes.get(address));
      return { does: [`cannot send it to ${address}: ${reason}`], steps: [], arrives: false };
    }
    switch (forwarding) {
      case 'nat':
        return this.#rewritten(hop);
      case 'tun':
        return this.#wrapped(hop);
      case 'dr':
        return this.#framed(hop);
    }
  }

  #localDelivery(): Onward {
    const isRewritten = this.#realServer.forwarding === 'nat';
    const at = isRewritten ? this.#real : this.#virtual;
    // `ip_vs_nat_xmit` and `ip_vs_nat_xmit_v6` in `net/netfilter/ipvs/ip_vs_xmit.c`.
    if (isRewritten && addressKind(at.address) === 'loopback') {
      const reason = `the kernel hands nothing that comes from outside to ${at.address}`;
      return {
        does: [`drops it: ${reason}; another address of the director will do`],
        steps: [],
        arrives: false,
      };
    }
    return {
      does: [
        `the real server is this director itself: ${isRewritten ? this.#rewriting() : 'the packet stays as it is'}`,
        `a program of its own has to listen on ${this.#text(at)}`,
      ],
      steps: [],
      arrives: true,
    };
  }

  #rewriting(): string {
    return `NAT rewrites the destination, ${this.#text(this.#virtual)} to ${this.#text(this.#real)}`;
  }

  #rewritten(hop: NextHop): Onward {
    const packet = this.#packetOut(hop, { destination: this.#real, changed: ['destination'] });
    return {
      does: [`${this.#rewriting()}, and routes it`],
      steps: this.#ways(packet, hop, [`gets it on port ${this.#real.port}, from the client's own address`]),
      arrives: true,
    };
  }

  #wrapped(hop: NextHop): Onward {
    const { identity } = this.#realServer;
    const tunnel = isWholeRealServer(this.#realServer) ? this.#realServer.tunnel : null;
    const overhead = (tunnel && tunnelOverhead(identity.family, tunnel)) ?? null;
    const room = overhead === null ? null : hop.mtu - overhead;
    const innerHeaders = this.#service.identity.family === 'inet' ? 40 : 60;
    const outer: OuterHeader = {
      family: identity.family,
      source: hop.source,
      destination: identity.address,
      tunnel,
      overhead,
      room,
      segment: room === null ? null : Math.max(0, room - innerHeaders),
    };
    const packet = this.#packetOut(hop, { outer, changed: ['outer'] });
    return {
      does: ['TUN wraps the packet whole, and routes it by the outer header'],
      steps: this.#ways(packet, hop, [
        `unwraps it, if it has a tunnel device with ${this.#virtual.address}${this.#service.identity.family === 'inet' ? ' and no strict rp_filter' : ''}; that is not seen from here`,
      ]),
      arrives: true,
    };
  }

  #framed(hop: NextHop): Onward {
    const packet = this.#packetOut(hop, { changed: ['frame'] });
    const { address } = this.#virtual;
    if (hop.gateway !== null) {
      return {
        does: ["DR leaves the packet as it is and frames it to the route's next hop"],
        steps: [
          packet,
          {
            kind: 'station',
            place: 'router',
            address: hop.gateway,
            does: [`routes it by its destination, ${address}, so back to the director: it never arrives`],
          },
        ],
        arrives: false,
      };
    }
    return {
      does: ['DR leaves the packet as it is and frames it to the real server'],
      steps: this.#ways(packet, hop, [
        this.#service.identity.family === 'inet'
          ? `takes it, if it has ${address} too, on lo, where it must not answer ARP for it; that is not seen from here`
          : `takes it, if it has ${address} too, on lo, and must not advertise it to neighbours; that is not seen from here`,
      ]),
      arrives: true,
    };
  }

  /** The packet that the director sends to the real server. */
  #packetOut(hop: NextHop, differences: Partial<Packet> & Pick<Packet, 'changed'>): Packet {
    return {
      kind: 'packet',
      link: hop.link,
      isSeen: true,
      frame: frameOut(hop),
      outer: null,
      source: this.#client,
      destination: this.#virtual,
      mtu: hop.mtu,
      ...differences,
    };
  }

  /** The packet's steps to the real server, over a router where there is one. */
  #ways(packet: Packet, hop: NextHop, does: readonly string[]): WalkStep[] {
    const { address } = this.#real;
    const end: Station = { kind: 'station', place: 'real server', address, does };
    if (hop.gateway === null) return [packet, end];
    return [
      packet,
      { kind: 'station', place: 'router', address: hop.gateway, does: [] },
      { ...packet, link: null, frame: null, changed: [], mtu: null },
      end,
    ];
  }

  /** Under NAT: back through the director, which rewrites the source. */
  #responseThroughDirector(): WalkStep[] {
    const back = { source: this.#real, destination: this.#client };
    const rewriting = `NAT rewrites the source, ${this.#text(this.#real)} to ${this.#text(this.#virtual)}`;
    const rest: WalkStep[] = [
      { kind: 'station', place: 'director', address: null, does: [rewriting] },
      ...this.#toTheClient({ source: this.#virtual, changed: ['source'] }),
    ];
    const hop = this.#toReal;
    if (this.#isLocal || hop === undefined) return rest;
    const gateway = hop.source ?? "the director's address there";
    const start = (does: string): Station => ({
      kind: 'station',
      place: 'real server',
      address: this.#real.address,
      does: [does],
    });
    const packet: Packet = {
      kind: 'packet',
      link: hop.link,
      isSeen: true,
      frame: frameIn(hop),
      outer: null,
      ...back,
      changed: [],
      mtu: null,
    };
    if (hop.gateway === null)
      return [start(`answers the client by its gateway, which must be ${gateway}`), packet, ...rest];
    return [
      start('answers the client; its routers must lead that through the director'),
      { ...packet, link: null, frame: null },
      { kind: 'station', place: 'router', address: hop.gateway, does: [] },
      packet,
      ...rest,
    ];
  }

  /** Under NAT with one-packet scheduling: the connection is forgotten when the answer comes. */
  #responseUnchanged(): WalkStep[] {
    return [
      {
        kind: 'station',
        place: 'real server',
        address: this.#real.address,
        does: [
          'answers the client; the connection is forgotten by then (one-packet), so that nobody rewrites the source',
        ],
      },
      {
        kind: 'packet',
        link: null,
        isSeen: false,
        frame: null,
        outer: null,
        source: this.#real,
        destination: this.#client,
        changed: [],
        mtu: null,
      },
      {
        ...this.#atTheClient(),
        does: [`never called ${this.#text(this.#real)}, so that most programs do not take its answer`],
      },
    ];
  }

  /**
   * Under TUN and DR: straight to the client, past the director; from a local real server, by the director's own
   * routes.
   */
  #responseOfItsOwn(): WalkStep[] {
    if (this.#isLocal) {
      return [
        {
          kind: 'station',
          place: 'director',
          address: null,
          does: [`its program answers as ${this.#virtual.address}`],
        },
        ...this.#toTheClient({ source: this.#virtual, changed: [] }),
      ];
    }
    return [
      {
        kind: 'station',
        place: 'real server',
        address: this.#real.address,
        does: [`answers as ${this.#virtual.address}, by its own gateway, which must not be the director`],
      },
      {
        kind: 'packet',
        link: null,
        isSeen: false,
        frame: null,
        outer: null,
        source: this.#virtual,
        destination: this.#client,
        changed: [],
        mtu: null,
      },
      this.#atTheClient(),
    ];
  }

  /** The steps from the director to the client. */
  #toTheClient({ source, changed }: Pick<Packet, 'source' | 'changed'>): WalkStep[] {
    const hop = this.#toClient;
    const packet: Packet = {
      kind: 'packet',
      link: hop?.link ?? null,
      isSeen: true,
      frame: hop === undefined ? null : frameOut(hop),
      outer: null,
      source,
      destination: this.#client,
      changed,
      mtu: hop?.mtu ?? null,
    };
    if (hop?.gateway == null) return [packet, this.#atTheClient()];
    return [
      packet,
      { kind: 'station', place: 'router', address: hop.gateway, does: [] },
      { ...packet, link: null, frame: null, changed: [], mtu: null },
      this.#atTheClient(),
    ];
  }

  #atTheClient(): Station {
    return { kind: 'station', place: 'client', address: this.#client.address, does: [] };
  }

  #text(endpoint: Endpoint): string {
    return formatWalkEndpoint(endpoint);
  }
}

/** `10.0.0.21:8080`, IPv6 in brackets. */
export function formatWalkEndpoint({ address, port }: Endpoint): string {
  const family: Family = address.includes(':') ? 'inet6' : 'inet';
  return formatEndpoint({ family, address, port });
}

const onePacketSight = [
  'Requests only: each datagram is a connection of its own, which is forgotten at once, and outgoing counters stay 0.',
] as const;

/** The reasons for which the kernel refuses a packet because of its source. */
const sourceRefusals: ReadonlySet<string> = new Set(['reverse path filter', 'martian source']);

function sightOf(seesResponses: boolean, isLocal: boolean): string[] {
  if (seesResponses)
    return ['Request and response: its counters count both ways, and it follows the connection exactly.'];
  if (isLocal)
    return [
      'Request and response: the real server is the director itself, and its counters count both ways.',
    ];
  return [
    'Requests only: outgoing counters stay 0, since the responses go past it.',
    "It knows a connection by the client's packets alone, and guesses its end by time-outs.",
  ];
}

/** What the rules of the modes and the network find wrong. */
function obstaclesOf({ service, realServer, endpoints, network }: WalkQuestion): Walk['obstacles'] {
  const choice = {
    service: service.identity,
    realServer: realServer.identity,
    forwarding: realServer.forwarding,
    tunnel: isWholeRealServer(realServer) ? realServer.tunnel : null,
  };
  const broken = brokenModeRule(choice);
  const found = brokenNetworkRules(choice, network).map(({ diagnosis }) => diagnosis);
  return [
    ...(broken === undefined ? [] : [{ text: `${broken.reason}; ${broken.advice}`, command: null }]),
    ...found.map(({ found: what, matters, mend }) => {
      const remedy = mend.find(({ kind, on }) => kind === 'command' && on === 'director');
      const price = remedy?.price === undefined ? '' : `. What mends it has a price: ${remedy.price}`;
      return { text: `${what}: ${matters}${price}`, command: remedy?.text ?? null };
    }),
    ...besideRealServer(realServer, endpoints, network),
  ];
}

/** A client on the real server's own link gets the response directly, from an address that it never called. */
function besideRealServer(
  { forwarding, identity }: PublicRealServer,
  { client }: WalkEndpoints,
  network: NetworkFacts,
): Walk['obstacles'] {
  const toClient = nextHopTo(network, client.address);
  const toReal = nextHopTo(network, identity.address);
  if (forwarding !== 'nat' || toClient === undefined || toReal === undefined) return [];
  if (toClient.gateway !== null || toReal.gateway !== null || toClient.link !== toReal.link) return [];
  return [
    {
      text: `client and real server are both on the link of ${toClient.link}: the response goes straight to the client, past the director, with the source ${identity.address}, and is refused, unless the real server has a route to this client through the director, which is not seen from here`,
      command: null,
    },
  ];
}
