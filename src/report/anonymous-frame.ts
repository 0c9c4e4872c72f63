import { ByteReader } from '../recording/byte-reader.ts';
import { ByteWriter } from '../recording/byte-writer.ts';
import type { Frame } from '../recording/frame.ts';
import type { AnonymousText } from './anonymous-text.ts';

/** What a frame holds, with other addresses and names. Throws a `Damage` where it cannot be unpacked. */
export function anonymousContent(frame: Frame, anonymous: AnonymousText): Buffer {
  const content = frame.content();
  switch (frame.kind) {
    case 'origin':
    case 'event':
    case 'findings':
    case 'document':
      return Buffer.from(anonymousJson(content.toString(), anonymous));
    case 'table': {
      // The first line is of numbers.
      const lines = content.toString().split('\n');
      return Buffer.from(lines.map((line) => anonymousJson(line, anonymous)).join('\n'));
    }
    case 'sample': {
      // Behind its head there are numbers only.
      const head = new ByteReader(content).text();
      const numbers = content.subarray(withLength(head).length);
      return Buffer.concat([withLength(anonymousJson(head, anonymous)), numbers]);
    }
    case 'past':
      return content;
  }
}

function anonymousJson(json: string, anonymous: AnonymousText): string {
  return JSON.stringify(anonymous.value(JSON.parse(json)));
}

function withLength(text: string): Buffer {
  const bytes = new ByteWriter();
  bytes.text(text);
  return Buffer.from(bytes.bytes);
}
