import { existsSync } from 'node:fs';

/** Where distributions keep the table that is made at boot, `ipvsadm -R` reading it: Debian's, then Red Hat's. */
const usualPlaces = ['/etc/ipvsadm.rules', '/etc/sysconfig/ipvsadm'] as const;

/** A folder that shows whose places count where there is no file yet. */
const redHatFolder = '/etc/sysconfig';

/** The usual place on this machine: the file that is there, else the one that its distribution would have. */
export function usualPlace(exists: (path: string) => boolean = existsSync): string {
  const [debian, redHat] = usualPlaces;
  return usualPlaces.find((path) => exists(path)) ?? (exists(redHatFolder) ? redHat : debian);
}
