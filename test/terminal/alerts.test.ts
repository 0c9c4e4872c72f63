import { expect, it } from 'vitest';
import { notification } from '../../src/terminal/alerts.ts';

it('notifies by OSC 9, with nothing in it that could end it or begin another', () => {
  expect(notification('all is lost\x07\x1b]0;x')).toMatch(/^\x1b\]9;all is lost[^\x07\x1b]*\x07$/);
  expect(notification('a'.repeat(500)).length).toBe(205);
});

it('is handed through tmux and GNU screen, and is a bell on the console', () => {
  expect(notification('gone', { TMUX: '/tmp/tmux-0/default,1,0' })).toBe(
    '\x1bPtmux;\x1b\x1b]9;gone\x07\x1b\\\x07',
  );
  expect(notification('gone', { STY: '12.pts-0.lb-01' })).toBe('\x1bP\x1b]9;gone\x07\x1b\\');
  expect(notification('gone', { TERM: 'linux' })).toBe('\x07');
});
