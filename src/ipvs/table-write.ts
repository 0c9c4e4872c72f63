import type { RealServerIdentity, ServiceIdentity } from './identity.ts';
import type { RealServer } from './real-server.ts';
import type { Service } from './service.ts';

/** One write to the table, as the kernel takes it: an edit replaces the whole object. */
export type TableWrite =
  | { readonly operation: 'add service' | 'edit service'; readonly service: Service }
  | { readonly operation: 'delete service'; readonly identity: ServiceIdentity }
  | {
      readonly operation: 'add real server' | 'edit real server';
      readonly identity: ServiceIdentity;
      readonly realServer: RealServer;
    }
  | {
      readonly operation: 'delete real server';
      readonly identity: ServiceIdentity;
      readonly realServer: { readonly identity: RealServerIdentity };
    };
