/**
 * Services of all modes and both families that stand beside each fault. What the doctor has typed in for one service
 * must take no answer from the others.
 */
import type { Finding } from '../../../src/doctor/finding.ts';
import { flush, ipvsadmRestore, vip, vip6 } from '../guest.ts';
import { tables } from './tables.ts';

const modes = ['nat', 'tun', 'dr'] as const;

/** Their addresses, all at port 80. */
export const bystanders: readonly string[] = [...Object.values(vip), ...Object.values(vip6)];

/** Empties the director's table but for the bystanders. */
export async function freshTable(): Promise<void> {
  await flush();
  await addBystanders();
}

/** Puts them into the table beside what is there. */
export async function addBystanders(): Promise<void> {
  await ipvsadmRestore(
    modes
      .map((mode) =>
        [
          tables[mode].replaceAll('VIP', vip[mode]),
          tables[`${mode}6`].replaceAll('VIP6', `[${vip6[mode]}]`),
        ].join(''),
      )
      .join(''),
  );
}

/** Whether a finding is of a bystander, which suffers by a fault of the director's, too. */
export function isOfBystander({ subject }: Finding): boolean {
  if (subject.kind === 'director') return false;
  const { service } = subject;
  return service.kind === 'address' && bystanders.includes(service.address);
}
