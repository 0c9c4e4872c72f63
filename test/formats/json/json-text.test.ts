import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../../src/formats/json/json-text.ts';
import { isVisible } from '../../../src/ipvs/visible.ts';

test('says every text exactly, with nothing in it that a terminal would obey or hide', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff })), (codes) => {
      const text = String.fromCodePoint(...codes);
      const json = jsonText({ text });
      expect(JSON.parse(json)).toEqual({ text });
      expect(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(json)).toBe(false);
    }),
  );
  expect(jsonText('\x1b\x7f\x9b\u202e\u{e0001}\udc9b')).toBe(
    '"\\u001b\\u007f\\u009b\\u202e\\udb40\\udc01\\udc9b"',
  );
});

test('leaves plain text and its own lines as they are', () => {
  expect(jsonText({ name: 'größe' }, 2)).toBe('{\n  "name": "größe"\n}');
  expect(isVisible(jsonText('größe'))).toBe(true);
});
