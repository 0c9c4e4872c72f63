import { kernelError, type Request } from '../../director/kernel-error.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, type RealServerIdentity, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';

/** The errors that the kernel would give, found while planning and without asking it. */
export const refusals = {
  /** The service of an intention does not exist. */
  unknownService: (operation: string, identity: ServiceIdentity): IpvsError =>
    asKernelSays(operation, { operation: 'read service', identity }, 'ESRCH'),

  /** The real server of an intention does not exist. */
  unknownRealServer: (
    operation: string,
    service: ServiceIdentity,
    realServer: RealServerIdentity,
  ): IpvsError =>
    asKernelSays(
      operation,
      { operation: 'delete real server', identity: service, realServer: { identity: realServer } },
      'ENOENT',
    ),

  /** The service to be added exists already, with other settings. */
  serviceExists: (service: Service): IpvsError =>
    kernelError({ operation: 'add service', service }, 'EEXIST'),

  /** The real server to be added exists already, with other settings. */
  realServerExists: (service: ServiceIdentity, realServer: RealServer): IpvsError =>
    kernelError({ operation: 'add real server', identity: service, realServer }, 'EEXIST'),

  /** Mixed families and the sync daemon exclude each other (`ip_vs_add_dest` in `ip_vs_ctl.c`). */
  mixedFamiliesWithSyncDaemon: (service: ServiceIdentity, realServer: RealServerIdentity): IpvsError =>
    IpvsError.input(
      'sync-daemon-runs',
      'add real server',
      formatRealServer(realServer),
      'a real server of another address family than its service cannot be added while a sync daemon runs',
      `stop the sync daemon first, or give an ${service.family === 'inet' ? 'IPv4' : 'IPv6'} real server`,
    ),
};

function asKernelSays(operation: string, request: Request, errno: string): IpvsError {
  return new IpvsError({ ...kernelError(request, errno), operation });
}
