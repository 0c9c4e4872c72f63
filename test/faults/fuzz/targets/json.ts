import { formatJson, formatJsonIndented } from '../../../../src/formats/json/json.ts';
import { deepestJson, scanJson } from '../../../../src/formats/json/json-scan.ts';
import { recogniseFormat } from '../../../../src/formats/recognise.ts';
import { listingOf } from '../../../formats/listing-of.ts';
import { tableOf } from '../../../formats/random-table.ts';
import { readJson } from '../../../formats/reading.ts';
import { sample } from '../../../formats/sample.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

const bare =
  '{"version":1,"services":[{"protocol":"udp","address":"10.0.0.1","port":53,"fwmark":null,"family":"inet","scheduler":"rr","flags":["one-packet"],"persistence":{"timeout":60,"netmask":"255.255.255.0"},"engine":null,"realServers":[{"address":"10.0.0.2","port":53,"forwarding":"tun","weight":1,"tunnel":{"type":"gue","port":6080,"checksum":"yes"}}]}]}';

/** A listing as JSON; the scan before `JSON.parse` must be of its opinion. */
export const json: FuzzTarget = {
  name: 'json',
  seeds: wordsOf(
    bare,
    formatJson(sample),
    formatJsonIndented(sample),
    '[1,-0.5e+9,"\\u00e9\\n",true,false,null,{}]',
  ),
  words: wordsOf(
    ...([
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '\n',
      ' ',
      '\t',
      '\r',
      '\\u0',
      '\\u00e9',
      '\\x',
      'null',
    ] as const),
    ...[
      'true',
      'false',
      'nul',
      '0',
      '00',
      '-',
      '-0',
      '1.',
      '.5',
      '1e',
      '1e999',
      '9007199254740993',
      '"services":',
      '"realServers":',
    ],
    ...[
      '"version":1',
      '"version":2',
      '"services":[]',
      '"__proto__":{',
      '"constructor"',
      '"flags":[',
      '"10.0.0.1"',
      '"inet6"',
    ],
    ...['\ufeff', '\u2028', '\u00a0', 'é', '😀', '\0', '\x7f', '\x1b'],
  ),
  separators: ',{}[]:',
  check(input) {
    const text = input.toString('utf8');
    recogniseFormat(text);
    const scanned = scanJson(text);
    if (scanned.kind !== 'too deep') {
      requireThat((scanned.kind === 'whole') === isJson(text), () => `the scan says ${scanned.kind}`);
    } else requireThat(text.length > deepestJson, () => 'it is not deep');
    const { configuration, problems } = readJson(text);
    if (problems.length > 0) return;
    const written = formatJson(listingOf(tableOf(configuration)));
    const back = readJson(written);
    requireThat(back.problems.length === 0, () => `${written} is refused: ${back.problems[0]?.reason}`);
    const rewritten = formatJson(listingOf(tableOf(back.configuration)));
    requireThat(rewritten === written, () => `${written} reads back as ${rewritten}`);
  },
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
