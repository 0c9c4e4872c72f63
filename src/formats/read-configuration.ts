import type { ConfigurationReading } from './configuration.ts';
import type { Names } from './names.ts';
import { readIpvsadm } from './read-ipvsadm.ts';
import { readJson } from './read-json.ts';
import { readKeepalived } from './read-keepalived.ts';
import type { SavedFormat } from './recognise.ts';

/** Reads a text of a known format. */
export function readConfiguration(text: string, format: SavedFormat, names: Names): ConfigurationReading {
  switch (format) {
    case 'ipvsadm':
      return readIpvsadm(text, names);
    case 'json':
      return readJson(text);
    case 'keepalived':
      return readKeepalived(text);
  }
}
