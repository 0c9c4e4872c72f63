/** What passed an interface since it came up. Past 2^53 the last digits are lost, which rates do not notice. */
export interface InterfaceCounters {
  readonly inBytes: number;
  readonly inPackets: number;
  /** Dropped, missed (the kernel adds these two up itself) and lost to overruns. */
  readonly inDrops: number;
  readonly inErrors: number;
  readonly outBytes: number;
  readonly outPackets: number;
  readonly outDrops: number;
  readonly outErrors: number;
}

/** Fields of a line of `/proc/net/dev`: eight of what came in, eight of what went out. */
const fieldCount = 16;

/**
 * Reads `/proc/net/dev`: the counters by the interface's name as the kernel has it, in the kernel's order.
 * Lines that do not look like an interface, the two of the heading among them, are passed over.
 */
export function parseInterfaceCounters(text: string): ReadonlyMap<string, InterfaceCounters> {
  const interfaces = new Map<string, InterfaceCounters>();
  for (const line of text.split('\n')) {
    // Names hold no colon; old kernels put no blank behind it.
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/ +/)
      .map(Number);
    if (fields.length < fieldCount || !fields.every(Number.isFinite)) continue;
    const at = (index: number) => fields[index] ?? 0;
    // Some drivers (igb among them) report what a full queue lost as an overrun only.
    interfaces.set(line.slice(0, colon).trimStart(), {
      inBytes: at(0),
      inPackets: at(1),
      inErrors: at(2),
      inDrops: at(3) + at(4),
      outBytes: at(8),
      outPackets: at(9),
      outErrors: at(10),
      outDrops: at(11) + at(12),
    });
  }
  return interfaces;
}
