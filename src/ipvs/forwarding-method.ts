/** A forwarding method that an operator can ask for, as the screen and the command line name it. */
export type ForwardingMode = 'nat' | 'tun' | 'dr';

/**
 * Forwarding method of a real server as read. `local` and `bypass` are set by the kernel itself; the kernel
 * stores any other number it is given, carried here as `method-N`.
 */
export type ForwardingMethod = ForwardingMode | 'local' | 'bypass' | `method-${number}`;

/** What lvstop knows of a forwarding method. */
export interface ForwardingMethodFacts {
  /** `IP_VS_CONN_F_*` in `include/uapi/linux/ip_vs.h`. */
  readonly number: number;
  /** Name on the screen, at most 6 cells. */
  readonly label: string;
  /** Name in ipvsadm's man page. */
  readonly longName: string;
  /** ipvsadm's option, where it has one. */
  readonly option?: string;
  /** What the packets do, one line. */
  readonly meaning: string;
  /** Whether responses pass through the director, so that outgoing counters mean something. */
  readonly seesResponses: boolean;
}

/** The forwarding methods as data. */
export const forwardingMethods: Readonly<Record<ForwardingMode | 'local' | 'bypass', ForwardingMethodFacts>> =
  {
    nat: {
      number: 0,
      label: 'NAT',
      longName: 'masquerading',
      option: '-m',
      meaning: 'rewrites addresses both ways; responses come back through the director; ports can be mapped',
      seesResponses: true,
    },
    tun: {
      number: 2,
      label: 'TUN',
      longName: 'tunneling',
      option: '-i',
      meaning: 'wraps the packet to the real server, which answers the client itself; no port mapping',
      seesResponses: false,
    },
    dr: {
      number: 3,
      label: 'DR',
      longName: 'direct routing',
      option: '-g',
      meaning:
        'sends the unchanged packet to the real server on the same link, which answers the client itself; no port mapping',
      seesResponses: false,
    },
    local: {
      number: 1,
      label: 'Local',
      longName: 'local node',
      meaning: 'the real server is this director itself',
      seesResponses: true,
    },
    bypass: {
      number: 4,
      label: 'Bypass',
      longName: 'cache bypass',
      meaning: 'straight to the original destination, used by the kernel for unreachable caches',
      seesResponses: false,
    },
  };

/** The methods that an operator chooses among, in the order they are offered. */
export const forwardingModes: readonly ForwardingMode[] = ['nat', 'tun', 'dr'];

/** Whether the word is one of nat, tun, dr. */
export function isForwardingMode(word: string): word is ForwardingMode {
  return (forwardingModes as readonly string[]).includes(word);
}

/** Facts of a method; `undefined` for a number that means nothing. */
export function forwardingMethodFacts(method: ForwardingMethod): ForwardingMethodFacts | undefined {
  return method.startsWith('method-')
    ? undefined
    : forwardingMethods[method as keyof typeof forwardingMethods];
}

/** Name on the screen. */
export function forwardingMethodLabel(method: ForwardingMethod): string {
  return forwardingMethodFacts(method)?.label ?? method;
}

/** Number that the kernel knows the method by. */
export function forwardingMethodNumber(method: ForwardingMethod): number {
  return forwardingMethodFacts(method)?.number ?? Number(method.slice('method-'.length));
}

const methodsByNumber: ReadonlyMap<number, ForwardingMethod> = new Map(
  Object.entries(forwardingMethods).map(([method, { number }]) => [number, method as ForwardingMethod]),
);

/** Method of a number read from the kernel. */
export function forwardingMethodOfNumber(number: number): ForwardingMethod {
  return methodsByNumber.get(number) ?? `method-${number}`;
}
