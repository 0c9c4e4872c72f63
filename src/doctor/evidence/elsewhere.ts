import type { Family } from '../../ipvs/family.ts';

/**
 * Addresses that no machine has (TEST-NET-1 of RFC 5737, and RFC 3849). Only a default route leads there, so the
 * route to them is that to clients in the Internet.
 */
export const elsewhere: Readonly<Record<Family, string>> = { inet: '192.0.2.1', inet6: '2001:db8::1' };
