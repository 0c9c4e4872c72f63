import { describe, expect, test } from 'vitest';
import { formatIpvsadm } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { recogniseFormat } from '../../../src/formats/recognise.ts';
import { tableOf } from '../random-table.ts';
import { readListing } from '../reading.ts';

const read = (text: string) => {
  expect(recogniseFormat(text)).toBe('listing');
  const { configuration, problems } = readListing(text);
  expect(problems).toEqual([]);
  return formatIpvsadm(tableOf(configuration)).trim().split('\n');
};

test('what ipvsadm -Ln prints', () => {
  const text = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:80 wrr persistent 300 mask 255.255.255.0
  -> 198.51.100.1:8080            Masq    3      0          0
  -> 198.51.100.2:8080            Masq    70000  0          0
UDP  [2001:db8::1]:53 sh (sh-fallback,sh-port) persistent 60 pe sip ops
  -> [2001:db8:1::1]:53           Tunnel  1      0          0
FWM  7 rr
  -> 198.51.100.1:0               Route   0      0          0
FWM  -1 IPv6 rr
`;
  expect(read(text)).toEqual([
    '-A -t 192.0.2.1:80 -s wrr -p 300 -M 255.255.255.0',
    '-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 3',
    '-a -t 192.0.2.1:80 -r 198.51.100.2:8080 -m -w 70000',
    '-A -u [2001:db8::1]:53 -s sh -p 60 --pe sip -o -b sh-fallback,sh-port',
    '-a -u [2001:db8::1]:53 -r [2001:db8:1::1]:53 -i -w 1 --tun-type ipip',
    '-A -f 7 -s rr',
    '-a -f 7 -r 198.51.100.1:0 -g -w 0',
    '-A -f 4294967295 -6 -s rr',
  ]);
  const { notApplied, corrected } = readListing(text).configuration;
  expect(notApplied).toMatchObject([{ line: 1, what: 'the listing' }]);
  expect(corrected).toMatchObject([{ line: 8, what: 'Tunnel' }]);
});

test('what stands in /proc/net/ip_vs', () => {
  const text = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0000201:0050 wrr  persistent 75000 FFFFFF00
  -> C6336401:1F90      Masq    3      0          0
UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 rr
  -> [2001:0db8:0001:0000:0000:0000:0000:0001]:0035      Route   1      0          0
FWM  00000007 rr
  -> C6336401:0000      Route   1      0          0
`;
  expect(read(text)).toEqual([
    '-A -t 192.0.2.1:80 -s wrr -p 300 -M 255.255.255.0',
    '-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 3',
    '-A -u [2001:db8::1]:53 -s rr',
    '-a -u [2001:db8::1]:53 -r [2001:db8:1::1]:53 -g -w 1',
    '-A -f 7 -s rr',
    '-a -f 7 -r 198.51.100.1:0 -g -w 1',
  ]);
});

describe('what is no such listing is named with its line', () => {
  const head = 'IP Virtual Server version 1.2.1 (size=4096)\n';
  test.each([
    [
      'TCP  192.0.2.1:80                  0        0        0        0        0\n  -> 198.51.100.1:80  0 0 0 0 0\n',
      3,
    ],
    ['  -> 198.51.100.1:80 Masq 1 0 0\n', 2],
    ['ICMP 192.0.2.1:80 rr\n', 2],
  ])('%j', (text, line) => {
    expect(readListing(head + text).problems[0]).toMatchObject({
      line,
      reason: expect.stringContaining('is not what "ipvsadm -Ln" prints'),
    });
  });
});
