import { describe, expect, it } from 'vitest';
import { wrapText } from '../../src/terminal/wrap-text.ts';

describe('text that is broken into lines', () => {
  it('is broken between words, and a longer word is cut or stays whole', () => {
    expect(wrapText('clients are held to the server', 12)).toEqual(['clients are', 'held to the', 'server']);
    expect(wrapText('to 2001:db8:feed::1 only', 8)).toEqual(['to', '2001:db…', 'only']);
    expect(wrapText('to 2001:db8:feed::1 only', 8, 'whole')).toEqual(['to', '2001:db8:feed::1', 'only']);
    expect(wrapText('', 8)).toEqual([]);
  });

  it.each([
    ['foretold for 5 min, without', ['foretold for', '5 min, without']],
    ['and stays for 360 s after', ['and stays for', '360 s after']],
    ['more than 1.5 GiB of it', ['more than', '1.5 GiB of it']],
    ['it answers in 0.4 ms', ['it answers in', '0.4 ms']],
    ['what is used: 80 %', ['what is used:', '80 %']],
    ['all 4096 places are 5 hours old', ['all 4096', 'places are', '5 hours old']],
  ])('keeps a number and its unit together: %s', (text, lines) => {
    expect(wrapText(text, 14)).toEqual(lines);
  });

  it('takes other words behind a number for no unit', () => {
    expect(wrapText('weight 3 has 2 mirrors', 14)).toEqual(['weight 3 has 2', 'mirrors']);
  });

  it('counts wide characters twice', () => {
    expect(wrapText('日本 語', 5)).toEqual(['日本', '語']);
  });
});
