/**
 * Records what the real kernel answers, as fixtures for the unit tests of src/netlink:
 *
 *   npm run lab -- --bare --no-build --write test/netlink/fixtures node test/lab/capture.ts
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { IpvsClient } from '../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkError } from '../../src/netlink/wire/netlink-error.ts';
import { NetlinkSocket } from '../../src/netlink/wire/netlink-socket.ts';
import { openTransport } from '../../src/netlink/wire/transport.ts';
import { writeOne } from '../netlink/client-writes.ts';
import { type Exchange, recording } from '../netlink/recorded-kernel.ts';
import { countersSettled, ipvsadm, ipvsadmRestore, run, runLoad, startServers } from './guest.ts';

const exchanges: Exchange[] = [];

const recorded: Record<string, Exchange[]> = {};
const client = new IpvsClient(() => new NetlinkSocket(recording(openTransport(), exchanges)));

function record(name: string, call: () => unknown): void {
  exchanges.length = 0;
  try {
    call();
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
  }
  recorded[name] = [...exchanges];
}

await startServers();
await ipvsadmRestore(`
-A -t 10.0.0.100:80 -s wrr
-a -t 10.0.0.100:80 -r 10.1.0.21:8080 -m -w 3
-a -t 10.0.0.100:80 -r 10.1.0.22:8080 -m -w 0 -x 100 -y 50
-A -u 203.0.113.10:53 -s rr -o
-a -u 203.0.113.10:53 -r 10.0.0.21:53 -g -w 65535
-A -u 203.0.113.10:5060 -s wlc -p 60 -M 255.255.255.0 --pe sip
--add-service --sctp-service 203.0.113.10:9899 -s sed
-A -t 203.0.113.11:443 -s mh -b mh-fallback,mh-port
-a -t 203.0.113.11:443 -r 10.0.0.21:443 -i
-a -t 203.0.113.11:443 -r 10.0.0.22:443 -i --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 203.0.113.11:443 -r 10.0.0.23:443 -i --tun-type gre --tun-csum
-a -t 203.0.113.11:443 -r [fd00::21]:443 -i
-A -t [2001:db8::1]:443 -s sh -b sh-fallback -p 300 -M 64
-a -t [2001:db8::1]:443 -r [fd00::22]:443 -g
-A -f 7 -s lblcr
-a -f 7 -r 10.0.0.21:0 -g
-A -f 7 -6 -s fo -p 86400
-a -f 7 -6 -r [fd00::21]:0 -i
`);
await runLoad({ rate: 30, count: 90, targets: ['10.0.0.100:80'] });
await countersSettled('10.0.0.100:80', 90);

record('the look-up of the family', () => client.info());
recorded.information = recorded['the look-up of the family']?.splice(1) ?? [];
record('services', () => [...client.services()]);
for (const name of [
  'tcp:10.0.0.100:80',
  'udp:203.0.113.10:53',
  'tcp:203.0.113.11:443',
  'tcp:[2001:db8::1]:443',
  'fwm:7',
  'fwm6:7',
  'sctp:203.0.113.10:9899',
]) {
  record(`real servers of ${name}`, () => [...client.realServers(parseService(name))]);
}
record('one service', () => client.service(parseService('tcp:10.0.0.100:80')));

await run(['ipvsadm', '--set', '900', '120', '300']);
record('time-outs', () => client.timeouts());

record('no sync daemons', () => client.syncDaemons());
// No daemon starts while a real server of another family than its service's exists.
await ipvsadm('-d', '-t', '203.0.113.11:443', '-r', '[fd00::21]:443');
await ipvsadm('--start-daemon', 'master', '--mcast-interface', 'eth0', '--syncid', '42', '--mcast-ttl', '3');
await ipvsadm(
  ...['--start-daemon', 'backup', '--mcast-interface', 'eth1', '--syncid', '7'],
  ...['--mcast-group', 'ff02::81', '--mcast-port', '8850', '--sync-maxlen', '1400'],
);
record('sync daemons', () => client.syncDaemons());
await ipvsadm('--stop-daemon', 'master');
await ipvsadm('--stop-daemon', 'backup');

const web = parseService('tcp:10.0.0.100:80');
const absent = parseService('tcp:192.0.2.1:80');
const there = { family: 'inet', address: '10.1.0.21', port: 8080 } as const;
const elsewhere = { family: 'inet', address: '192.0.2.99', port: 80 } as const;
const setting = defaultRealServerSettings;
record('EEXIST', () =>
  writeOne(client, { operation: 'add service', service: { ...defaultServiceSettings, identity: web } }),
);
record('ESRCH', () => writeOne(client, { operation: 'delete service', identity: absent }));
record('ENOENT', () =>
  writeOne(client, { operation: 'delete real server', identity: web, realServer: { identity: elsewhere } }),
);
record('EINVAL', () =>
  writeOne(client, {
    operation: 'add real server',
    identity: web,
    realServer: { ...setting, identity: { ...elsewhere, address: '224.0.0.1' } },
  }),
);
record('ERANGE', () =>
  writeOne(client, {
    operation: 'edit real server',
    identity: web,
    realServer: { ...setting, identity: there, lowerThreshold: 5 },
  }),
);
record('ENODEV', () =>
  client.newSyncDaemon({
    ...{ state: 'master', interface: 'nowhere', syncId: 0, maxLength: 0, group: null, port: 0, ttl: 0 },
  }),
);
record('real servers of an unknown service', () => [...client.realServers(absent)]);
record('an acknowledged write', () => client.zero(web));

const file = join(import.meta.dirname, '../netlink/fixtures/kernel-6.1.json');
writeFileSync(file, `${JSON.stringify(recorded, null, 1)}\n`);
client.close();
