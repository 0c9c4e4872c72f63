import { formatEndpoint, formatRealServer } from '../ipvs/identity.ts';
import type { OutsideEcho, ProbeAnswer, ProbeEcho } from './answer.ts';
import type { ProbeQuestion } from './question.ts';

/** The meaning of an answer, in a word. */
export type ProbeWord =
  | 'answers'
  | 'no objection'
  | 'refused'
  | 'silent'
  | 'unreachable'
  | 'gone'
  | 'astray'
  | 'not asked';

/** The words that mean that clients are not served. */
export const faultWords: ReadonlySet<ProbeWord> = new Set([
  'refused',
  'silent',
  'unreachable',
  'gone',
  'astray',
]);

/** What each word means, for help and documents. */
export const probeWords: Readonly<Record<ProbeWord, string>> = {
  answers: 'it takes connections for the virtual address, and under NAT responds by this director',
  'no objection': 'UDP: neither an answer nor a refusal; a service that passes over it and a loss look alike',
  refused: 'RST, ABORT or "port unreachable": nothing listens there, or its firewall rejects',
  silent: 'nothing came back within a second, asked twice',
  unreachable: 'a machine on the way, or the real server, says by ICMP that it does not go on',
  gone: 'nobody on the link answers ARP or neighbour solicitations for it',
  astray: 'NAT: it answers, but what it sends outside its subnet does not come back through this director',
  'not asked': 'there is no way to ask, and why',
};

/** The verdict on a real server. */
export interface ProbeVerdict {
  readonly word: ProbeWord;
  /** What was seen, in words: continues the word `answers`; with any other word it stands by itself. */
  readonly said: string;
  /** The causes that fit what was seen, each with how to tell it from the others. */
  readonly causes: readonly string[];
  /** Milliseconds until it answered; `null` where it did not. */
  readonly milliseconds: number | null;
  /** How often it was asked, and how often it answered; 0 where there was no way to ask. */
  readonly asked: number;
  readonly answered: number;
}

/** `0.4 ms`, `12 ms`. */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** What an answer to a question means. */
export function verdictOf(question: ProbeQuestion, answer: ProbeAnswer): ProbeVerdict {
  switch (answer.kind) {
    case 'not asked':
      return verdict('not asked', answer.reason);
    case 'no neighbour':
      return verdict('gone', `nobody on ${answer.link} answers for ${answer.address}`, [
        answer.address === question.realServer.identity.address
          ? 'it is down, in another network or VLAN, or has another address'
          : 'the gateway towards it is down, in another network or VLAN, or has another address',
      ]);
    case 'asked':
      return verdictOfEcho(question, answer);
  }
}

type Asked = Extract<ProbeAnswer, { kind: 'asked' }>;

function verdictOfEcho(question: ProbeQuestion, answer: Asked): ProbeVerdict {
  const { echo } = answer;
  const target = targetOf(question);
  switch (echo.kind) {
    case 'accepted':
      return question.realServer.forwarding === 'nat'
        ? ofNatResponse(echo, answer)
        : answers(`for ${target}`, echo.milliseconds);
    case 'refused':
      return verdict('refused', `refuses ${target}${ownClause(answer.own)}`, [
        `nothing listens there for ${target}: "ss -ltnup" on it shows what does`,
        'its firewall rejects what comes for that address or port',
      ]);
    case 'error':
      return verdict('unreachable', `${echo.by} says: ${echo.reason}`, causesOfError(question, echo));
    case 'silent':
      return ofSilence(question, answer, target);
  }
}

function ofNatResponse(
  { milliseconds }: Extract<ProbeEcho, { kind: 'accepted' }>,
  { from, outside }: Asked,
): ProbeVerdict {
  if (outside === null)
    return answers(
      `${from}, in its subnet; whether its responses to clients come through this director cannot be asked, since this director has no address outside that subnet`,
      milliseconds,
    );
  const { echo, expectedLink } = outside;
  if (echo.kind === 'accepted' && echo.link === expectedLink)
    return answers(`through this director, by ${expectedLink}`, milliseconds);
  return verdict('astray', `answers ${from} in its subnet, ${strayWay(outside)}`, [
    'its gateway to clients is another machine than this director: "ip route get" on it, towards a client, shows which',
    `a firewall or a reverse path filter, there or on the way, drops what comes from ${outside.from}, which clients need not meet`,
  ]);
}

