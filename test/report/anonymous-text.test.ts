import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBytes, formatInet, formatInet6 } from '../../src/ipvs/address.ts';
import { AnonymousAddresses } from '../../src/report/anonymous-addresses.ts';
import { AnonymousText } from '../../src/report/anonymous-text.ts';

const addresses = new AnonymousAddresses(Buffer.from('a key of tests'));
const none = { hosts: [], users: [] };
const anonymous = new AnonymousText(addresses, none);

/** Bits that two addresses begin with alike. */
function sharedBits(left: readonly number[], right: readonly number[]): number {
  const bits = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const [one, other] = [bits(left), bits(right)];
  const place = [...one].findIndex((bit, at) => bit !== other[at]);
  return place < 0 ? one.length : place;
}

const octets = (length: number) => fc.array(fc.nat(255), { minLength: length, maxLength: length });

describe('other addresses', () => {
  test('are alike as long as those in whose place they stand, from /16 on', () => {
    fc.assert(
      fc.property(octets(4), fc.integer({ min: 16, max: 32 }), fc.nat(0xffff), (own, length, seed) => {
        // Another one of the same network.
        const other = own.map((octet, place) => {
          const bits = 0xff >> Math.max(0, Math.min(8, length - place * 8));
          return (octet & ~bits) | ((seed >> (place * 3)) & bits);
        });
        expect(sharedBits(addresses.inet(own), addresses.inet(other))).toBe(sharedBits(own, other));
      }),
    );
  });

  test('so are those of IPv6, from its first octet on', () => {
    fc.assert(
      fc.property(octets(14), octets(2), octets(2), (head, one, other) => {
        const [left, right] = [
          [...head, ...one],
          [...head, ...other],
        ];
        expect(sharedBits(addresses.inet6(left), addresses.inet6(right))).toBe(sharedBits(left, right));
      }),
    );
  });

  test('are never the same for two', () => {
    const all = new Set<string>();
    for (let first = 0; first < 256; first++)
      for (const second of [0, 16, 31, 51, 64, 100, 168, 254, 255])
        all.add(formatInet(Uint8Array.from(addresses.inet([first, second, 1, 2]))));
    expect(all.size).toBe(256 * 9);
  });

  test.each([
    ['10.1.2.3', /^10\./],
    ['172.20.1.2', /^172\.(1[6-9]|2\d|3[01])\./],
    ['172.40.1.2', /^172\.(?!(1[6-9]|2\d|3[01])\.)/],
    ['192.168.7.8', /^192\.168\./],
    ['100.64.0.1', /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
    ['127.0.0.1', /^127\.0\.0\.1$/],
    ['0.0.0.0', /^0\.0\.0\.0$/],
    ['255.255.255.0', /^255\.255\.255\.0$/],
    ['224.0.0.18', /^224\.0\.0\.18$/],
    ['8.8.8.8', /^(?!8\.8\.8\.8)/],
    ['fe80::1', /^fe80::/],
    ['fd00::1', /^fd/],
    ['::1', /^::1$/],
    ['2001:db8::1', /^[23]/],
  ])('%s stays of its kind', (text, pattern) => {
    expect(anonymous.text(text)).toMatch(pattern);
  });

  test('another key makes other ones', () => {
    const other = new AnonymousAddresses(Buffer.from('another key'));
    expect(other.inet6([0x20, 1, ...new Array(14).fill(7)])).not.toEqual(
      addresses.inet6([0x20, 1, ...new Array(14).fill(7)]),
    );
  });
});

describe('a text', () => {
  const inet = (text: string) => formatInet(Uint8Array.from(addresses.inet(addressBytes(text))));
  const inet6 = (text: string) => formatInet6(addresses.inet6(addressBytes(text)));

  test.each([
    ['10.0.0.21:8080 of tcp:203.0.113.10:80', `${inet('10.0.0.21')}:8080 of tcp:${inet('203.0.113.10')}:80`],
    ['tcp:[2001:db8::80]:443', `tcp:[${inet6('2001:db8::80')}]:443`],
    ['nothing from 2001:db8::1: no route', `nothing from ${inet6('2001:db8::1')}: no route`],
    ['at 2001:db8::1.', `at ${inet6('2001:db8::1')}.`],
    ['fwm:7 and fwm6:7', 'fwm:7 and fwm6:7'],
    ['03:12:44, 2026-12-01T03:12:44', '03:12:44, 2026-12-01T03:12:44'],
    ['net.ipv4.vs.conn_reuse_mode = 1', 'net.ipv4.vs.conn_reuse_mode = 1'],
    ['version 1.2.1, size 4096', 'version 1.2.1, size 4096'],
    ['::ffff:10.0.0.21', inet6('::ffff:10.0.0.21')],
  ])('%s', (text, expected) => {
    expect(anonymous.text(text)).toBe(expected);
  });

  test('a network stays one', () => {
    expect(anonymous.text('10.1.16.0/20')).toMatch(/^10\.\d+\.(\d+)\.0\/20$/);
    const [, third = ''] = /^10\.\d+\.(\d+)\.0/.exec(anonymous.text('10.1.16.0/20')) ?? [];
    expect(Number(third) % 16).toBe(0);
    expect(anonymous.text('2001:db8:1::/48')).toMatch(/::\/48$/);
    expect(anonymous.text('0.0.0.0/0')).toBe('0.0.0.0/0');
    // An address with the length of its network keeps its host.
    expect(anonymous.text('10.1.16.9/20')).toBe(`${inet('10.1.16.9')}/20`);
  });

  test('has other names of machines and users, the same each time, as words only', () => {
    const named = new AnonymousText(addresses, {
      hosts: ['lb-01.example.com', 'lb-0'],
      users: ['alice', 'root', 'al'],
    });
    expect(named.text('lb-01, LB-01.example.com and lb-0: alice (root) in /home/alice, al, also')).toBe(
      'host-1, host-1 and host-2: user-1 (root) in /home/user-1, user-2, also',
    );
  });

  test('has other hardware and mail addresses', () => {
    const text = 'neighbour 00:00:5e:00:53:01 tells ops@example.com, 00:00:5E:00:53:01 and 00:00:5e:00:53:02';
    expect(anonymous.text(text)).toBe(
      'neighbour 02:00:00:00:00:01 tells mail-1@example.invalid, 02:00:00:00:00:01 and 02:00:00:00:00:02',
    );
  });

  test('values are gone through, numbers and names of fields stay', () => {
    const value = { address: '10.0.0.21', port: 80, list: [null, true, '10.0.0.21'] };
    const other = inet('10.0.0.21');
    expect(anonymous.value(value)).toEqual({ address: other, port: 80, list: [null, true, other] });
  });
});
