import { parseAddress } from '../../ipvs/address.ts';

/** States of a VRRP instance as keepalived names them (`get_state_str` of its `vrrp/vrrp.c`). */
export const vrrpStates = ['MASTER', 'BACKUP', 'FAULT'] as const;

/** What keepalived itself says of one of its objects. Services and real servers are named by `saidService` and `saidRealServer`. */
export type Saying =
  | {
      readonly kind: 'real server';
      readonly service: string;
      readonly realServer: string;
      /** `inhibited` is down, but in the table at weight 0. */
      readonly state: 'up' | 'down' | 'inhibited';
    }
  | {
      readonly kind: 'weight';
      readonly service: string;
      readonly realServer: string;
      readonly weight: number;
    }
  | { readonly kind: 'check failed'; readonly realServer: string; readonly check: string }
  | { readonly kind: 'quorum'; readonly service: string; readonly isLost: boolean }
  | {
      readonly kind: 'vrrp';
      readonly instance: string;
      readonly state: (typeof vrrpStates)[number];
      /** The present master's address, where that is another machine. */
      readonly master: string | null;
    };

/** A saying with its moment, milliseconds since 1970. */
export type DatedSaying = Saying & { readonly time: number };

/** The name of a service as its words in the configuration, the log and the dumps come to: `tcp [203.0.113.10]:80`. */
export function saidService(
  subject:
    | { readonly kind: 'group'; readonly name: string }
    | { readonly kind: 'fwmark'; readonly fwmark: number }
    | {
        readonly kind: 'address';
        readonly protocol: string;
        readonly address: string;
        readonly port: number;
      },
): string {
  switch (subject.kind) {
    case 'group':
      return `group ${subject.name}`;
    case 'fwmark':
      return `fwmark ${subject.fwmark}`;
    case 'address':
      return `${subject.protocol} ${saidRealServer(subject.address, subject.port)}`;
  }
}

/** The name of a real server likewise: `[10.0.0.21]:8080`. */
export function saidRealServer(address: string, port: number): string {
  return `[${parseAddress(address)?.text ?? address}]:${port}`;
}
