import type { ConfigurationReading } from '../../src/formats/configuration.ts';
import { readIpvsadm as readIpvsadmSources } from '../../src/formats/ipvsadm/read-ipvsadm.ts';
import { readListing as readListingSources } from '../../src/formats/ipvsadm/read-listing.ts';
import { readJson as readJsonSources } from '../../src/formats/json/read-json.ts';
import { readKeepalived as readKeepalivedSources } from '../../src/formats/keepalived/read.ts';
import { type KeepalivedSurroundings, noSurroundings } from '../../src/formats/keepalived/surroundings.ts';
import { type Names, noNames } from '../../src/formats/names.ts';
import { onlySource } from '../../src/formats/source-lines.ts';
import { allAtOnce } from '../../src/system/turns.ts';

/** Reads one text of ipvsadm's lines. */
export function readIpvsadm(text: string, names: Names = noNames): ConfigurationReading {
  return allAtOnce(readIpvsadmSources(onlySource(text), names));
}

/** Reads one keepalived.conf. */
export function readKeepalived(
  text: string,
  surroundings: KeepalivedSurroundings = noSurroundings,
): ConfigurationReading {
  return readKeepalivedSources(onlySource(text), surroundings);
}

/** Reads one text of JSON. */
export function readJson(text: string): ConfigurationReading {
  return readJsonSources(onlySource(text));
}

/** Reads one listing, of a kernel of 250 ticks a second. */
export function readListing(text: string, names: Names = noNames): ConfigurationReading {
  return readListingSources(onlySource(text), { names, ticksPerSecond: 250 });
}
