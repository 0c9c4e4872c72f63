import { existsSync } from 'node:fs';
import { IpvsError } from '../../ipvs/error.ts';
import type { EnteredNamespace } from '../../system/network-namespace.ts';
import { enteredNamespace } from '../context/entered-namespace.ts';

/** Where distributions keep the table that is made at boot, `ipvsadm -R` reading it: Debian's, then Red Hat's. */
const usualPlaces = ['/etc/ipvsadm.rules', '/etc/sysconfig/ipvsadm'] as const;

/** A folder that only Red Hat's family of distributions has, to choose a place by where there is no file yet. */
const redHatFolder = '/etc/sysconfig';

/**
 * The usual place on this machine: the file that is there, else the one that its distribution would have. Throws an
 * input `IpvsError` in a network namespace that was entered, whose table is not made at boot from there.
 */
export function usualPlace(exists: (path: string) => boolean = existsSync): string {
  const netns = enteredNamespace();
  if (netns !== null) throw noPlaceIn(netns);
  const [debian, redHat] = usualPlaces;
  return usualPlaces.find((path) => exists(path)) ?? (exists(redHatFolder) ? redHat : debian);
}

/** Why nothing is saved for the next boot from a network namespace that was entered. */
export function noPlaceIn({ word }: EnteredNamespace): IpvsError {
  return IpvsError.input(
    'missing-value',
    'find where the table is saved',
    '',
    `at boot the machine makes the table of its own network namespace, and this one is ${word}`,
    'name a file',
  );
}
