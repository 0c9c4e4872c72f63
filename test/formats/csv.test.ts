import { expect, test } from 'vitest';
import { csvColumns, formatCsv } from '../../src/formats/csv.ts';
import { sample } from './sample.ts';

test('a listing has a header, a row for each service and a row for each real server', () => {
  expect(formatCsv(sample)).toBe(
    [
      'row,service,family,scheduler,flags,persistence_timeout,persistence_netmask,engine,real_server,forwarding,weight,upper_threshold,lower_threshold,tunnel_type,tunnel_port,tunnel_checksum,active,inactive,persistent,connections,in_packets,out_packets,in_bytes,out_bytes',
      'service,tcp:203.0.113.10:80,inet,sh,sh-fallback sh-port,300,255.255.255.0,,,,,,,,,,,,,12345678,9999,10000,1152921504606846976,0',
      'real,tcp:203.0.113.10:80,inet,sh,sh-fallback sh-port,300,255.255.255.0,,10.0.0.21:8080,nat,3,100,50,ipip,0,no,12000,7,2,12345678,9999,10000,1152921504606846976,0',
      'real,tcp:203.0.113.10:80,inet,sh,sh-fallback sh-port,300,255.255.255.0,,[2001:db8::21]:80,tun,1,0,0,gue,6080,yes,0,0,0,0,0,0,0,0',
      'service,fwm6:7,inet6,"evil""␛[2J,",one-packet,,,sip,,,,,,,,,,,,0,0,0,0,0',
      '',
    ].join('\r\n'),
  );
});

test('every row has every column', () => {
  const [header = ''] = formatCsv({ ...sample, services: [] }).split('\r\n');
  expect(header.split(',')).toEqual([...csvColumns]);
});
