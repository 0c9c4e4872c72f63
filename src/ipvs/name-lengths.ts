/*
 * Longest names that the kernel takes whole. Policies in `net/netfilter/ipvs/ip_vs_ctl.c` give a length without the NUL:
 * `IP_VS_SCHEDNAME_MAXLEN - 1` for schedulers, `IP_VS_IFNAME_MAXLEN - 1` for interfaces, but `IP_VS_PENAME_MAXLEN` as
 * it is for persistence engines; each of the three is 16 (`include/uapi/linux/ip_vs.h`).
 */

/** Bytes of a scheduler's name at most. */
export const longestSchedulerName = 15;

/** Bytes of a persistence engine's name at most. */
export const longestEngineName = 16;

/** Bytes of an interface's name at most. */
export const longestInterfaceName = 15;

/**
 * Length of a name in the bytes that the kernel gets. A byte that is not valid UTF-8 is a lone surrogate in the text.
 */
export function bytesOfName(name: string): number {
  return Buffer.byteLength(name.replace(/\p{Cs}/gu, '?'));
}