function strayWay({ from, echo, expectedLink }: OutsideEcho): string {
  switch (echo.kind) {
    case 'accepted':
      return `but its response to ${from} came in by ${echo.link} and not by ${expectedLink}`;
    case 'refused':
      return `but refuses ${from}, which is outside of it`;
    case 'error':
      return `but of what it sends to ${from}, outside of it, ${echo.by} says: ${echo.reason}`;
    case 'silent':
      return `but nothing came back to ${from}, which is outside of it`;
  }
}

function ofSilence(question: ProbeQuestion, { own, echo }: Asked, target: string): ProbeVerdict {
  const { protocol, virtual, realServer } = question;
  if (protocol === 'udp') {
    const isName = virtual.port === 53;
    return verdict(
      'no objection',
      isName
        ? `a name server's question for the root was not answered by ${target}; nor was the port refused`
        : 'an empty datagram was neither answered nor refused',
      ['a service that passes over it, or a datagram or response that was lost, look the same'],
    );
  }
  const { address } = virtual;
  if (realServer.forwarding === 'nat')
    return verdict('silent', `does not answer ${target}`, [
      'it is down or hangs: an old neighbour entry does not tell',
      'its firewall drops connections to that port',
      'its own route back to this director is another',
    ]);
  if (own === null || own.kind === 'silent' || own.kind === 'error')
    return verdict(
      'silent',
      `answers neither for ${target}${own === null ? '' : ' nor for its own address'}`,
      [
        'it is down or hangs: an old neighbour entry does not tell',
        'its firewall drops connections to that port',
      ],
    );
  const isTunnel = realServer.forwarding === 'tun' && echo.kind === 'silent';
  return verdict(
    'silent',
    `does not answer for ${target}${ownClause(own)}`,
    isTunnel
      ? [
          `${address} is not on it: "ip address show to ${address}"`,
          `nothing there unwraps the packets: ${tunnelDoubt(question)}`,
          'its reverse path filter drops what comes out of the tunnel: "nstat -az TcpExtIPReversePathFilter"',
          'its firewall, or one on the way, drops the tunnel or the connection',
        ]
      : [
          `${address} is not on it: "ip address show to ${address}"`,
          `its firewall drops connections to ${address}`,
        ],
  );
}

function causesOfError(
  question: ProbeQuestion,
  { by, reason }: Extract<ProbeEcho, { kind: 'error' }>,
): readonly string[] {
  const isItself = by === question.realServer.identity.address || by === question.virtual.address;
  if (isItself && question.realServer.forwarding === 'tun' && /^(protocol|port) unreachable$/.test(reason))
    return [`nothing there unwraps the packets: ${tunnelDoubt(question)}`];
  if (isItself) return ['its firewall rejects the connection'];
  return ['a router or firewall on the way does not let it through, or knows no way'];
}

/** What may be missing for unwrapping a tunnel's packets, and how to check it on the real server. */
function tunnelDoubt({ realServer, tunnel, virtual }: ProbeQuestion): string {
  const isInet6 = virtual.address.includes(':') || realServer.identity.family === 'inet6';
  switch (tunnel?.type) {
    case 'gue':
      return `"ip fou show" has no port ${tunnel.port} with gue, or no ipip device is up`;
    case 'gre':
      return `"ip -details link show type ${isInet6 ? 'ip6gre' : 'gre'}" shows no device that is up`;
    default:
      return `"ip -details link show type ${isInet6 ? 'ip6tnl' : 'ipip'}" shows no device that is up`;
  }
}

function ownClause(own: ProbeEcho | null): string {
  if (own === null) return '';
  if (own.kind === 'accepted') return ', but does for its own address';
  return own.kind === 'refused'
    ? ', and refuses for its own address, where nothing may be meant to listen'
    : '';
}

/** The address and port that the probe was sent to, as text. */
function targetOf({ realServer, virtual }: ProbeQuestion): string {
  return realServer.forwarding === 'nat'
    ? formatRealServer(realServer.identity)
    : formatEndpoint({ ...virtual, family: virtual.address.includes(':') ? 'inet6' : 'inet' });
}

function answers(said: string, milliseconds: number): ProbeVerdict {
  return { word: 'answers', said, causes: [], milliseconds, asked: 1, answered: 1 };
}

function verdict(word: ProbeWord, said: string, causes: readonly string[] = []): ProbeVerdict {
  return { word, said, causes, milliseconds: null, asked: word === 'not asked' ? 0 : 1, answered: 0 };
}
