import type { Work } from '../system/turns.ts';
import type { ConfigurationReading } from './configuration.ts';
import { readIpvsadm } from './ipvsadm/read-ipvsadm.ts';
import { readListing } from './ipvsadm/read-listing.ts';
import { readJson } from './json/read-json.ts';
import { readKeepalived } from './keepalived/read.ts';
import type { KeepalivedSurroundings } from './keepalived/surroundings.ts';
import type { Names } from './names.ts';
import { readLdirectord } from './read-ldirectord.ts';
import type { ReadableFormat } from './recognise.ts';
import type { SourceText } from './source-lines.ts';

/** What a text may depend on beside itself. */
export interface ReadingContext extends KeepalivedSurroundings {
  readonly names: Names;
  /** Of the kernel that wrote a listing of `/proc`, where time-outs are ticks. */
  readonly ticksPerSecond: number;
}

/** Reads texts of a known format, one behind the other. */
export function* readConfiguration(
  sources: readonly SourceText[],
  format: ReadableFormat,
  context: ReadingContext,
): Work<ConfigurationReading> {
  switch (format) {
    case 'ipvsadm':
      return yield* readIpvsadm(sources, context.names);
    case 'json':
      return readJson(sources);
    case 'keepalived':
      return readKeepalived(sources, context);
    case 'ldirectord':
      return readLdirectord(sources, context.names);
    case 'listing':
      return readListing(sources, context);
  }
}
