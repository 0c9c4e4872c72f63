import { type Saying, saidRealServer, saidService, vrrpStates } from './saying.ts';

/**
 * What a dump of keepalived says of its objects, and when each VRRP instance came into its state, milliseconds since
 * 1970.
 */
export interface DumpedState {
  readonly sayings: readonly Saying[];
  readonly transitions: ReadonlyMap<string, number>;
}

/**
 * Reads what the process of checks writes when it is asked (`dump_vs` and `dump_rs` of keepalived's
 * `check/check_data.c`).
 */
export function readCheckDump(text: string): readonly Saying[] {
  const sayings: Saying[] = [];
  let address: { readonly address: string; readonly port: number } | null = null;
  let service = '';
  let realServer: { readonly name: string; isInhibited: boolean; weight: number } | null = null;
  for (const line of text.split('\n')) {
    const [, word = '', value = ''] = /^ *(.+?) (?:=|is) (.*)$/.exec(line) ?? [];
    if (line.startsWith('------<')) [service, realServer, address] = ['', null, null];
    else if (/^ ------< Virtual server/.test(line)) [service, realServer, address] = ['', null, null];
    else if (word === 'VS VIP') {
      const [, vip = '', port] = /^(.+), VPORT = (\d+)$/.exec(value) ?? [];
      address = { address: vip, port: Number(port) };
    } else if (word === 'VS FWMARK') service = saidService({ kind: 'fwmark', fwmark: Number(value) });
    else if (word === 'VS GROUP') {
      service = saidService({ kind: 'group', name: /^\[(.*)\]:\d+$/.exec(value)?.[1] ?? value });
    } else if (word === 'protocol' && address !== null) {
      service = saidService({ kind: 'address', protocol: value.toLowerCase(), ...address });
    } else if (word === 'quorum_state_up' && service !== '') {
      sayings.push({ kind: 'quorum', service, isLost: value === '0' });
    } else if (word === 'RIP') {
      const [, rip = '', port] = /^(.+), RPORT = (\d+)/.exec(value) ?? [];
      realServer = { name: saidRealServer(rip, Number(port)), isInhibited: false, weight: 0 };
    } else if (realServer !== null && service !== '') {
      if (word === 'Inhibit on failure') realServer.isInhibited = value === 'ON';
      else if (word === 'effective weight') realServer.weight = Number(value);
      else if (word === 'alive') {
        const { name, isInhibited, weight } = realServer;
        const state = value === '1' ? 'up' : isInhibited ? 'inhibited' : 'down';
        sayings.push({ kind: 'real server', service, realServer: name, state });
        sayings.push({ kind: 'weight', service, realServer: name, weight });
      }
    }
  }
  return sayings;
}

/** Reads what the process of VRRP writes when it is asked (`dump_vrrp` of keepalived's `vrrp/vrrp_data.c`). */
export function readVrrpDump(text: string): DumpedState {
  const instances = new Map<string, Map<string, string>>();
  let present: Map<string, string> | null = null;
  for (const line of text.split('\n')) {
    const name = /^ VRRP Instance = (.*)$/.exec(line)?.[1];
    if (name !== undefined) {
      present = new Map();
      instances.set(name, present);
    } else if (line.startsWith('------<')) present = null;
    const [, word = '', value = ''] = /^ {3}(\S.*?) = (.*)$/.exec(line) ?? [];
    if (present !== null && word !== '' && !present.has(word)) present.set(word, value);
  }
  return stateOf(
    [...instances].map(([instance, values]) => ({
      instance,
      state: values.get('State') ?? '',
      master: values.get('Master router') ?? null,
      since: Number.parseFloat(values.get('Last transition') ?? ''),
    })),
  );
}

function stateOf(
  list: readonly {
    readonly instance: string;
    readonly state: string;
    readonly master: string | null;
    readonly since: number;
  }[],
): DumpedState {
  return {
    sayings: list.flatMap(({ instance, state: word, master }) => {
      const state = vrrpStates.find((each) => each === word);
      return state === undefined ? [] : { kind: 'vrrp', instance, state, master };
    }),
    transitions: new Map(
      list.flatMap(({ instance, since }) =>
        Number.isFinite(since) && since > 0 ? [[instance, since * 1000] as const] : [],
      ),
    ),
  };
}
