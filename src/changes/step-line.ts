import { ipvsadmLines } from '../formats/ipvsadm.ts';
import type { Step } from './plan.ts';

/** The ipvsadm command that a step equals, ready to be typed. */
export function stepLine(step: Step): string {
  return `ipvsadm ${options(step)}`;
}

function options(step: Step): string {
  switch (step.kind) {
    case 'add service':
      return ipvsadmLines.addService(step.after);
    case 'set service':
      return ipvsadmLines.editService(step.after);
    case 'delete service':
      return ipvsadmLines.deleteService(step.before.identity);
    case 'add real server':
      return ipvsadmLines.addRealServer(step.service, step.after);
    case 'set real server':
      return ipvsadmLines.editRealServer(step.service, step.after);
    case 'delete real server':
      return ipvsadmLines.deleteRealServer(step.service, step.before.identity);
    case 'zero':
      return ipvsadmLines.zero(step.service);
    case 'set time-outs':
      return ipvsadmLines.setTimeouts(step.after);
    case 'start sync daemon':
      return ipvsadmLines.startSyncDaemon(step.after);
    case 'stop sync daemon':
      return ipvsadmLines.stopSyncDaemon(step.before);
  }
}
