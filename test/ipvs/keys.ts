/** Keys out of the texts that they are. */
import {
  formatService,
  parseRealServer,
  parseService,
  type RealServerKey,
  type RowKey,
  realServerKey,
  type ServiceKey,
} from '../../src/ipvs/identity.ts';

/** `tcp:203.0.113.10:80` */
export function serviceKey(text: string): ServiceKey {
  return formatService(parseService(text));
}

/** A real server of that service: `10.0.0.21:8080`. */
export function realServerOf(service: string, realServer: string): RealServerKey {
  return realServerKey(parseService(service), parseRealServer(realServer));
}

/** A service, or behind it and a blank a real server of it. */
export function rowKey(text: string): RowKey {
  const [service = '', realServer] = text.split(' ');
  return realServer === undefined ? serviceKey(service) : realServerOf(service, realServer);
}
