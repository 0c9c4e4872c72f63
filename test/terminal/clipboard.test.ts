import { describe, expect, it } from 'vitest';
import { clipboardOutlook, clipboardSequence } from '../../src/terminal/clipboard.ts';

describe('a text for the clipboard', () => {
  it('is sent as base64, so that nothing of it means anything to the terminal', () => {
    expect(clipboardSequence('10.0.0.21:8080')).toBe('\x1b]52;c;MTAuMC4wLjIxOjgwODA=\x07');
    expect(clipboardSequence('\x1b[2J ü')).not.toContain('[2J');
  });

  it('is not sent where it is longer than terminals take', () => {
    expect(clipboardSequence('x'.repeat(70_001))).toBeNull();
  });

  it.each([
    [{ TERM: 'xterm-kitty' }, 'known'],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'WezTerm' }, 'known'],
    [{ TERM: 'xterm-256color' }, 'doubtful'],
    [{ TERM: 'xterm-kitty', TMUX: '/tmp/tmux-0/default,1,0' }, 'doubtful'],
    [{ TERM: 'screen', STY: '1.pts-0' }, 'refused'],
    [{ TERM: 'linux' }, 'refused'],
    [{}, 'doubtful'],
  ])('on a terminal of %j is %s to be taken', (environment, kind) => {
    expect(clipboardOutlook(environment).kind).toBe(kind);
  });
});
