/**
 * An address that no machine has (TEST-NET-1 of RFC 5737): only a default route leads there, so its route is that of
 * clients in the Internet.
 */
export const elsewhere = '192.0.2.1';
