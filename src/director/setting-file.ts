import { readFileSync } from 'node:fs';
import { visible } from '../ipvs/visible.ts';

/** Value of `/proc/sys/net/ipv4/vs/NAME`, which everybody may read; `undefined` where this kernel has none. */
export function readSetting(name: string): string | undefined {
  if (!/^[a-z_0-9]+$/.test(name)) return undefined;
  try {
    return visible(readFileSync(`/proc/sys/net/ipv4/vs/${name}`, 'utf8').trim());
  } catch {
    return undefined;
  }
}
