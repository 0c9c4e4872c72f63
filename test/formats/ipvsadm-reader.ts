import { parseRealServer, type ServiceIdentity } from '../../src/ipvs/identity.ts';
import { fullNetmask, parseNetmask } from '../../src/ipvs/netmask.ts';
import { defaultRealServerSettings, type RealServer } from '../../src/ipvs/real-server.ts';
import { parseSchedulerFlags } from '../../src/ipvs/scheduler-flags.ts';
import { defaultServiceSettings, type Service } from '../../src/ipvs/service.ts';

/** What a line of ipvsadm makes. */
export type ReadLine =
  | { readonly command: 'A' | 'E'; readonly service: Service }
  | { readonly command: 'a' | 'e'; readonly service: ServiceIdentity; readonly realServer: RealServer };

/**
 * Reads a line as ipvsadm 1.31's `parse_options` and `process_options` do, its defaults and its order of
 * options included (`-6` after `-f`, `-M` after the service). Throws where it would print an error.
 */
export function readIpvsadmLine(line: string): ReadLine {
  const words = line.trim().split(' ');
  const [first = '', ...rest] = words;
  const command = first.slice(1) as ReadLine['command'];
  let service: ServiceIdentity | undefined;
  let real: string | undefined;
  let netmask: number | undefined;
  let timeout: number | null = null;
  let flags = '';
  const settings: { -readonly [Key in keyof Service]?: Service[Key] } = {};
  const server: { -readonly [Key in keyof RealServer]?: RealServer[Key] } = {};
  const tunnel: { type: 'ipip' | 'gue' | 'gre'; port: number; checksum: 'no' | 'yes' | 'remote' } = {
    type: 'ipip',
    port: 0,
    checksum: 'no',
  };
  let tunnelOptions = 0;
  for (let index = 0; index < rest.length; index++) {
    const option = rest[index] ?? '';
    const value = () => rest[++index] ?? fail(`${option} needs a value`);
    switch (option) {
      case '-t':
      case '-u':
      case '--sctp-service': {
        const protocol = option === '-t' ? 'tcp' : option === '-u' ? 'udp' : 'sctp';
        service = { kind: 'address', protocol, ...parseRealServer(value()) };
        break;
      }
      case '-f': {
        const fwmark = Number(value());
        if (fwmark <= 0 || fwmark > 0xffffffff) fail('invalid fwmark');
        service = { kind: 'fwmark', family: 'inet', fwmark };
        break;
      }
      case '-6':
        if (service?.kind !== 'fwmark') fail('-6 used before -f');
        service = { ...service, family: 'inet6' };
        break;
      case '-s':
        settings.scheduler = value();
        break;
      case '-p':
        timeout = within(value(), 1, 86400 * 31);
        break;
      case '-M':
        netmask = parseNetmask(service?.family ?? fail('-M before the service'), value()) ?? fail('mask');
        break;
      case '--pe':
        settings.engine = value();
        break;
      case '-o':
        settings.onePacket = true;
        break;
      case '-b':
        flags = value();
        break;
      case '-r':
        real = value();
        break;
      case '-m':
        server.forwarding = 'nat';
        break;
      case '-i':
        server.forwarding = 'tun';
        break;
      case '-g':
        server.forwarding = 'dr';
        break;
      case '-w':
        server.weight = within(value(), 0, 0x7fffffff);
        break;
      case '-x':
        server.upperThreshold = within(value(), 0, 0x7fffffff);
        break;
      case '-y':
        server.lowerThreshold = within(value(), 0, 0x7fffffff);
        break;
      case '--tun-type':
        tunnel.type = value() as typeof tunnel.type;
        tunnelOptions++;
        break;
      case '--tun-port':
        tunnel.port = within(value(), 1, 65535);
        tunnelOptions++;
        break;
      case '--tun-nocsum':
      case '--tun-csum':
      case '--tun-remcsum':
        tunnel.checksum = option === '--tun-nocsum' ? 'no' : option === '--tun-csum' ? 'yes' : 'remote';
        if (tunnel.type === 'ipip' || (tunnel.type === 'gre' && tunnel.checksum === 'remote')) {
          fail(`${option} with ${tunnel.type}`);
        }
        tunnelOptions++;
        break;
      default:
        fail(`unknown option ${option}`);
    }
  }
  if (service === undefined) return fail('no service');
  if (command === 'A' || command === 'E') {
    const scheduler = settings.scheduler ?? defaultServiceSettings.scheduler;
    if (service.kind === 'address' && service.port === 0 && timeout === null) fail('zero port');
    return {
      command,
      service: {
        identity: service,
        ...defaultServiceSettings,
        ...settings,
        schedulerFlags: parseSchedulerFlags(scheduler, flags),
        persistence: timeout === null ? null : { timeout, netmask: netmask ?? fullNetmask(service.family) },
      },
    };
  }
  const forwarding = server.forwarding ?? 'dr';
  if (tunnelOptions > 0 && forwarding !== 'tun') fail('tunnel options conflict with forward method');
  if (tunnel.type === 'gue' && tunnel.port === 0) fail('gue needs a port');
  const identity = parseRealServer(
    real ?? fail('no real server'),
    service.kind === 'address' ? service.port : 0,
  );
  if (identity.family !== service.family && forwarding !== 'tun') fail('different family');
  return {
    command,
    service,
    realServer: {
      ...defaultRealServerSettings,
      ...server,
      // The trap: ipvsadm takes the service's port without a word.
      identity:
        service.kind === 'address' && forwarding !== 'nat' ? { ...identity, port: service.port } : identity,
      tunnel,
    },
  };
}

function within(text: string, least: number, greatest: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : -1;
  return number >= least && number <= greatest ? number : fail(`${text} is out of range`);
}

function fail(reason: string): never {
  throw new Error(`ipvsadm: ${reason}`);
}
