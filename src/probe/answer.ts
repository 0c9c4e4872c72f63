/** What came back for one packet that was sent. */
export type ProbeEcho =
  /** A SYN-ACK, an INIT-ACK or a datagram. `link` is the interface that it came in by. */
  | { readonly kind: 'accepted'; readonly milliseconds: number; readonly link: string }
  /** RST, ABORT, or for UDP the real server's own "port unreachable". */
  | { readonly kind: 'refused'; readonly milliseconds: number; readonly link: string }
  /** An ICMP error. */
  | {
      readonly kind: 'error';
      readonly milliseconds: number;
      readonly by: string;
      readonly reason: string;
    }
  /** Nothing, though asked twice. With UDP that is no fault: a service may ignore an empty datagram. */
  | { readonly kind: 'silent' };

/** What a probe found out about a real server. */
export type ProbeAnswer =
  | {
      readonly kind: 'asked';
      /** The director's address that acted as the client. */
      readonly from: string;
      /**
       * The echo of a packet sent as IPVS sends it: to the virtual address under DR and TUN, to the real server under
       * NAT.
       */
      readonly echo: ProbeEcho;
      /**
       * The echo from the real server's own address, asked under DR and TUN where it does not answer for the virtual
       * one.
       */
      readonly own: ProbeEcho | null;
      /**
       * Under NAT, the echo of a packet from an address outside its subnet, so that the response must come by its
       * gateway; `null` where the director has no such address.
       */
      readonly outside: OutsideEcho | null;
    }
  /** Nobody on the link answers ARP or neighbour solicitations for it, or for the gateway towards it. */
  | { readonly kind: 'no neighbour'; readonly link: string; readonly address: string }
  | { readonly kind: 'not asked'; readonly reason: string };

/** What came back to an address that is not of the real server's subnet. */
export interface OutsideEcho {
  readonly from: string;
  readonly echo: ProbeEcho;
  /** The link by which the director reaches the real server: an answer that comes in there came by this director. */
  readonly expectedLink: string;
}
