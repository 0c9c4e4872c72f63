import { type Saying, saidRealServer, saidService, vrrpStates } from './saying.ts';

/** How keepalived writes an address with its protocol (`inet_sockaddrtotrio` of its `lib/utils.c`). */
const endpoint = /^\[([^\]]+)\]:(?:([a-z?]+):)?(\d+)$/;

/** What a message of keepalived's log tells of its objects; `undefined` for all others (`check/ipwrapper.c`, `vrrp/vrrp.c`). */
export function readLogMessage(text: string): Saying | undefined {
  for (const { pattern, read } of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return read(match);
  }
  return undefined;
}

interface Pattern {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => Saying | undefined;
}

const states: Readonly<Record<string, 'up' | 'down' | 'inhibited'>> = {
  Adding: 'up',
  Enabling: 'up',
  Removing: 'down',
  Disabling: 'inhibited',
};

const patterns: readonly Pattern[] = [
  {
    pattern: /^(Adding|Enabling|Removing|Disabling) service (\S+) (?:to|of|from) VS (.+)$/,
    read: ([, word = '', realServer = '', service = '']) => {
      const state = states[word];
      return state && { kind: 'real server', ...named(realServer, service), state };
    },
  },
  {
    pattern: /^Changing weight from -?\d+ to (-?\d+) for (?:in)?active service (\S+) of VS (.+)$/,
    read: ([, weight, realServer = '', service = '']) => ({
      kind: 'weight',
      ...named(realServer, service),
      weight: Number(weight),
    }),
  },
  {
    pattern: /^([A-Z]+)[_ ]CHECK on service (\S+)(?: of .+)? failed/,
    read: ([, check = '', realServer = '']) => ({
      kind: 'check failed',
      realServer: endpointName(realServer),
      check: checkWords[check] ?? `${check}_CHECK`,
    }),
  },
  {
    pattern: /^Misc check for \[(\S+) VS .+\] by \[.*\] (?:failed|timed out)/,
    read: ([, realServer = '']) => ({
      kind: 'check failed',
      realServer: endpointName(realServer),
      check: 'MISC_CHECK',
    }),
  },
  {
    pattern: /^(Gained|Lost) quorum .* for VS (.+)$/,
    read: ([, word, service = '']) => ({
      kind: 'quorum',
      service: serviceName(service),
      isLost: word === 'Lost',
    }),
  },
  {
    pattern: /^\((.+)\):? [Ee]ntering (MASTER|BACKUP|FAULT) (?:STATE|state)/,
    read: ([, instance = '', word]) => {
      const state = vrrpStates.find((each) => each === word);
      return state && { kind: 'vrrp', instance, state, master: null };
    },
  },
];

/** Checks that the log names otherwise than the configuration. */
const checkWords: Readonly<Record<string, string>> = { HTTP: 'HTTP_GET', ICMP: 'PING_CHECK' };

function named(realServer: string, service: string) {
  return { realServer: endpointName(realServer), service: serviceName(service) };
}

function endpointName(text: string): string {
  const [, address = text, , port] = endpoint.exec(text) ?? [];
  return saidRealServer(address, Number(port ?? 0));
}

function serviceName(text: string): string {
  const fwmark = /^FWM (\d+)$/.exec(text)?.[1];
  if (fwmark !== undefined) return saidService({ kind: 'fwmark', fwmark: Number(fwmark) });
  const [, name = text, protocol, port] = endpoint.exec(text) ?? [];
  return protocol === undefined
    ? saidService({ kind: 'group', name })
    : saidService({ kind: 'address', protocol, address: name, port: Number(port) });
}
