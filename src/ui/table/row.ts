import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import type { RealServerKey, ServiceKey } from '../../ipvs/identity.ts';
import { forwardingMethodsOf, realServerAt } from '../../sampling/service-view.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';

/** A service's row; `open` when its real servers follow. */
export interface ServiceRow {
  readonly kind: 'service';
  readonly key: ServiceKey;
  readonly service: PublicServiceView;
  readonly open: boolean;
}

/** A real server's row. */
export interface RealServerRow {
  readonly kind: 'real server';
  readonly key: RealServerKey;
  readonly service: PublicServiceView;
  readonly realServer: PublicRealServerView;
}

/** A row of the table. */
export type Row = ServiceRow | RealServerRow;

/** The row of a service, which is open unless `closed` has its key. */
export function serviceRow(service: PublicServiceView, closed?: ReadonlySet<ServiceKey>): ServiceRow {
  return { kind: 'service', key: service.key, service, open: closed?.has(service.key) !== true };
}

/** The row of the service's real server at place `order`; `undefined` where there is none. */
export function realServerRow(service: PublicServiceView, order: number): RealServerRow | undefined {
  const realServer = realServerAt(service, order);
  return realServer && { kind: 'real server', key: realServer.key, service, realServer };
}

/** The forwarding mode of a service's real servers as one word: theirs, `mixed`, or nothing without any. */
export function serviceMode(service: PublicServiceView): string {
  const [method, ...others] = forwardingMethodsOf(service);
  if (others.length > 0) return 'mixed';
  return method === undefined ? '' : forwardingMethodLabel(method);
}
